import { inBoth } from '@voucherline/contracts';
import { doubtGap, MOST_DOUBTS } from '../gaps.js';
import { HOLDS } from '../holds.js';
import { isTakenBack } from '../record.js';
import { doubtsAbout, edge, later, type PassageOf } from './edge.js';
import { doubtEnds, type FindingOf, finding, found, type LookUp, settled } from './found.js';

const BEFORE_CREATE = ['lookingUp', 'cleared'] as const;

const nothing = (passage: LookUp): boolean => finding(passage).kind === 'nothing';

/** Whether nothing may come of the create in doubt any more, and the voucher is still wanted. */
const mayCreate = (passage: LookUp): boolean => nothing(passage) && settled(passage) && !isTakenBack(passage.record);

/** Whether the target said that it made a document, and should have shown it by now. */
const overdue = ({ situation, event, terms }: PassageOf<'choosing', 'LookedUp'>): boolean =>
  event.startedAt >= situation.since + terms.operation.settleMs;

/** Look-ups that show nothing for this voucher, and those that only a person can judge. */
export const LOOKING_UP = {
  nothingStands: edge({
    from: BEFORE_CREATE,
    on: 'LookedUp',
    to: 'cleared',
    when: (passage) => nothing(passage) && settled(passage),
    enter: ({ event }) => ({ lookedUpAt: event.startedAt, found: event.documents.map(({ id }) => id) }),
  }),
  /** Released while a create of ours may still be executed. */
  stillInDoubt: edge({
    from: BEFORE_CREATE,
    on: 'LookedUp',
    to: 'inDoubt',
    when: (passage) => nothing(passage) && !settled(passage),
    enter: ({ record, event }) => ({
      step: 'create' as const,
      since: record.lastDoubtfulCreate ?? event.at,
      reason: inBoth('an earlier create may still be executed', '此前的生成请求可能仍在执行'),
    }),
    learn: (passage) => later(passage.record, passage.event.at, doubtGap, doubtEnds(passage)),
  }),
  notFoundYet: edge({
    from: ['inDoubt', 'retiring'],
    on: 'LookedUp',
    to: 'same',
    when: (passage) => nothing(passage) && !settled(passage),
    learn: (passage) => later(passage.record, passage.event.at, doubtGap, doubtEnds(passage)),
  }),
  settledWithoutDocument: edge({
    from: ['inDoubt'],
    on: 'LookedUp',
    to: 'cleared',
    when: (passage) => mayCreate(passage) && doubtsAbout(passage.record, 'create') < MOST_DOUBTS,
    enter: ({ event }) => ({ lookedUpAt: event.startedAt, found: event.documents.map(({ id }) => id) }),
  }),
  createsUndecided: edge({
    from: ['inDoubt'],
    on: 'LookedUp',
    to: 'held',
    says: 'VoucherHeld',
    when: (passage) => mayCreate(passage) && doubtsAbout(passage.record, 'create') >= MOST_DOUBTS,
    enter: () => ({ hold: HOLDS.undecided('create', []) }),
  }),
  /** The target confirmed a create, but does not show the document yet. */
  notVisibleYet: edge({
    from: ['choosing'],
    on: 'LookedUp',
    to: 'same',
    when: (passage) => nothing(passage) && passage.situation.refusal === null && !overdue(passage),
    learn: ({ record, situation, event, terms }) =>
      later(record, event.at, doubtGap, situation.since + terms.operation.settleMs),
  }),
  createdNotFound: edge({
    from: ['choosing'],
    on: 'LookedUp',
    to: 'held',
    says: 'VoucherHeld',
    when: (passage) => nothing(passage) && passage.situation.refusal === null && overdue(passage),
    enter: () => ({ hold: HOLDS.vanished() }),
  }),
  /** A refused create is believed once a look-up shows that nothing came of it, and nobody else was first. */
  createRefusedForGood: edge({
    from: ['choosing'],
    on: 'LookedUp',
    to: 'rejected',
    says: 'VoucherRejected',
    when: (passage) => nothing(passage) && passage.situation.refusal !== null,
    enter: ({ situation }) => ({ refusal: situation.refusal as NonNullable<typeof situation.refusal> }),
  }),
  lookUpHeld: edge({
    from: ['lookingUp', 'cleared', 'inDoubt', 'choosing', 'watching', 'retiring'],
    on: 'LookedUp',
    to: 'held',
    says: 'VoucherHeld',
    when: (passage) => found(passage, 'hold') !== undefined,
    enter: (passage) => ({ hold: (finding(passage) as FindingOf<'hold'>).hold }),
  }),
} as const;
