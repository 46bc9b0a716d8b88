import type { Owner } from '@voucherline/contracts';

/** A refusal or a hold as the log tells it. */
interface Stop {
  readonly code: string;
  readonly reason: string;
  readonly owner: Owner;
  readonly nextStep: string;
  readonly documents: readonly string[];
}

/** What this worker once said of one generation of a voucher, where its database has forgotten it. */
export interface Heard {
  readonly generation: number;
  /** When posting began, ms since the epoch; null when the log has lost it. */
  readonly startedAt: number | null;
  readonly fingerprint: string | null;
  readonly confirmed: {
    readonly document: string;
    readonly number: string;
    readonly status: string;
    readonly amount: { readonly amount: string; readonly currency: string };
    readonly contentSha256: string;
    readonly readAt: number;
  } | null;
  /** Whether it ended, and how. */
  readonly ended: 'withdrawn' | 'replaced' | 'discarded' | 'reversed' | null;
  /** Where it stopped, if that was the last word. */
  readonly stopped: ({ readonly kind: 'rejected' | 'held' } & Stop) | null;
}

/** Under what a lane keeps it. */
export const heardKey = (voucherKey: string, generation: number): string => `${voucherKey}/${generation}`;
