import type { Owner } from '@voucherline/contracts';

/** A refusal in the vendor's own words: definite, nothing was executed. */
export interface Refusal {
  readonly kind: 'rejected';
  /** The vendor's code, e.g. `MsgCode 11`. */
  readonly code: string;
  /** The vendor's words, cut to 500 characters, long digit runs masked. */
  readonly words: string;
  readonly owner: Owner;
  readonly nextStep: string;
}

/** The vendor's documented gate said "later"; nothing was executed. */
export interface Throttled {
  readonly kind: 'throttled';
  readonly afterMs: number;
}

/** The request never left: DNS, refused connection, TLS. */
export interface NotSent {
  readonly kind: 'notSent';
  readonly detail: string;
}

/**
 * Outcome of a write, closed. Everything a connector's error table does not name is `inDoubt`, as are 5xx, resets, HTML,
 * unreadable 2xx and timeouts (failure-modes.md §2.3).
 */
export type WriteOutcome =
  | { readonly kind: 'done'; readonly documentId?: string; readonly number?: string }
  | Refusal
  | Throttled
  | NotSent
  | { readonly kind: 'inDoubt'; readonly reason: string };

/** Outcome of a read. A failed read (`unavailable`) is simply made again; it counts for the circuit breaker. */
export type ReadOutcome<T> =
  | { readonly kind: 'read'; readonly value: T }
  | { readonly kind: 'absent' }
  | Refusal
  | Throttled
  | { readonly kind: 'unavailable'; readonly detail: string };

/** Whether an outcome says that the connection itself is in trouble (what its circuit breaker counts). */
export function isConnectionTrouble(outcome: WriteOutcome | ReadOutcome<unknown>): boolean {
  return outcome.kind === 'notSent' || outcome.kind === 'inDoubt' || outcome.kind === 'unavailable';
}
