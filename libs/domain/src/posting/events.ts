import type { PostingRefusal } from './record.js';
import type { TargetDocument } from './terms.js';

/** Outcome of a send as a connector's error table gave it; whatever is not definite is `inDoubt`. */
export type SendOutcome =
  | { readonly kind: 'done' }
  | ({ readonly kind: 'rejected' } & PostingRefusal)
  | { readonly kind: 'throttled'; readonly afterMs: number }
  | { readonly kind: 'notSent'; readonly detail: string }
  | { readonly kind: 'inDoubt'; readonly reason: string };

/** What can happen to a posting. `at` is when it was known, `startedAt` when the read began; ms since the epoch. */
export type PostingEvent =
  /** The payload must never be sent (it names an existing document's id, say). */
  | { readonly type: 'PayloadRefused'; readonly at: number; readonly refusal: PostingRefusal }
  | { readonly type: 'PrerequisiteRead'; readonly at: number; readonly ready: true }
  | { readonly type: 'PrerequisiteRead'; readonly at: number; readonly ready: false; readonly waitingFor: string }
  | {
      readonly type: 'LookedUp';
      readonly startedAt: number;
      readonly at: number;
      readonly documents: readonly TargetDocument[];
    }
  /** The chosen document was read; null when the target has it no more. */
  | { readonly type: 'ChosenRead'; readonly at: number; readonly document: TargetDocument | null }
  /** The first unchosen draft was read; null when the target has it no more. */
  | { readonly type: 'UnchosenRead'; readonly at: number; readonly document: TargetDocument | null }
  /** A read got no answer; it is simply made again. */
  | { readonly type: 'ReadFailed'; readonly at: number; readonly afterMs?: number }
  | { readonly type: 'ReadRefused'; readonly at: number; readonly refusal: PostingRefusal }
  /** The attempt is being recorded; the request leaves after that is durable. */
  | { readonly type: 'SendBegun'; readonly at: number }
  | { readonly type: 'SendEnded'; readonly at: number; readonly outcome: SendOutcome }
  /** The voucher is to be reversed, before it was posted. */
  | { readonly type: 'Withdrawn'; readonly at: number }
  | { readonly type: 'Released'; readonly at: number; readonly action: string }
  | { readonly type: 'Discarded'; readonly at: number };

export type PostingEventType = PostingEvent['type'];
export type PostingEventOf<T extends PostingEventType> = Extract<PostingEvent, { type: T }>;
