import { isMarked } from '../fitness.js';
import type { Progress } from '../record.js';
import type { TargetDocument } from '../terms.js';
import { edge } from './edge.js';
import { type FindingOf, finding, found, type LookUp, name } from './found.js';

const LOOKING = ['lookingUp', 'cleared', 'inDoubt', 'choosing'] as const;

/** The first choice of this generation, of a document in this state, without doubles beside it. */
const firstChoice = (passage: LookUp, fits: (document: TargetDocument) => boolean): boolean => {
  const choice = found(passage, 'choice');
  if (passage.record.chosen !== null || choice?.document === undefined) return false;
  return choice.unchosen.length === 0 && fits(choice.document);
};

const alone = (passage: LookUp): boolean => found(passage, 'choice')?.unchosen.length === 0;

/** The choice is written once: what was chosen stays chosen. */
const chosen = (passage: LookUp): Partial<Progress> => {
  const { document, unchosen } = finding(passage) as FindingOf<'choice'>;
  const choice = passage.record.chosen ?? (document === undefined ? null : name(document));
  return { chosen: choice, unchosen: unchosen.map(name), doubts: null };
};

/** Look-ups that show a document of ours to go on with, or drafts of ours that must not stay. */
export const CHOOSING = {
  chosenUnmarked: edge({
    from: LOOKING,
    on: 'LookedUp',
    to: 'marking',
    when: (passage) =>
      firstChoice(passage, (one) => one.stage === 'draft' && !isMarked(one, passage.record, passage.terms)),
    learn: chosen,
  }),
  chosenDraft: edge({
    from: LOOKING,
    on: 'LookedUp',
    to: 'submitting',
    when: (passage) =>
      firstChoice(passage, (one) => one.stage === 'draft' && isMarked(one, passage.record, passage.terms)),
    learn: chosen,
  }),
  chosenSubmitted: edge({
    from: LOOKING,
    on: 'LookedUp',
    to: 'posting',
    when: (passage) => firstChoice(passage, ({ stage }) => stage === 'submitted'),
    learn: chosen,
  }),
  chosenPosted: edge({
    from: LOOKING,
    on: 'LookedUp',
    to: 'readingBack',
    when: (passage) => firstChoice(passage, ({ stage }) => stage === 'posted'),
    enter: ({ event }) => ({ since: event.at }),
    learn: chosen,
  }),
  /** Drafts beside the choice, or of an older generation, go before anything is submitted; after the confirmation, those that came late. */
  draftsToVoid: edge({
    from: [...LOOKING, 'watching'],
    on: 'LookedUp',
    to: 'voiding',
    when: (passage) => (found(passage, 'choice')?.unchosen.length ?? 0) > 0,
    learn: chosen,
  }),
  /** Released after the choice was made: the chosen document is read before anything goes on. */
  chosenBefore: edge({
    from: ['lookingUp'],
    on: 'LookedUp',
    to: 'comparing',
    when: (passage) => passage.record.chosen !== null && alone(passage),
    enter: () => ({ refused: null }),
  }),
  nothingCameLate: edge({
    from: ['watching'],
    on: 'LookedUp',
    to: 'confirmed',
    when: alone,
  }),
} as const;
