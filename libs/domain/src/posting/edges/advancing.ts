import { isBeyond, nextStep, unfit } from '../fitness.js';
import { doubtGap, MOST_DOUBTS } from '../gaps.js';
import { HOLDS } from '../holds.js';
import { confirmationOf, type DocumentName, type Hold, type PostingRefusal, type Progress } from '../record.js';
import type { TargetDocument } from '../terms.js';
import { doubtsAbout, edge, later, type PassageOf } from './edge.js';

type Read = PassageOf<'comparing' | 'inDoubt' | 'readingBack', 'ChosenRead'>;

const COMPARING = ['comparing', 'inDoubt'] as const;
const READING = ['comparing', 'inDoubt', 'readingBack'] as const;

const document = (passage: Read): TargetDocument => passage.event.document as TargetDocument;
const isFit = ({ event, record, terms }: Read): boolean => unfit(event.document, record, terms) === undefined;

/** The step whose outcome this read has to tell: refused or in doubt just before. */
const questioned = ({ situation }: Read) =>
  situation.name === 'inDoubt' ? situation.step : situation.name === 'comparing' ? situation.refused?.step : undefined;

/** Whether the document shows that the questioned step was not done. */
const undone = (passage: Read): boolean => {
  const step = questioned(passage);
  return step !== undefined && !isBeyond(document(passage), step, passage.record, passage.terms);
};

const mayGoOn = (passage: Read, step: 'mark' | 'submit' | 'post'): boolean => {
  if (!isFit(passage) || nextStep(document(passage), passage.record, passage.terms) !== step) return false;
  const { situation, record } = passage;
  if (!undone(passage)) return true;
  return situation.name === 'inDoubt' && doubtsAbout(record, situation.step) < MOST_DOUBTS;
};

/** After a doubt the step is sent again, the later the oftener it was in doubt; sending it twice does no harm. */
const gapAfterDoubt = (passage: Read): Partial<Progress> => {
  const { record, situation, event } = passage;
  if (situation.name !== 'inDoubt' || !undone(passage)) return {};
  const tries = doubtsAbout(record, situation.step);
  return { pause: { tries, until: event.at + doubtGap(tries) } };
};

const isPosted = (passage: Read): boolean =>
  isFit(passage) && nextStep(document(passage), passage.record, passage.terms) === 'done';

const confirmation = (passage: Read): Partial<Progress> => ({
  confirmation: confirmationOf(document(passage), passage.event.at),
});

const shownInTime = ({ situation, event, terms }: PassageOf<'readingBack', 'ChosenRead'>): boolean =>
  event.at < situation.since + terms.operation.settleMs;

/** From the choice to the confirmation: only the chosen document, and by what it shows. */
export const ADVANCING_EDGES = {
  chosenUnfit: edge({
    from: READING,
    on: 'ChosenRead',
    to: 'held',
    says: 'VoucherHeld',
    when: (passage) => !isFit(passage),
    enter: ({ event, record, terms }) => ({ hold: unfit(event.document, record, terms) as Hold }),
  }),
  stepRefusedForGood: edge({
    from: ['comparing'],
    on: 'ChosenRead',
    to: 'rejected',
    says: 'VoucherRejected',
    when: (passage) => isFit(passage) && undone(passage),
    enter: ({ situation }) => ({ refusal: situation.refused?.refusal as PostingRefusal }),
  }),
  stepUndecided: edge({
    from: ['inDoubt'],
    on: 'ChosenRead',
    to: 'held',
    says: 'VoucherHeld',
    when: (passage) =>
      isFit(passage) && undone(passage) && doubtsAbout(passage.record, passage.situation.step) >= MOST_DOUBTS,
    enter: ({ record, situation }) => ({ hold: HOLDS.undecided(situation.step, [record.chosen as DocumentName]) }),
  }),
  comparedUnmarked: edge({
    from: COMPARING,
    on: 'ChosenRead',
    to: 'marking',
    when: (passage) => mayGoOn(passage, 'mark'),
    learn: gapAfterDoubt,
  }),
  comparedDraft: edge({
    from: COMPARING,
    on: 'ChosenRead',
    to: 'submitting',
    when: (passage) => mayGoOn(passage, 'submit'),
    learn: gapAfterDoubt,
  }),
  comparedSubmitted: edge({
    from: COMPARING,
    on: 'ChosenRead',
    to: 'posting',
    when: (passage) => mayGoOn(passage, 'post'),
    learn: gapAfterDoubt,
  }),
  readBack: edge({
    from: READING,
    on: 'ChosenRead',
    to: 'confirmed',
    says: 'VoucherConfirmed',
    when: (passage) => isPosted(passage) && passage.record.lastDoubtfulCreate === null,
    learn: confirmation,
  }),
  readBackAfterDoubt: edge({
    from: READING,
    on: 'ChosenRead',
    to: 'watching',
    says: 'VoucherConfirmed',
    when: (passage) => isPosted(passage) && passage.record.lastDoubtfulCreate !== null,
    enter: ({ record, terms }) => ({ until: (record.lastDoubtfulCreate ?? 0) + terms.operation.settleMs }),
    learn: confirmation,
  }),
  notPostedYet: edge({
    from: ['readingBack'],
    on: 'ChosenRead',
    to: 'same',
    when: (passage) => isFit(passage) && !isPosted(passage) && shownInTime(passage),
    learn: ({ record, event }) => later(record, event.at, doubtGap),
  }),
  postNotShown: edge({
    from: ['readingBack'],
    on: 'ChosenRead',
    to: 'held',
    says: 'VoucherHeld',
    when: (passage) => isFit(passage) && !isPosted(passage) && !shownInTime(passage),
    enter: ({ record }) => ({ hold: HOLDS.notPosted(record.chosen as DocumentName) }),
  }),
} as const;
