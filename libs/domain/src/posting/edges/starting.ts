import { patienceGap } from '../gaps.js';
import { HOLDS } from '../holds.js';
import type { ExclusiveTaken } from '../record.js';
import { edge, later, type PassageOf } from './edge.js';

type Waiting = PassageOf<'intended' | 'claimed' | 'awaitingPrerequisite', 'PrerequisiteRead'>;

const WAITING = ['intended', 'claimed', 'awaitingPrerequisite'] as const;

const end = ({ record, terms }: Waiting): number => record.waitingSince + terms.patienceMs;
const waitingFor = ({ event }: Waiting): string => (event.ready ? '' : event.waitingFor);

/** Exclusive values are claimed before anything is asked. */
const inTurn = ({ situation, terms }: Waiting): boolean =>
  situation.name !== 'intended' || terms.exclusive.length === 0;

const missing = (passage: Waiting): boolean => inTurn(passage) && !passage.event.ready;

const met = (passage: Waiting): boolean => {
  const { event, record, terms } = passage;
  return inTurn(passage) && event.ready && (terms.operation.shown || record.levelAccepted);
};

/** From the command to the first look-up. */
export const STARTING = {
  payloadRefused: edge({
    from: ['intended'],
    on: 'PayloadRefused',
    to: 'rejected',
    says: 'VoucherRejected',
    enter: ({ event }) => ({ refusal: event.refusal }),
  }),
  exclusiveClaimed: edge({
    from: ['intended'],
    on: 'Claimed',
    to: 'claimed',
    when: ({ event }) => event.takenBy === null,
  }),
  exclusiveTaken: edge({
    from: ['intended'],
    on: 'Claimed',
    to: 'held',
    says: 'VoucherHeld',
    when: ({ event }) => event.takenBy !== null,
    enter: ({ event }) => ({ hold: HOLDS.exclusiveTaken(event.takenBy as ExclusiveTaken) }),
  }),
  prerequisiteMissing: edge({
    from: WAITING,
    on: 'PrerequisiteRead',
    to: 'awaitingPrerequisite',
    when: (passage) => missing(passage) && passage.event.at < end(passage),
    enter: (passage) => ({ waitingFor: waitingFor(passage) }),
    learn: (passage) => later(passage.record, passage.event.at, patienceGap, end(passage)),
  }),
  patienceOver: edge({
    from: WAITING,
    on: 'PrerequisiteRead',
    to: 'held',
    says: 'VoucherHeld',
    when: (passage) => missing(passage) && passage.event.at >= end(passage),
    enter: (passage) => ({ hold: HOLDS.impatient(waitingFor(passage)) }),
  }),
  /** A level that is only claimed carries no unattended posting. */
  levelNotShown: edge({
    from: WAITING,
    on: 'PrerequisiteRead',
    to: 'held',
    says: 'VoucherHeld',
    when: (passage) => inTurn(passage) && passage.event.ready && !met(passage),
    enter: ({ terms }) => ({ hold: HOLDS.levelNotShown(terms.operation.level) }),
  }),
  prerequisiteMet: edge({
    from: WAITING,
    on: 'PrerequisiteRead',
    to: 'lookingUp',
    says: 'VoucherPostingStarted',
    when: (passage) => met(passage) && !passage.record.announced,
    learn: () => ({ announced: true }),
  }),
  /** After a release: the start was said before. */
  prerequisiteMetAgain: edge({
    from: WAITING,
    on: 'PrerequisiteRead',
    to: 'lookingUp',
    when: (passage) => met(passage) && passage.record.announced,
  }),
} as const;
