import { unfit } from '../fitness.js';
import { doubtGap, MOST_DOUBTS } from '../gaps.js';
import { HOLDS } from '../holds.js';
import { confirmationOf, type DocumentName, type Hold, isTakenBack, type Progress } from '../record.js';
import type { TargetDocument } from '../terms.js';
import { doubtsAbout, edge, oneMoreDoubt, type PassageOf } from './edge.js';

type Check = PassageOf<'checkingGone' | 'inDoubt', 'UnchosenRead'>;
type Removal = 'unpost' | 'void';

const CHECKING = ['checkingGone', 'inDoubt'] as const;

const first = ({ record }: Check): DocumentName => record.unchosen[0] as DocumentName;
const document = ({ event }: Check): TargetDocument => event.document as TargetDocument;
const isChosen = (passage: Check): boolean => first(passage).id === passage.record.chosen?.id;
const isLast = ({ record }: Check): boolean => record.unchosen.length <= 1;
const isGone = ({ event }: Check): boolean => event.document === null || event.document.stage === 'cancelled';
const isDraft = ({ event }: Check): boolean => event.document?.stage === 'draft';
const isPosted = ({ event }: Check): boolean => event.document?.stage === 'posted';

const tried = ({ situation }: Check) => (situation.name === 'inDoubt' ? situation.step : situation.tried);
const refusal = ({ situation }: Check) => (situation.name === 'inDoubt' ? null : situation.refusal);

/** Whether the removal was tried just before, and may not be tried again. */
const isStuck = (passage: Check, step: Removal): boolean =>
  tried(passage) === step && (refusal(passage) !== null || doubtsAbout(passage.record, step) >= MOST_DOUBTS);

/** A removal that was tried just before is tried again after a growing gap. */
const again = (passage: Check, step: Removal): Partial<Progress> => {
  const { record, event } = passage;
  if (tried(passage) !== step) return {};
  const tries = doubtsAbout(record, step);
  return { doubts: oneMoreDoubt(record, step), pause: { tries, until: event.at + doubtGap(tries) } };
};

/** The chosen document leaves only as part of a posting that was taken back: submitted always, posted when it is to be reversed. */
const mayStepBack = (passage: Check): boolean => {
  const { record, event } = passage;
  if (!isTakenBack(record) || !isChosen(passage)) return false;
  return event.document?.stage === 'submitted' || (isPosted(passage) && record.ending === 'reversed');
};

const isConfirmed = (passage: Check): boolean =>
  passage.record.ending === 'withdrawn' &&
  isChosen(passage) &&
  isPosted(passage) &&
  unfit(document(passage), passage.record, passage.terms) === undefined;

const confirmed = (passage: Check): Partial<Progress> => ({
  confirmation: confirmationOf(document(passage), passage.event.at),
  unchosen: [],
  doubts: null,
});

const taken = (passage: Check): Hold => {
  const { record, terms } = passage;
  if (!isTakenBack(record) || !isChosen(passage)) return HOLDS.taken(first(passage));
  if (record.ending === 'replaced') return HOLDS.postedAfterAll(first(passage));
  return unfit(document(passage), record, terms) ?? HOLDS.taken(first(passage));
};

const gone = (passage: Check): Partial<Progress> => ({
  unchosen: passage.record.unchosen.slice(1),
  chosenGone: passage.record.chosenGone || isChosen(passage),
  doubts: null,
});

/** Nothing of ours is left, and no create of ours can be executed any more without our having looked. */
const allGone = (passage: Check): boolean =>
  isGone(passage) && isLast(passage) && isTakenBack(passage.record) && passage.record.lastDoubtfulCreate === null;

/** What has to go is read as gone, one document after the other, before anything goes on. */
export const SWEEPING = {
  draftStands: edge({
    from: CHECKING,
    on: 'UnchosenRead',
    to: 'voiding',
    when: (passage) => isDraft(passage) && !isStuck(passage, 'void'),
    learn: (passage) => again(passage, 'void'),
  }),
  draftStays: edge({
    from: CHECKING,
    on: 'UnchosenRead',
    to: 'held',
    says: 'VoucherHeld',
    when: (passage) => isDraft(passage) && isStuck(passage, 'void'),
    enter: (passage) => ({ hold: HOLDS.undeletable(first(passage), refusal(passage)) }),
  }),
  noDraftYet: edge({
    from: CHECKING,
    on: 'UnchosenRead',
    to: 'unposting',
    when: (passage) => mayStepBack(passage) && !isStuck(passage, 'unpost'),
    enter: ({ event }) => ({ stage: event.document?.stage === 'posted' ? 'posted' : 'submitted' }),
    learn: (passage) => again(passage, 'unpost'),
  }),
  notTakenBack: edge({
    from: CHECKING,
    on: 'UnchosenRead',
    to: 'held',
    says: 'VoucherHeld',
    when: (passage) => mayStepBack(passage) && isStuck(passage, 'unpost'),
    enter: (passage) => ({ hold: HOLDS.notTakenBack(first(passage), refusal(passage)) }),
  }),
  /** Withdrawn too late: it stands, and what reverses it comes after. */
  postedAfterAll: edge({
    from: CHECKING,
    on: 'UnchosenRead',
    to: 'confirmed',
    says: 'VoucherConfirmed',
    when: (passage) => isConfirmed(passage) && passage.record.lastDoubtfulCreate === null,
    learn: confirmed,
  }),
  postedAfterDoubt: edge({
    from: CHECKING,
    on: 'UnchosenRead',
    to: 'watching',
    says: 'VoucherConfirmed',
    when: (passage) => isConfirmed(passage) && passage.record.lastDoubtfulCreate !== null,
    enter: ({ record, terms }) => ({ until: (record.lastDoubtfulCreate ?? 0) + terms.operation.settleMs }),
    learn: confirmed,
  }),
  takenByOthers: edge({
    from: CHECKING,
    on: 'UnchosenRead',
    to: 'held',
    says: 'VoucherHeld',
    when: (passage) => !isGone(passage) && !isDraft(passage) && !mayStepBack(passage) && !isConfirmed(passage),
    enter: (passage) => ({ hold: taken(passage) }),
  }),
  nextUnchosen: edge({
    from: CHECKING,
    on: 'UnchosenRead',
    to: 'checkingGone',
    when: (passage) => isGone(passage) && !isLast(passage),
    enter: () => ({ tried: null, refusal: null }),
    learn: gone,
  }),
  unchosenGone: edge({
    from: CHECKING,
    on: 'UnchosenRead',
    to: 'comparing',
    when: (passage) => {
      const { confirmation, chosen } = passage.record;
      return (
        isGone(passage) && isLast(passage) && !isTakenBack(passage.record) && confirmation === null && chosen !== null
      );
    },
    enter: () => ({ refused: null }),
    learn: gone,
  }),
  /** Only drafts of older generations stood: a look-up precedes the create all the same. */
  olderGone: edge({
    from: CHECKING,
    on: 'UnchosenRead',
    to: 'lookingUp',
    when: (passage) =>
      isGone(passage) && isLast(passage) && !isTakenBack(passage.record) && passage.record.chosen === null,
    learn: gone,
  }),
  lateComersGone: edge({
    from: CHECKING,
    on: 'UnchosenRead',
    to: 'confirmed',
    when: (passage) => {
      const { record } = passage;
      return isGone(passage) && isLast(passage) && !isTakenBack(record) && record.confirmation !== null;
    },
    learn: gone,
  }),
  cancelledGone: edge({
    from: CHECKING,
    on: 'UnchosenRead',
    to: 'cancelled',
    says: 'VoucherCancelled',
    when: (passage) => allGone(passage) && passage.record.ending !== 'reversed',
    learn: gone,
  }),
  reversedGone: edge({
    from: CHECKING,
    on: 'UnchosenRead',
    to: 'reversed',
    says: 'VoucherReversed',
    when: (passage) => allGone(passage) && passage.record.ending === 'reversed',
    learn: gone,
  }),
  /** A create of ours had been in doubt: what came of it late is looked for once more. */
  lateComersLookedFor: edge({
    from: CHECKING,
    on: 'UnchosenRead',
    to: 'retiring',
    when: (passage) =>
      isGone(passage) && isLast(passage) && isTakenBack(passage.record) && passage.record.lastDoubtfulCreate !== null,
    learn: (passage) => ({ ...gone(passage), pause: { tries: 0, until: passage.event.at + doubtGap(0) } }),
  }),
} as const;
