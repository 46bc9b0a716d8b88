import { doubtGap, throttleGap } from '../gaps.js';
import { HOLDS, LEVEL_NOT_SHOWN } from '../holds.js';
import { isTakenBack, type PostingRecord } from '../record.js';
import { edge, later } from './edge.js';

const READING = [
  'intended',
  'claimed',
  'awaitingPrerequisite',
  'lookingUp',
  'cleared',
  'inDoubt',
  'choosing',
  'checkingGone',
  'retiring',
  'linking',
  'comparing',
  'readingBack',
  'watching',
] as const;

/** Neither taken back nor confirmed. */
const isWanted = (record: PostingRecord): boolean => record.confirmation === null && !isTakenBack(record);

const isUnsent = ({ creates, chosen }: PostingRecord): boolean => creates === 0 && chosen === null;

/** Reads without an answer, and what people decide about a posting that stopped. */
export const STOPPING = {
  readFailed: edge({
    from: READING,
    on: 'ReadFailed',
    to: 'same',
    learn: ({ record, event }) =>
      later(record, event.at, event.afterMs === undefined ? doubtGap : () => throttleGap(event.afterMs ?? 0)),
  }),
  readRefused: edge({
    from: READING,
    on: 'ReadRefused',
    to: 'held',
    says: 'VoucherHeld',
    enter: ({ record, event }) => ({
      hold: HOLDS.unreadable(event.refusal, record.chosen === null ? [] : [record.chosen]),
    }),
  }),
  /** Nothing was sent yet: claims, payload and prerequisite are checked anew. */
  releasedUnsent: edge({
    from: ['rejected', 'held'],
    on: 'Released',
    to: 'intended',
    when: ({ record }) => isWanted(record) && isUnsent(record),
    learn: ({ record, situation, event }) => ({
      waitingSince: event.at,
      releasedBy: event.action,
      levelAccepted: record.levelAccepted || (situation.name === 'held' && situation.hold.code === LEVEL_NOT_SHOWN),
    }),
  }),
  released: edge({
    from: ['rejected', 'held'],
    on: 'Released',
    to: 'lookingUp',
    when: ({ record }) => isWanted(record) && !isUnsent(record),
    learn: ({ event }) => ({ doubts: null, releasedBy: event.action }),
  }),
  /** A release does not bring back what is not wanted any more. */
  releasedTakenBack: edge({
    from: ['held'],
    on: 'Released',
    to: 'retiring',
    when: ({ record }) => isTakenBack(record),
    learn: ({ event }) => ({ doubts: null, releasedBy: event.action }),
  }),
  /** What was confirmed stays confirmed; only what a late create left behind is looked for again. */
  releasedConfirmed: edge({
    from: ['held'],
    on: 'Released',
    to: 'watching',
    when: ({ record }) => record.confirmation !== null && !isTakenBack(record),
    enter: ({ event }) => ({ until: event.at }),
    learn: ({ event }) => ({ doubts: null, releasedBy: event.action }),
  }),
  discarded: edge({
    from: ['rejected', 'held'],
    on: 'Discarded',
    to: 'discarded',
    says: 'VoucherCancelled',
    when: ({ record }) => isWanted(record),
  }),
  /** A person answers for what the target could not be asked: nothing of it is effective. */
  cancelledByHand: edge({
    from: ['held'],
    on: 'Discarded',
    to: 'cancelled',
    says: 'VoucherCancelled',
    when: ({ record }) => isTakenBack(record) && record.ending !== 'reversed',
  }),
  reversedByHand: edge({
    from: ['held'],
    on: 'Discarded',
    to: 'reversed',
    says: 'VoucherReversed',
    when: ({ record }) => record.ending === 'reversed',
  }),
  /** Confirmed it was, and stays; what lies beside it is left to people. */
  sweepGivenUp: edge({
    from: ['held'],
    on: 'Discarded',
    to: 'confirmed',
    when: ({ record }) => record.confirmation !== null && !isTakenBack(record),
    learn: () => ({ unchosen: [] }),
  }),
} as const;
