import { NOT_SENT_GAP, throttleGap } from '../gaps.js';
import { HOLDS } from '../holds.js';
import { isTakenBack, type PostingRefusal, type Progress, type SendStep } from '../record.js';
import { edge, oneMoreDoubt, type PassageOf } from './edge.js';

type Sent = PassageOf<'sending', 'SendEnded'>;

const ADVANCING: readonly SendStep[] = ['mark', 'submit', 'post'];
const REMOVING: readonly SendStep[] = ['unpost', 'void'];

/** Whether the voucher that this step was to lead to is still wanted. */
const wanted = ({ record }: Sent): boolean => !isTakenBack(record);

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

const removal = (step: SendStep): 'unpost' | 'void' => (step === 'unpost' ? 'unpost' : 'void');

const doubt = ({ situation, event }: Sent) => ({
  step: situation.step,
  since: event.at,
  reason: event.outcome.kind === 'inDoubt' ? event.outcome.reason : '',
});

const doubtfulCreate = ({ record, event }: Sent): Partial<Progress> => ({
  lastDoubtfulCreate: event.at,
  settleWaived: false,
  doubts: oneMoreDoubt(record, 'create'),
});

/** Sends end. What is not definite is in doubt. */
export const ENDING = {
  createDone: edge({
    from: ['sending'],
    on: 'SendEnded',
    to: 'choosing',
    when: (passage) => wanted(passage) && ended(passage, ['create'], 'done'),
    enter: ({ event }) => ({ since: event.at, refusal: null }),
  }),
  createRefused: edge({
    from: ['sending'],
    on: 'SendEnded',
    to: 'choosing',
    when: (passage) => wanted(passage) && ended(passage, ['create'], 'rejected'),
    enter: (passage) => ({ since: passage.event.at, refusal: refusal(passage) }),
  }),
  createNotExecuted: edge({
    from: ['sending'],
    on: 'SendEnded',
    to: 'lookingUp',
    when: (passage) => wanted(passage) && ended(passage, ['create'], 'notSent', 'throttled'),
    learn: restAfter,
  }),
  createInDoubt: edge({
    from: ['sending'],
    on: 'SendEnded',
    to: 'inDoubt',
    says: 'VoucherInDoubt',
    when: (passage) => ended(passage, ['create'], 'inDoubt') && passage.terms.operation.level !== 'L0',
    enter: doubt,
    learn: doubtfulCreate,
  }),
  /** A target that can't be searched leaves each doubt to a person. */
  createUnsearchable: edge({
    from: ['sending'],
    on: 'SendEnded',
    to: 'held',
    says: 'VoucherHeld',
    when: (passage) => ended(passage, ['create'], 'inDoubt') && passage.terms.operation.level === 'L0',
    enter: () => ({ hold: HOLDS.unsearchable() }),
    learn: doubtfulCreate,
  }),
  /** Writing the key is a change of the draft: it is compared again before it goes on. */
  markDone: edge({
    from: ['sending'],
    on: 'SendEnded',
    to: 'comparing',
    when: (passage) => wanted(passage) && ended(passage, ['mark'], 'done'),
    enter: () => ({ refused: null }),
  }),
  submitDone: edge({
    from: ['sending'],
    on: 'SendEnded',
    to: 'posting',
    when: (passage) => wanted(passage) && ended(passage, ['submit'], 'done'),
  }),
  postDone: edge({
    from: ['sending'],
    on: 'SendEnded',
    to: 'readingBack',
    when: (passage) => wanted(passage) && ended(passage, ['post'], 'done'),
    enter: ({ event }) => ({ since: event.at }),
  }),
  /** "Already audited" is a refusal too: the document itself shows whether the step is done. */
  stepRefused: edge({
    from: ['sending'],
    on: 'SendEnded',
    to: 'comparing',
    when: (passage) => wanted(passage) && ended(passage, ADVANCING, 'rejected'),
    enter: (passage) => ({ refused: { step: passage.situation.step, refusal: refusal(passage) } }),
  }),
  stepNotExecuted: edge({
    from: ['sending'],
    on: 'SendEnded',
    to: 'comparing',
    when: (passage) => wanted(passage) && ended(passage, ADVANCING, 'notSent', 'throttled'),
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
  /** Taken back meanwhile: what stands now is looked for, and goes. */
  endedTakenBack: edge({
    from: ['sending'],
    on: 'SendEnded',
    to: 'retiring',
    when: (passage) =>
      !wanted(passage) &&
      (ended(passage, ['create'], 'done', 'rejected', 'notSent', 'throttled') ||
        ended(passage, ADVANCING, 'done', 'rejected', 'notSent', 'throttled')),
    learn: (passage) => (['notSent', 'throttled'].includes(passage.event.outcome.kind) ? restAfter(passage) : {}),
  }),
  removalDone: edge({
    from: ['sending'],
    on: 'SendEnded',
    to: 'checkingGone',
    when: (passage) => ended(passage, REMOVING, 'done'),
    enter: ({ situation }) => ({ tried: removal(situation.step), refusal: null }),
  }),
  /** "Already deleted" is a refusal too: a read shows it. */
  removalRefused: edge({
    from: ['sending'],
    on: 'SendEnded',
    to: 'checkingGone',
    when: (passage) => ended(passage, REMOVING, 'rejected'),
    enter: (passage) => ({ tried: removal(passage.situation.step), refusal: refusal(passage) }),
  }),
  removalNotExecuted: edge({
    from: ['sending'],
    on: 'SendEnded',
    to: 'checkingGone',
    when: (passage) => ended(passage, REMOVING, 'notSent', 'throttled'),
    enter: () => ({ tried: null, refusal: null }),
    learn: restAfter,
  }),
  removalInDoubt: edge({
    from: ['sending'],
    on: 'SendEnded',
    to: 'inDoubt',
    says: 'VoucherInDoubt',
    when: (passage) => ended(passage, REMOVING, 'inDoubt'),
    enter: doubt,
  }),
} as const;
