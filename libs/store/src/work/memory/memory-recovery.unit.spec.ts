import { recoveryStoreContract } from '../recovery.contract.js';
import { MemoryIntakeStore } from './memory-intake.js';
import { MemoryRecoveryStore } from './memory-recovery.js';
import { WorkMemory } from './work-memory.js';

recoveryStoreContract('recovery store in memory', async () => {
  const memory = new WorkMemory(() => 0);
  const intake = new MemoryIntakeStore(memory);
  return { intake, recovery: new MemoryRecoveryStore(memory, intake) };
});
