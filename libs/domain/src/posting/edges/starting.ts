import { patienceGap } from '../gaps.js';
import { HOLDS } from '../holds.js';
import { edge, later, type PassageOf } from './edge.js';

type Waiting = PassageOf<'intended' | 'awaitingPrerequisite', 'PrerequisiteRead'>;

const end = ({ record, terms }: Waiting): number => record.waitingSince + terms.patienceMs;
const waitingFor = ({ event }: Waiting): string => (event.ready ? '' : event.waitingFor);

/** From the command to the first look-up. */
export const STARTING = {
  payloadRefused: edge({
    from: ['intended'],
    on: 'PayloadRefused',
    to: 'rejected',
    says: 'VoucherRejected',
    enter: ({ event }) => ({ refusal: event.refusal }),
  }),
  prerequisiteMissing: edge({
    from: ['intended', 'awaitingPrerequisite'],
    on: 'PrerequisiteRead',
    to: 'awaitingPrerequisite',
    when: (passage) => !passage.event.ready && passage.event.at < end(passage),
    enter: (passage) => ({ waitingFor: waitingFor(passage) }),
    learn: (passage) => later(passage.record, passage.event.at, patienceGap, end(passage)),
  }),
  patienceOver: edge({
    from: ['intended', 'awaitingPrerequisite'],
    on: 'PrerequisiteRead',
    to: 'held',
    says: 'VoucherHeld',
    when: (passage) => !passage.event.ready && passage.event.at >= end(passage),
    enter: (passage) => ({ hold: HOLDS.impatient(waitingFor(passage)) }),
  }),
  prerequisiteMet: edge({
    from: ['intended', 'awaitingPrerequisite'],
    on: 'PrerequisiteRead',
    to: 'lookingUp',
    says: 'VoucherPostingStarted',
    when: ({ record, event }) => event.ready && !record.announced,
    learn: () => ({ announced: true }),
  }),
  /** After a release: the start was said before. */
  prerequisiteMetAgain: edge({
    from: ['intended', 'awaitingPrerequisite'],
    on: 'PrerequisiteRead',
    to: 'lookingUp',
    when: ({ record, event }) => event.ready && record.announced,
  }),
} as const;
