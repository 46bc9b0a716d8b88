import { type Finding, judge } from '../finding.js';
import { isMarked } from '../fitness.js';
import { doubtGap, MOST_DOUBTS } from '../gaps.js';
import { HOLDS } from '../holds.js';
import type { DocumentName, Progress, SituationName } from '../record.js';
import type { TargetDocument } from '../terms.js';
import { doubtsAbout, edge, later, type PassageOf } from './edge.js';

type Looking = PassageOf<'lookingUp' | 'cleared' | 'inDoubt' | 'choosing', 'LookedUp'>;
type Choice = Extract<Finding, { kind: 'choice' }>;

const LOOKING = ['lookingUp', 'cleared', 'inDoubt', 'choosing'] as const;
const BEFORE_CREATE = ['lookingUp', 'cleared'] as const;

type Look = Pick<PassageOf<SituationName, 'LookedUp'>, 'record' | 'event' | 'terms'>;

/** Several edges ask about the same passage. */
const findings = new WeakMap<Look, Finding>();

const finding = (passage: Look): Finding => {
  const known = findings.get(passage) ?? judge(passage.event.documents, passage.record, passage.terms);
  findings.set(passage, known);
  return known;
};

const nothing = (passage: Looking): boolean => finding(passage).kind === 'nothing';
const doubtEnds = ({ record, terms }: Looking): number =>
  (record.lastDoubtfulCreate ?? -Infinity) + terms.operation.settleMs;

/** Whether this look-up began when no create of ours could be executed any more. */
const settled = (passage: Looking): boolean => passage.event.startedAt >= doubtEnds(passage);

const name = ({ id, document }: TargetDocument): DocumentName => ({ id, document });

/** The first choice of this generation, of a document in this state, without doubles beside it. */
const firstChoice = (passage: Looking, fits: (document: TargetDocument) => boolean): boolean => {
  const found = finding(passage);
  if (passage.record.chosen !== null || found.kind !== 'choice' || found.document === undefined) return false;
  return found.unchosen.length === 0 && fits(found.document);
};

/** The choice is written once: what was chosen stays chosen. */
const chosen = (passage: Looking): Partial<Progress> => {
  const { document, unchosen } = finding(passage) as Choice;
  const choice = passage.record.chosen ?? (document === undefined ? null : name(document));
  return { chosen: choice, unchosen: unchosen.map(name), doubts: null };
};

/** What a look-up leads to while nothing is confirmed. */
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
      reason: 'an earlier create may still be executed',
    }),
    learn: (passage) => later(passage.record, passage.event.at, doubtGap, doubtEnds(passage)),
  }),
  notFoundYet: edge({
    from: ['inDoubt'],
    on: 'LookedUp',
    to: 'same',
    when: (passage) => nothing(passage) && !settled(passage),
    learn: (passage) => later(passage.record, passage.event.at, doubtGap, doubtEnds(passage)),
  }),
  settledWithoutDocument: edge({
    from: ['inDoubt'],
    on: 'LookedUp',
    to: 'cleared',
    when: (passage) => nothing(passage) && settled(passage) && doubtsAbout(passage.record, 'create') < MOST_DOUBTS,
    enter: ({ event }) => ({ lookedUpAt: event.startedAt, found: event.documents.map(({ id }) => id) }),
  }),
  createsUndecided: edge({
    from: ['inDoubt'],
    on: 'LookedUp',
    to: 'held',
    says: 'VoucherHeld',
    when: (passage) => nothing(passage) && settled(passage) && doubtsAbout(passage.record, 'create') >= MOST_DOUBTS,
    enter: () => ({ hold: HOLDS.undecided('create', []) }),
  }),
  /** The target confirmed a create, but does not show the document yet. */
  notVisibleYet: edge({
    from: ['choosing'],
    on: 'LookedUp',
    to: 'same',
    when: (passage) => {
      const { situation, event, terms } = passage;
      return (
        nothing(passage) && situation.refusal === null && event.startedAt < situation.since + terms.operation.settleMs
      );
    },
    learn: ({ record, situation, event, terms }) =>
      later(record, event.at, doubtGap, situation.since + terms.operation.settleMs),
  }),
  createdNotFound: edge({
    from: ['choosing'],
    on: 'LookedUp',
    to: 'held',
    says: 'VoucherHeld',
    when: (passage) => {
      const { situation, event, terms } = passage;
      return (
        nothing(passage) && situation.refusal === null && event.startedAt >= situation.since + terms.operation.settleMs
      );
    },
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
  chosenUnmarked: edge({
    from: LOOKING,
    on: 'LookedUp',
    to: 'marking',
    when: (passage) => firstChoice(passage, (found) => found.stage === 'draft' && !isMarked(found, passage.terms)),
    learn: chosen,
  }),
  chosenDraft: edge({
    from: LOOKING,
    on: 'LookedUp',
    to: 'submitting',
    when: (passage) => firstChoice(passage, (found) => found.stage === 'draft' && isMarked(found, passage.terms)),
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
  chosenAmongDrafts: edge({
    from: LOOKING,
    on: 'LookedUp',
    to: 'voiding',
    when: (passage) => {
      const found = finding(passage);
      return found.kind === 'choice' && found.unchosen.length > 0;
    },
    learn: chosen,
  }),
  /** Released after the choice was made: the chosen document is read before anything goes on. */
  chosenBefore: edge({
    from: LOOKING,
    on: 'LookedUp',
    to: 'comparing',
    when: (passage) => {
      const found = finding(passage);
      return passage.record.chosen !== null && found.kind === 'choice' && found.unchosen.length === 0;
    },
    enter: () => ({ refused: null }),
  }),
  lookUpHeld: edge({
    from: LOOKING,
    on: 'LookedUp',
    to: 'held',
    says: 'VoucherHeld',
    when: (passage) => finding(passage).kind === 'hold',
    enter: (passage) => ({ hold: (finding(passage) as Extract<Finding, { kind: 'hold' }>).hold }),
  }),
} as const;

/** What the last look-up leads to, after confirmation, when a create of ours had been in doubt. */
export const WATCHING = {
  nothingCameLate: edge({
    from: ['watching'],
    on: 'LookedUp',
    to: 'confirmed',
    when: (passage) => {
      const found = finding(passage);
      return found.kind === 'choice' && found.unchosen.length === 0;
    },
  }),
  cameLate: edge({
    from: ['watching'],
    on: 'LookedUp',
    to: 'voiding',
    when: (passage) => {
      const found = finding(passage);
      return found.kind === 'choice' && found.unchosen.length > 0;
    },
    learn: (passage) => ({ unchosen: (finding(passage) as Choice).unchosen.map(name) }),
  }),
  doublePosted: edge({
    from: ['watching'],
    on: 'LookedUp',
    to: 'held',
    says: 'VoucherHeld',
    when: (passage) => finding(passage).kind === 'hold',
    enter: (passage) => ({ hold: (finding(passage) as Extract<Finding, { kind: 'hold' }>).hold }),
  }),
} as const;
