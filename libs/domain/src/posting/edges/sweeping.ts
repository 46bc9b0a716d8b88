import { doubtGap, MOST_DOUBTS } from '../gaps.js';
import { HOLDS } from '../holds.js';
import type { DocumentName } from '../record.js';
import { doubtsAbout, edge, oneMoreDoubt, type PassageOf } from './edge.js';

type Check = PassageOf<'checkingGone' | 'inDoubt', 'UnchosenRead'>;

const CHECKING = ['checkingGone', 'inDoubt'] as const;

const isGone = ({ event }: Check): boolean => event.document === null || event.document.stage === 'cancelled';
const isDraft = ({ event }: Check): boolean => event.document?.stage === 'draft';
const isLast = ({ record }: Check): boolean => record.unchosen.length <= 1;
const first = ({ record }: Check): DocumentName => record.unchosen[0] as DocumentName;

/** Drafts of ours that were not chosen are deleted, and read as gone, before the chosen one goes on. */
export const SWEEPING = {
  nextUnchosen: edge({
    from: CHECKING,
    on: 'UnchosenRead',
    to: 'voiding',
    when: (passage) => isGone(passage) && !isLast(passage),
    learn: ({ record }) => ({ unchosen: record.unchosen.slice(1), doubts: null }),
  }),
  unchosenGone: edge({
    from: CHECKING,
    on: 'UnchosenRead',
    to: 'comparing',
    when: (passage) => isGone(passage) && isLast(passage) && passage.record.confirmation === null,
    enter: () => ({ refused: null }),
    learn: () => ({ unchosen: [], doubts: null }),
  }),
  lateComersGone: edge({
    from: CHECKING,
    on: 'UnchosenRead',
    to: 'confirmed',
    when: (passage) => isGone(passage) && isLast(passage) && passage.record.confirmation !== null,
    learn: () => ({ unchosen: [], doubts: null }),
  }),
  unchosenStays: edge({
    from: CHECKING,
    on: 'UnchosenRead',
    to: 'voiding',
    when: (passage) => isDraft(passage) && doubtsAbout(passage.record, 'void') < MOST_DOUBTS,
    learn: ({ record, event }) => {
      const tries = doubtsAbout(record, 'void');
      return { doubts: oneMoreDoubt(record, 'void'), pause: { tries, until: event.at + doubtGap(tries) } };
    },
  }),
  unchosenUndeletable: edge({
    from: CHECKING,
    on: 'UnchosenRead',
    to: 'held',
    says: 'VoucherHeld',
    when: (passage) => isDraft(passage) && doubtsAbout(passage.record, 'void') >= MOST_DOUBTS,
    enter: (passage) => ({ hold: HOLDS.undeletable(first(passage)) }),
  }),
  unchosenTaken: edge({
    from: CHECKING,
    on: 'UnchosenRead',
    to: 'held',
    says: 'VoucherHeld',
    when: (passage) => !isGone(passage) && !isDraft(passage),
    enter: (passage) => ({ hold: HOLDS.taken(first(passage)) }),
  }),
} as const;
