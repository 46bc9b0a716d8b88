import { type TestEffect, workStoreContract } from '../work.contract.js';
import { createMemoryWorkStore } from './memory-store.js';
import { WorkMemory } from './work-memory.js';

workStoreContract('work store in memory', async () => {
  let now = 1_000_000;
  const memory = new WorkMemory(() => now);
  return {
    open: (process) =>
      createMemoryWorkStore<TestEffect>(memory, { process, service: 's' }, (changes) => {
        if (changes.some(({ effects }) => effects.includes('refuse'))) throw new Error('refused');
      }),
    deliver: async (connection, key, message) => memory.deliver(connection, key, message),
    silence: async (process, ms) => {
      const row = memory.processes.get(process);
      if (row !== undefined) row.seenAt -= ms;
    },
    pass: async (ms) => {
      now += ms;
    },
  };
});
