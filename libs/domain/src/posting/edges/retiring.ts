import { HOLDS } from '../holds.js';
import { type DocumentName, isTakenBack, type PostingRecord, type Progress } from '../record.js';
import { edge, type PassageOf } from './edge.js';
import { type FindingOf, finding, found, type LookUp, name, settled } from './found.js';

type Taking = Pick<PassageOf<'held', 'TakeBack'>, 'record' | 'event'>;

/** Nothing need have been sent yet. */
const EARLY = ['intended', 'claimed', 'awaitingPrerequisite', 'lookingUp', 'cleared', 'rejected', 'held'] as const;

const BETWEEN_STEPS = [
  ...EARLY,
  'choosing',
  'voiding',
  'checkingGone',
  'unposting',
  'retiring',
  'linking',
  'marking',
  'submitting',
  'posting',
  'comparing',
  'readingBack',
] as const;

/** A replacement may still be withdrawn altogether, not the other way round. */
const isNew = ({ record: { ending, confirmation }, event }: Taking): boolean =>
  confirmation === null && ending !== 'withdrawn' && ending !== event.why;

const nothingSent = ({ creates, chosen, unchosen }: PostingRecord): boolean =>
  creates === 0 && chosen === null && unchosen.length === 0;

const nothingLeft = (passage: LookUp): boolean => finding(passage).kind === 'nothing' && settled(passage);

const mayCancel = (passage: LookUp): boolean =>
  isTakenBack(passage.record) && passage.record.ending !== 'reversed' && nothingLeft(passage);

/** A target that can't be searched shows nothing by not finding anything. */
const isBlind = ({ record, terms }: LookUp): boolean =>
  terms.operation.level === 'L0' && record.lastDoubtfulCreate !== null && !record.settleWaived;

const remains = (passage: LookUp): Partial<Progress> => {
  const { posted, drafts } = finding(passage) as FindingOf<'remains'>;
  const chosen = passage.record.chosen ?? (posted === undefined ? null : name(posted));
  const last: readonly DocumentName[] = chosen === null || passage.record.chosenGone ? [] : [chosen];
  return { chosen, unchosen: [...drafts.map(name), ...last], doubts: null };
};

/** A posting that is taken back: from the wish to what of it stands in the target. */
export const RETIRING = {
  takenBackUnsent: edge({
    from: EARLY,
    on: 'TakeBack',
    to: 'cancelled',
    says: 'VoucherCancelled',
    when: (passage) => isNew(passage) && nothingSent(passage.record),
    learn: ({ event }) => ({ ending: event.why }),
  }),
  takenBack: edge({
    from: BETWEEN_STEPS,
    on: 'TakeBack',
    to: 'retiring',
    when: (passage) => isNew(passage) && !nothingSent(passage.record),
    learn: ({ event }) => ({ ending: event.why, doubts: null }),
  }),
  /** What is under way ends first, and what is in doubt is found out. */
  takenBackUnderWay: edge({
    from: ['sending', 'inDoubt'],
    on: 'TakeBack',
    to: 'same',
    when: isNew,
    learn: ({ event }) => ({ ending: event.why }),
  }),
  reversalBegun: edge({
    from: ['confirmed', 'watching'],
    on: 'Reverse',
    to: 'retiring',
    learn: () => ({ ending: 'reversed', doubts: null }),
  }),
  remainsFound: edge({
    from: ['retiring', 'inDoubt'],
    on: 'LookedUp',
    to: 'checkingGone',
    when: (passage) => found(passage, 'remains') !== undefined,
    enter: () => ({ tried: null, refusal: null }),
    learn: remains,
  }),
  nothingRemains: edge({
    from: ['retiring', 'inDoubt'],
    on: 'LookedUp',
    to: 'cancelled',
    says: 'VoucherCancelled',
    when: (passage) => mayCancel(passage) && !isBlind(passage),
  }),
  reversedLookedUp: edge({
    from: ['retiring'],
    on: 'LookedUp',
    to: 'reversed',
    says: 'VoucherReversed',
    when: (passage) => passage.record.ending === 'reversed' && nothingLeft(passage),
  }),
  remainsUnsearchable: edge({
    from: ['retiring', 'inDoubt'],
    on: 'LookedUp',
    to: 'held',
    says: 'VoucherHeld',
    when: (passage) => mayCancel(passage) && isBlind(passage),
    enter: () => ({ hold: HOLDS.unsearchable() }),
  }),
} as const;
