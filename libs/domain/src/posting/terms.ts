import type { Money, VoucherExpectation } from '@voucherline/contracts';

/** What does not change while one generation of a voucher is being posted: the intent and what the target's operation guarantees. */
export interface PostingTerms {
  readonly voucherKey: string;
  readonly expectation: VoucherExpectation;
  /** How long a missing prerequisite is waited for, in ms. */
  readonly patienceMs: number;
  readonly operation: OperationTraits;
}

/** The part of a connector's operation that the protocol depends on (`TargetOperation` in connector-kit). */
export interface OperationTraits {
  readonly level: 'L0' | 'L1' | 'L2' | 'L3';
  /** Whether `create` carries the voucher key; where not, the key is written onto the chosen draft. */
  readonly createCarriesKey: boolean;
  /** Longest time the target may still execute a create after nobody waits for it any more, in ms. */
  readonly settleMs: number;
}

/** A document as the target showed it (`TargetDocument` in connector-kit). */
export interface SeenDocument {
  readonly id: string;
  readonly document: string;
  readonly number: string;
  readonly stage: 'draft' | 'submitted' | 'posted' | 'cancelled';
  readonly status: string;
  readonly voucherKey?: string;
  readonly amount: Money;
  readonly payee?: string;
  readonly date: string;
  /** Whether our own integration user made it. */
  readonly ours: boolean;
  /** ms since the epoch by the target's clock. */
  readonly createdAt?: number;
  readonly contentSha256: string;
}
