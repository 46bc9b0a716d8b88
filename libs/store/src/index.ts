export * from './ledger/index.js';
export { type Migration, migrate } from './migrate.js';
export { openPool, type PoolOptions } from './pool.js';
export { type CommitFault, MemoryStageStore } from './stages/memory-stage-store.js';
export { createStageStore } from './stages/postgres-stage-store.js';
export type {
  HeldPosition,
  HeldRecord,
  KeyedState,
  StageCommit,
  StageStore,
  WaitingKey,
  Waits,
} from './stages/stage-store.js';
export { STAGE_TABLES, STAGE_WAITING } from './stages/tables.js';
export { inTransaction } from './transaction.js';
export { beginAttempt, commitUnits, takeOver } from './units/postgres-units.js';
export { UNIT_TABLES } from './units/tables.js';
export { isRefusal, type Ownership, StaleOwner, type TakenUnit, type UnitChange } from './units/unit.js';
export type {
  Chain,
  ChainPosition,
  Decision,
  Delivery,
  HeldMail,
  IntakeCase,
  IntakeCommit,
  IntakeStore,
  KnownLane,
  Place,
} from './work/intake-store.js';
export { MemoryIntakeStore } from './work/memory/memory-intake.js';
export { MemoryRecoveryStore } from './work/memory/memory-recovery.js';
export { createMemoryWorkStore } from './work/memory/memory-store.js';
export { WorkMemory } from './work/memory/work-memory.js';
export { createIntakeStore } from './work/postgres/intake.js';
export { createRecoveryStore, RECOVERY_TABLES } from './work/postgres/recovery.js';
export { type ApplyEffects, createWorkStore } from './work/postgres/store.js';
export { WORK_TABLES } from './work/postgres/tables.js';
export type { KnownEnd, RecoveryStore, ShardPosition } from './work/recovery-store.js';
export {
  encodeUnnumbered,
  MessageTooLarge,
  packRecords,
  runsOf,
  unpackRecords,
  withNumbers,
} from './work/said.js';
export * from './work/work-store.js';
