import type { PostingEvent, PostingEventOf, PostingEventType } from '../events.js';
import type { PostingRecord, Progress, Situation, SituationName, SituationOf } from '../record.js';
import type { PostingTerms } from '../terms.js';

/** What is said on the log when an edge is passed. */
export type Said =
  | 'VoucherPostingStarted'
  | 'VoucherInDoubt'
  | 'VoucherLookedUp'
  | 'VoucherDoubtSettled'
  | 'VoucherConfirmed'
  | 'VoucherRejected'
  | 'VoucherHeld'
  | 'VoucherCancelled'
  | 'VoucherReversed';

/** A record, its situation told apart, met by an event. */
export interface Passage<S extends Situation = Situation, E extends PostingEvent = PostingEvent> {
  readonly record: PostingRecord;
  readonly situation: S;
  readonly event: E;
  readonly terms: PostingTerms;
}

/** A passage by the names of its situation and its event. */
export type PassageOf<F extends SituationName, E extends PostingEventType> = Passage<SituationOf<F>, PostingEventOf<E>>;

/** One way from a situation to the next. At most one edge is open for a record and an event. */
export interface Edge {
  readonly from: readonly SituationName[];
  readonly on: PostingEventType;
  /** `same`: stays in the situation it came from. */
  readonly to: SituationName | 'same';
  readonly says?: Said;
  when(passage: Passage): boolean;
  /** The fields of the new situation. */
  enter(passage: Passage): object;
  /** What is remembered; `pause` is forgotten unless given here. */
  learn(passage: Passage): Partial<Progress>;
}

interface EdgeSpec<F extends SituationName, E extends PostingEventType, T extends SituationName | 'same'> {
  readonly from: readonly F[];
  readonly on: E;
  readonly to: T;
  readonly says?: Said;
  when?(passage: PassageOf<F, E>): boolean;
  enter?(passage: PassageOf<F, E>): T extends SituationName ? Omit<SituationOf<T>, 'name'> : never;
  learn?(passage: PassageOf<F, E>): Partial<Progress>;
}

/** Situations that have fields, which `enter` must therefore give. */
type WithFields = { [N in SituationName]: keyof SituationOf<N> extends 'name' ? never : N }[SituationName];
type Entering<T> = T extends WithFields ? 'enter' : never;

/** Declares an edge with its situation and event narrowed. */
export function edge<F extends SituationName, E extends PostingEventType, T extends SituationName | 'same'>(
  spec: EdgeSpec<F, E, T> & Required<Pick<EdgeSpec<F, E, T>, Entering<T>>>,
): Edge {
  const { from, on, to, says } = spec;
  return {
    from,
    on,
    to,
    ...(says !== undefined && { says }),
    when: (passage) => spec.when?.(passage as unknown as PassageOf<F, E>) ?? true,
    enter: (passage) => spec.enter?.(passage as unknown as PassageOf<F, E>) ?? {},
    learn: (passage) => spec.learn?.(passage as unknown as PassageOf<F, E>) ?? {},
  };
}

/** One more doubt about a step. */
export function oneMoreDoubt(record: PostingRecord, step: NonNullable<Progress['doubts']>['step']): Progress['doubts'] {
  return { step, inARow: doubtsAbout(record, step) + 1 };
}

/** Doubts about this step in a row, up to now. */
export function doubtsAbout(record: PostingRecord, step: NonNullable<Progress['doubts']>['step']): number {
  return record.doubts?.step === step ? record.doubts.inARow : 0;
}

/** The next try after a growing gap. */
export function later(
  record: PostingRecord,
  at: number,
  gap: (tries: number) => number,
  latest = Infinity,
): Partial<Progress> {
  const tries = record.pause?.tries ?? 0;
  return { pause: { tries: tries + 1, until: Math.max(at + 1, Math.min(at + gap(tries), latest)) } };
}
