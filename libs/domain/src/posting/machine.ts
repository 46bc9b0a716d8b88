import type { Passage, Said } from './edges/index.js';
import { EDGES, type EdgeName, type Edges } from './edges/index.js';
import type { PostingEvent } from './events.js';
import { LOOK_UP_VALID } from './gaps.js';
import { isTakenBack, type PostingRecord, type SendStep, type Situation } from './record.js';
import type { PostingTerms } from './terms.js';

/** What a posting needs done next. */
export type PostingAction =
  /** The exclusive values have to become this voucher's own, in the ledger. */
  | { readonly kind: 'claim' }
  | { readonly kind: 'prerequisite' }
  | { readonly kind: 'lookup' }
  | { readonly kind: 'readChosen'; readonly id: string }
  | { readonly kind: 'readUnchosen'; readonly id: string }
  | { readonly kind: 'readLinked'; readonly id: string }
  | { readonly kind: 'create' }
  | { readonly kind: Exclude<SendStep, 'create' | 'unpost'>; readonly id: string }
  /** `stage`: the document's, as it was read just before. */
  | { readonly kind: 'unpost'; readonly id: string; readonly stage: 'submitted' | 'posted' }
  /** An attempt is open and nobody waits for it any more: it is in doubt. */
  | { readonly kind: 'recover' }
  | { readonly kind: 'wait'; readonly until: number }
  /** A person has to decide. */
  | { readonly kind: 'stopped' }
  | { readonly kind: 'finished' };

/** An event that the record's situation does not allow: a fault of the caller, or a stale one that must not be applied. */
export class ImpossibleEvent extends Error {
  override readonly name = 'ImpossibleEvent';
}

/** A record after an event, and the edge that led there. */
export interface Applied {
  readonly record: PostingRecord;
  readonly edge: EdgeName;
  /** What has to be said on the log in the same commit, in this order. */
  readonly says: readonly Said[];
}

/**
 * Takes the one edge that is open. @throws {ImpossibleEvent} when none is.
 * @param edges the table; only checks of the table itself pass another one
 */
export function apply(record: PostingRecord, event: PostingEvent, terms: PostingTerms, edges: Edges = EDGES): Applied {
  const passage = { record, situation: record.situation, event, terms };
  const name = edgesAt(edges, passage).find((one) => edges[one].when(passage));
  if (name === undefined) {
    throw new ImpossibleEvent(`${event.type} can't happen to a posting that is ${record.situation.name}`);
  }
  const edge = edges[name];
  const situation = edge.to === 'same' ? record.situation : ({ name: edge.to, ...edge.enter(passage) } as Situation);
  const looked = isLookInDoubt(passage);
  const looks = record.looks + (looked ? 1 : 0);
  const next = { ...record, pause: null, looks, ...edge.learn(passage), situation };
  // A voucher that was confirmed once is not confirmed anew when a person lets its sweep go on.
  const repeated = edge.says === 'VoucherConfirmed' && record.confirmation !== null;
  const says = edge.says === undefined || repeated ? [] : [edge.says];
  return { record: next, edge: name, says: looked ? ['VoucherLookedUp', ...says] : says };
}

/** Whatever is found while in doubt is said, so that people can follow how a doubt is resolved. */
function isLookInDoubt({ situation, event }: Passage): boolean {
  return situation.name === 'inDoubt' && ['LookedUp', 'ChosenRead', 'UnchosenRead'].includes(event.type);
}

/** The edges that are open for a record and an event; the table is sound when there is never more than one. */
export function openEdges(
  record: PostingRecord,
  event: PostingEvent,
  terms: PostingTerms,
  edges: Edges = EDGES,
): readonly EdgeName[] {
  const passage = { record, situation: record.situation, event, terms };
  return edgesAt(edges, passage).filter((name) => edges[name].when(passage));
}

/** Edges by where they start and what opens them, for each table once. */
const indices = new WeakMap<Edges, ReadonlyMap<string, readonly EdgeName[]>>();

function edgesAt(edges: Edges, { situation, event }: Passage): readonly EdgeName[] {
  const index = indices.get(edges) ?? indexOf(edges);
  indices.set(edges, index);
  return index.get(`${situation.name} ${event.type}`) ?? [];
}

function indexOf(edges: Edges): ReadonlyMap<string, readonly EdgeName[]> {
  const starts = (Object.keys(edges) as EdgeName[]).flatMap((name) =>
    edges[name].from.map((from) => ({ name, start: `${from} ${edges[name].on}` })),
  );
  const byStart = Map.groupBy(starts, ({ start }) => start);
  return new Map([...byStart].map(([start, found]) => [start, found.map(({ name }) => name)]));
}

/** What is due for a posting that nobody works on at this moment (`now` in ms since the epoch). */
export function nextAction(record: PostingRecord, now: number, terms: PostingTerms): PostingAction {
  const { situation, pause } = record;
  if (pause !== null && now < pause.until) return { kind: 'wait', until: pause.until };
  switch (situation.name) {
    case 'intended':
      return { kind: terms.exclusive.length > 0 ? 'claim' : 'prerequisite' };
    case 'claimed':
    case 'awaitingPrerequisite':
      return { kind: 'prerequisite' };
    case 'lookingUp':
    case 'choosing':
    case 'retiring':
      return { kind: 'lookup' };
    case 'cleared':
      return { kind: now - situation.lookedUpAt > LOOK_UP_VALID ? 'lookup' : 'create' };
    case 'sending':
      return { kind: 'recover' };
    case 'inDoubt':
      return resolving(record, situation.step);
    case 'marking':
      return { kind: 'mark', id: chosenId(record) };
    case 'submitting':
      return { kind: 'submit', id: chosenId(record) };
    case 'posting':
      return { kind: 'post', id: chosenId(record) };
    case 'unposting':
      return { kind: 'unpost', id: unchosenId(record), stage: situation.stage };
    case 'voiding':
      return { kind: 'void', id: unchosenId(record) };
    case 'checkingGone':
      return readUnchosen(record);
    case 'linking':
      return { kind: 'readLinked', id: situation.id };
    case 'comparing':
    case 'readingBack':
      return readChosen(record);
    case 'watching':
      return now < situation.until ? { kind: 'wait', until: situation.until } : { kind: 'lookup' };
    case 'rejected':
    case 'held':
      return { kind: 'stopped' };
    case 'confirmed':
    case 'cancelled':
    case 'reversed':
    case 'discarded':
      return { kind: 'finished' };
  }
}

/** What shows the outcome of a step in doubt; taken back, whatever stands has to be known. */
function resolving(record: PostingRecord, step: SendStep): PostingAction {
  if (step === 'unpost' || step === 'void') return readUnchosen(record);
  return step === 'create' || isTakenBack(record) ? { kind: 'lookup' } : readChosen(record);
}

const readChosen = (record: PostingRecord): PostingAction => ({ kind: 'readChosen', id: chosenId(record) });
const readUnchosen = (record: PostingRecord): PostingAction => ({ kind: 'readUnchosen', id: unchosenId(record) });

function chosenId(record: PostingRecord): string {
  if (record.chosen === null) throw new Error(`a posting that is ${record.situation.name} has chosen no document`);
  return record.chosen.id;
}

function unchosenId(record: PostingRecord): string {
  const [first] = record.unchosen;
  if (first === undefined) throw new Error(`a posting that is ${record.situation.name} has no unchosen draft`);
  if (first.id === record.chosen?.id && !isTakenBack(record))
    throw new Error('the chosen document must never be deleted');
  return first.id;
}
