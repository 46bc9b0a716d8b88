import { intakeStoreContract } from '../intake.contract.js';
import { MemoryIntakeStore } from './memory-intake.js';
import { WorkMemory } from './work-memory.js';

intakeStoreContract('intake store in memory', async () => {
  const memory = new WorkMemory(() => 0);
  return {
    store: new MemoryIntakeStore(memory),
    mail: async (connection, key) => memory.lane(connection, key).mail.map(({ message }) => message),
  };
});
