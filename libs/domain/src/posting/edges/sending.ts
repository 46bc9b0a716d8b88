import { NOT_SENT_GAP, throttleGap } from '../gaps.js';
import { HOLDS } from '../holds.js';
import type { PostingRefusal, Progress, SendStep } from '../record.js';
import { edge, oneMoreDoubt, type PassageOf } from './edge.js';

type Sent = PassageOf<'sending', 'SendEnded'>;

const ADVANCING: readonly SendStep[] = ['mark', 'submit', 'post'];

const ended = (
  passage: Sent,
  steps: readonly SendStep[],
  ...kinds: readonly Sent['event']['outcome']['kind'][]
): boolean => steps.includes(passage.situation.step) && kinds.includes(passage.event.outcome.kind);

/** Nothing was executed: after a gap the target is looked at anew, because time has passed. */
const restAfter = ({ record, event }: Sent): Partial<Progress> => {
  const { outcome, at } = event;
  const gap = outcome.kind === 'throttled' ? throttleGap(outcome.afterMs) : NOT_SENT_GAP;
  return { pause: { tries: (record.pause?.tries ?? 0) + 1, until: at + gap } };
};

const refusal = ({ event }: Sent): PostingRefusal => {
  if (event.outcome.kind !== 'rejected') throw new Error(`outcome ${event.outcome.kind} is no refusal`);
  const { code, words, owner, nextStep } = event.outcome;
  return { code, words, owner, nextStep };
};

const doubt = ({ situation, event }: Sent) => ({
  step: situation.step,
  since: event.at,
  reason: event.outcome.kind === 'inDoubt' ? event.outcome.reason : '',
});

/** Sends begin: the attempt is recorded before the request leaves. */
export const BEGINNING = {
  createBegun: edge({
    from: ['cleared'],
    on: 'SendBegun',
    to: 'sending',
    enter: ({ event }) => ({ step: 'create' as const, startedAt: event.at }),
    learn: ({ record, situation, event }) => ({
      attempts: record.attempts + 1,
      creates: record.creates + 1,
      ...(record.firstCreateAt === null && { firstCreateAt: event.at, foundBefore: situation.found }),
    }),
  }),
  markBegun: edge({
    from: ['marking'],
    on: 'SendBegun',
    to: 'sending',
    enter: ({ event }) => ({ step: 'mark' as const, startedAt: event.at }),
    learn: ({ record }) => ({ attempts: record.attempts + 1 }),
  }),
  submitBegun: edge({
    from: ['submitting'],
    on: 'SendBegun',
    to: 'sending',
    enter: ({ event }) => ({ step: 'submit' as const, startedAt: event.at }),
    learn: ({ record }) => ({ attempts: record.attempts + 1 }),
  }),
  postBegun: edge({
    from: ['posting'],
    on: 'SendBegun',
    to: 'sending',
    enter: ({ event }) => ({ step: 'post' as const, startedAt: event.at }),
    learn: ({ record }) => ({ attempts: record.attempts + 1 }),
  }),
  voidBegun: edge({
    from: ['voiding'],
    on: 'SendBegun',
    to: 'sending',
    enter: ({ event }) => ({ step: 'void' as const, startedAt: event.at }),
    learn: ({ record }) => ({ attempts: record.attempts + 1 }),
  }),
} as const;

/** Sends end. What is not definite is in doubt. */
export const ENDING = {
  createDone: edge({
    from: ['sending'],
    on: 'SendEnded',
    to: 'choosing',
    when: (passage) => ended(passage, ['create'], 'done'),
    enter: ({ event }) => ({ since: event.at, refusal: null }),
  }),
  createRefused: edge({
    from: ['sending'],
    on: 'SendEnded',
    to: 'choosing',
    when: (passage) => ended(passage, ['create'], 'rejected'),
    enter: (passage) => ({ since: passage.event.at, refusal: refusal(passage) }),
  }),
  createNotExecuted: edge({
    from: ['sending'],
    on: 'SendEnded',
    to: 'lookingUp',
    when: (passage) => ended(passage, ['create'], 'notSent', 'throttled'),
    learn: restAfter,
  }),
  createInDoubt: edge({
    from: ['sending'],
    on: 'SendEnded',
    to: 'inDoubt',
    says: 'VoucherInDoubt',
    when: (passage) => ended(passage, ['create'], 'inDoubt') && passage.terms.operation.level !== 'L0',
    enter: doubt,
    learn: ({ record, event }) => ({ lastDoubtfulCreate: event.at, doubts: oneMoreDoubt(record, 'create') }),
  }),
  /** A target that can't be searched leaves each doubt to a person. */
  createUnsearchable: edge({
    from: ['sending'],
    on: 'SendEnded',
    to: 'held',
    says: 'VoucherHeld',
    when: (passage) => ended(passage, ['create'], 'inDoubt') && passage.terms.operation.level === 'L0',
    enter: () => ({ hold: HOLDS.unsearchable() }),
    learn: ({ record, event }) => ({ lastDoubtfulCreate: event.at, doubts: oneMoreDoubt(record, 'create') }),
  }),
  /** Writing the key is a change of the draft: it is compared again before it goes on. */
  markDone: edge({
    from: ['sending'],
    on: 'SendEnded',
    to: 'comparing',
    when: (passage) => ended(passage, ['mark'], 'done'),
    enter: () => ({ refused: null }),
  }),
  submitDone: edge({
    from: ['sending'],
    on: 'SendEnded',
    to: 'posting',
    when: (passage) => ended(passage, ['submit'], 'done'),
  }),
  postDone: edge({
    from: ['sending'],
    on: 'SendEnded',
    to: 'readingBack',
    when: (passage) => ended(passage, ['post'], 'done'),
    enter: ({ event }) => ({ since: event.at }),
  }),
  /** "Already audited" is a refusal too: the document itself shows whether the step is done. */
  stepRefused: edge({
    from: ['sending'],
    on: 'SendEnded',
    to: 'comparing',
    when: (passage) => ended(passage, ADVANCING, 'rejected'),
    enter: (passage) => ({ refused: { step: passage.situation.step, refusal: refusal(passage) } }),
  }),
  stepNotExecuted: edge({
    from: ['sending'],
    on: 'SendEnded',
    to: 'comparing',
    when: (passage) => ended(passage, ADVANCING, 'notSent', 'throttled'),
    enter: () => ({ refused: null }),
    learn: restAfter,
  }),
  stepInDoubt: edge({
    from: ['sending'],
    on: 'SendEnded',
    to: 'inDoubt',
    says: 'VoucherInDoubt',
    when: (passage) => ended(passage, ADVANCING, 'inDoubt'),
    enter: doubt,
    learn: ({ record, situation }) => ({ doubts: oneMoreDoubt(record, situation.step) }),
  }),
  voidAnswered: edge({
    from: ['sending'],
    on: 'SendEnded',
    to: 'checkingGone',
    when: (passage) => ended(passage, ['void'], 'done', 'rejected'),
  }),
  voidNotExecuted: edge({
    from: ['sending'],
    on: 'SendEnded',
    to: 'checkingGone',
    when: (passage) => ended(passage, ['void'], 'notSent', 'throttled'),
    learn: restAfter,
  }),
  voidInDoubt: edge({
    from: ['sending'],
    on: 'SendEnded',
    to: 'inDoubt',
    says: 'VoucherInDoubt',
    when: (passage) => ended(passage, ['void'], 'inDoubt'),
    enter: doubt,
  }),
} as const;
