import { type CommitFault, MemoryStageStore } from './memory-stage-store.js';
import { stageStoreContract } from './stages.contract.js';

stageStoreContract('stage store in memory', async () => {
  let next: CommitFault;
  const store = new MemoryStageStore(() => {
    const fault = next;
    next = undefined;
    return fault;
  });
  return { store, failNext: (fault) => (next = fault) };
});
