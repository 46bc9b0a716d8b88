import type { Ending, ExclusiveTaken, PostingRefusal } from './record.js';
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
  /** All exclusive values are this voucher's now, or one is another's. */
  | { readonly type: 'Claimed'; readonly at: number; readonly takenBy: ExclusiveTaken | null }
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
  /** The first of the unchosen was read; null when the target has it no more. */
  | { readonly type: 'UnchosenRead'; readonly at: number; readonly document: TargetDocument | null }
  /** The document that a person named was read; null when the target has none. */
  | { readonly type: 'LinkedRead'; readonly at: number; readonly document: TargetDocument | null }
  /** A read got no answer; it is simply made again. */
  | { readonly type: 'ReadFailed'; readonly at: number; readonly afterMs?: number }
  | { readonly type: 'ReadRefused'; readonly at: number; readonly refusal: PostingRefusal }
  /** The attempt is being recorded; the request leaves after that is durable. */
  | { readonly type: 'SendBegun'; readonly at: number }
  | { readonly type: 'SendEnded'; readonly at: number; readonly outcome: SendOutcome }
  /** No effective voucher is wanted (any more), or not with this content. Before the confirmation. */
  | { readonly type: 'TakeBack'; readonly at: number; readonly why: Exclude<Ending, 'reversed'> }
  /** The confirmed document is to be taken back in the target itself. */
  | { readonly type: 'Reverse'; readonly at: number }
  /** A person looked: no document came of the create in doubt. */
  | { readonly type: 'DoubtDeclaredAbsent'; readonly at: number; readonly action: string }
  /** A person looked: this document (the target's own id) stands for the voucher. */
  | { readonly type: 'DocumentLinked'; readonly at: number; readonly id: string; readonly action: string }
  | { readonly type: 'Released'; readonly at: number; readonly action: string }
  | { readonly type: 'Discarded'; readonly at: number };

export type PostingEventType = PostingEvent['type'];
export type PostingEventOf<T extends PostingEventType> = Extract<PostingEvent, { type: T }>;
