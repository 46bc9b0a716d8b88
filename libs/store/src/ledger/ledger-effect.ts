/** One generation of one voucher: what every row of the ledger is about. */
export interface VoucherGeneration {
  readonly voucherKey: string;
  readonly generation: number;
}

/** Ends after which nothing of a voucher is effective: it is live no more, holds no exclusive value, and makes room. There is no way back. */
export const ENDS = ['discarded', 'cancelled', 'reversed'] as const;

/** Where a voucher stands, as people see it. */
export type LedgerStage = 'working' | 'inDoubt' | 'held' | 'rejected' | 'confirmed' | (typeof ENDS)[number];

/** Whether a voucher in this stage is live no more. */
export const isEnd = (stage: LedgerStage): boolean => (ENDS as readonly string[]).includes(stage);

/** What is to be written, committed before any call of the target. A later generation needs the earlier ones cancelled. */
export interface IntentRecorded extends VoucherGeneration {
  readonly kind: 'intent';
  readonly subject: string;
  readonly voucher: string;
  readonly revision: number;
  /** Connection. */
  readonly target: string;
  readonly fingerprint: string;
  /** Name and hash of the flow that planned it. */
  readonly flow: string;
  readonly amount: string;
  readonly currency: string;
  readonly accountingDate: string;
  /** Key of the voucher that this one reverses; only one live voucher does. */
  readonly reverses?: string;
  readonly at: number;
}

/** A request is about to be written to a socket; committed before that. `n` counts from 1 in a generation. */
export interface AttemptBegun extends VoucherGeneration {
  readonly kind: 'attemptBegun';
  readonly n: number;
  /** `create`, `mark`, `submit`, `post`, `void` or `unpost`. */
  readonly operation: string;
  readonly requestHash: string;
  readonly at: number;
}

export interface AttemptEnded extends VoucherGeneration {
  readonly kind: 'attemptEnded';
  readonly n: number;
  readonly outcome: 'done' | 'rejected' | 'throttled' | 'notSent' | 'inDoubt';
  /** The vendor's code or the reason of the doubt. */
  readonly detail: string;
  readonly at: number;
}

/** Evidence: what the target showed. No send follows a doubt without one between. */
export interface LookedUp extends VoucherGeneration {
  readonly kind: 'lookedUp';
  /** Look-up by key or origin, or read of one document. */
  readonly what: 'lookup' | 'read';
  readonly found: readonly { readonly id: string; readonly stage: string }[];
  readonly at: number;
}

/** The document that is the only one to be posted for this generation; written once. */
export interface DocumentChosen extends VoucherGeneration {
  readonly kind: 'chosen';
  /** Document key. */
  readonly document: string;
  readonly at: number;
}

export interface StageReached extends VoucherGeneration {
  readonly kind: 'stage';
  readonly stage: LedgerStage;
  readonly at: number;
}

/** The chosen document was read back and shows what was intended. */
export interface VoucherPosted extends VoucherGeneration {
  readonly kind: 'confirmed';
  /** Document key; the chosen one. */
  readonly document: string;
  readonly number: string;
  readonly contentSha256: string;
  /** When the command was taken, ms; for the time that confirmation took. */
  readonly intendedAt: number;
  readonly at: number;
}

/** What a step of the erp-writer does to the ledger, in the same commit. Times (`at`) are ms since the epoch. */
export type LedgerEffect =
  | IntentRecorded
  | AttemptBegun
  | AttemptEnded
  | LookedUp
  | DocumentChosen
  | StageReached
  | VoucherPosted;

/** Effects of one lane's commit, with the epoch of the lease it was made under. */
export interface LedgerChange {
  readonly epoch: number;
  readonly effects: readonly LedgerEffect[];
}

/**
 * The ledger knows otherwise: the commit that says so must not take place. Names the voucher, and what stands against what.
 * Never mended by trying again.
 */
export class LedgerConflict extends Error {
  override readonly name = 'LedgerConflict';
  constructor(about: VoucherGeneration, what: string, options?: ErrorOptions) {
    super(`voucher ${about.voucherKey} generation ${about.generation}: ${what}`, options);
  }
}
