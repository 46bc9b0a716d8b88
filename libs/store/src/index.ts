export * from './ledger/index.js';
export { createMemoryWorkStore } from './work/memory/memory-store.js';
export { WorkMemory } from './work/memory/work-memory.js';
export { type ApplyEffects, createWorkStore } from './work/postgres/store.js';
export { WORK_TABLES } from './work/postgres/tables.js';
export { MessageTooLarge } from './work/said.js';
export * from './work/work-store.js';
