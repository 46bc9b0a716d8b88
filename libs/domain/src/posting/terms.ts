import type { ExclusiveValue, Money, VoucherExpectation } from '@voucherline/contracts';

/** What does not change while one generation of a voucher is being posted: the intent and what the target's operation guarantees. */
export interface PostingTerms {
  readonly voucherKey: string;
  readonly expectation: VoucherExpectation;
  /** How long a missing prerequisite is waited for, in ms. */
  readonly patienceMs: number;
  /** What may be booked once only in a company; claimed before the first call. Empty: nothing to claim. */
  readonly exclusive: readonly ExclusiveValue[];
  readonly operation: OperationTraits & {
    /** Whether the conformance kit saw the declared level (failure-modes.md §1.4); else a person lets each voucher go on. */
    readonly shown: boolean;
  };
}

/**
 * What a target guarantees for an operation (failure-modes.md §1.4): L3 it refuses a second document with our key · L2 draft
 * stage and strongly consistent look-up by key · L1 look-up only, or a create that carries no key · L0 neither.
 */
export type Level = 'L0' | 'L1' | 'L2' | 'L3';

/** The part of a connector's operation that the protocol depends on. */
export interface OperationTraits {
  readonly level: Level;
  /** Whether `create` carries the voucher key. Where not (Kingdee `Push`), `mark` writes it onto the chosen draft. */
  readonly createCarriesKey: boolean;
  /** Longest time the target may still execute a create after nobody waits for it any more, in ms. */
  readonly settleMs: number;
}

/** A document of the target as it shows itself, in the terms that every target shares. */
export interface TargetDocument {
  /** The target's own id, as text. */
  readonly id: string;
  /** Document key. */
  readonly document: string;
  /** Empty while the target has given none. */
  readonly number: string;
  /** `draft`: may be changed or deleted · `submitted`: waits for its approval · `posted`: final · `cancelled`. */
  readonly stage: 'draft' | 'submitted' | 'posted' | 'cancelled';
  /** The vendor's own status, for people. */
  readonly status: string;
  /** The voucher key it carries, if any, without the generation. */
  readonly voucherKey?: string;
  /** Of the voucher key: 1 when the plain key is carried; absent when none is. */
  readonly generation?: number;
  readonly amount: Money;
  readonly payee?: string;
  readonly date: string;
  /** Whether our own integration user made it. */
  readonly ours: boolean;
  /** When it was made, ms since the epoch by the target's clock; absent where the target does not say. */
  readonly createdAt?: number;
  /** Hash over what it shows, as evidence. */
  readonly contentSha256: string;
}
