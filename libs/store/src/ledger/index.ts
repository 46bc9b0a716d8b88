export type { ClaimExclusive, ExclusiveClaim, ExclusiveHolder } from './exclusive-claim.js';
export {
  type AttemptBegun,
  type AttemptEnded,
  type DocumentChosen,
  type IntentRecorded,
  type LedgerChange,
  LedgerConflict,
  type LedgerEffect,
  type LedgerStage,
  type LookedUp,
  type StageReached,
  type VoucherPosted,
} from './ledger-effect.js';
export { type KnownAttempt, type KnownVoucher, MemoryLedger } from './memory-ledger.js';
export { exclusiveClaims } from './postgres-exclusive.js';
export { applyLedgerEffects, countStopped } from './postgres-ledger.js';
export { LEDGER_TABLES } from './tables.js';
