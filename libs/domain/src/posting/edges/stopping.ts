import { doubtGap, throttleGap } from '../gaps.js';
import { HOLDS } from '../holds.js';
import { edge, later } from './edge.js';

const READING = [
  'intended',
  'awaitingPrerequisite',
  'lookingUp',
  'cleared',
  'inDoubt',
  'choosing',
  'checkingGone',
  'comparing',
  'readingBack',
  'watching',
] as const;

/** Nothing is under way or in doubt, and nothing is posted. */
const AT_REST = [
  'intended',
  'awaitingPrerequisite',
  'lookingUp',
  'cleared',
  'choosing',
  'voiding',
  'checkingGone',
  'marking',
  'submitting',
  'posting',
  'comparing',
] as const;

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
  /** What is under way ends first, and what is in doubt is found out; then nothing more is sent. */
  withdrawn: edge({
    from: AT_REST,
    on: 'Withdrawn',
    to: 'held',
    says: 'VoucherHeld',
    when: ({ record }) => record.confirmation === null,
    enter: ({ record }) => ({ hold: HOLDS.withdrawn(record.chosen) }),
  }),
  /** Nothing was sent yet: payload and prerequisite are checked anew. */
  releasedUnsent: edge({
    from: ['rejected', 'held'],
    on: 'Released',
    to: 'intended',
    when: ({ record }) => record.creates === 0 && record.chosen === null,
    learn: ({ event }) => ({ waitingSince: event.at, releasedBy: event.action }),
  }),
  released: edge({
    from: ['rejected', 'held'],
    on: 'Released',
    to: 'lookingUp',
    when: ({ record }) => (record.creates > 0 || record.chosen !== null) && record.confirmation === null,
    learn: ({ event }) => ({ doubts: null, releasedBy: event.action }),
  }),
  /** What was confirmed stays confirmed; only what a late create left behind is looked for again. */
  releasedConfirmed: edge({
    from: ['held'],
    on: 'Released',
    to: 'watching',
    when: ({ record }) => record.confirmation !== null,
    enter: ({ event }) => ({ until: event.at }),
    learn: ({ event }) => ({ doubts: null, releasedBy: event.action }),
  }),
  discarded: edge({
    from: ['rejected', 'held'],
    on: 'Discarded',
    to: 'discarded',
  }),
} as const;
