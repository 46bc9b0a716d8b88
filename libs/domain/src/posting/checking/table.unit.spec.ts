import { describe, expect, it, vi } from 'vitest';
import { EDGES, type EdgeName } from '../edges/index.js';
import type { PostingEvent, SendOutcome } from '../events.js';
import { MOST_DOUBTS } from '../gaps.js';
import { apply, nextAction, openEdges, type PostingAction } from '../machine.js';
import { intended, type PostingRecord } from '../record.js';
import type { PostingTerms, TargetDocument } from '../terms.js';

// Seconds of computing, more on a machine that does other things too.
vi.setConfig({ testTimeout: 60_000 });

const T0 = 1_700_000_000_000;
const SETTLE = 60_000;
/** After every settle time, patience and gap. */
const LATE = T0 + 3_600_000;
/** A look-up made late has grown old. */
const FAR = LATE + 3_600_000;

const save: PostingTerms = {
  voucherKey: 'k',
  expectation: { amount: { amount: '1.00', currency: 'CNY' }, date: '2026-01-31' },
  patienceMs: 600_000,
  exclusive: [],
  operation: { level: 'L2', createCarriesKey: true, settleMs: SETTLE, shown: true },
};
const push: PostingTerms = { ...save, operation: { ...save.operation, level: 'L1', createCarriesKey: false } };
const strict: PostingTerms = {
  ...save,
  exclusive: [{ name: 'invoice', company: '91', value: '1' }],
  operation: { level: 'L0', createCarriesKey: true, settleMs: SETTLE, shown: false },
};

const GENERATION = 2;

const document = (id: string, change: Partial<TargetDocument> = {}): TargetDocument => ({
  ...{ id, document: id, number: id, stage: 'draft', status: '', voucherKey: 'k', generation: GENERATION },
  ...{ amount: { amount: '1', currency: 'CNY' }, date: '2026-01-31', ours: true, createdAt: T0, contentSha256: '' },
  ...change,
});
const unmarked = ({ voucherKey: _, generation: __, ...rest }: TargetDocument): TargetDocument => rest;
const otherwise = { amount: { amount: '2', currency: 'CNY' } };
const STAGES = ['draft', 'submitted', 'posted'] as const;

/** What a look-up may show: none, one, a double, an older generation's, another's. */
const SIGHTS: readonly (readonly TargetDocument[])[] = [
  [],
  ...STAGES.map((stage) => [document('1', { stage })]),
  [unmarked(document('1'))],
  [document('1'), document('2')],
  [document('1'), document('2', { stage: 'posted' })],
  [document('3', { generation: 1 })],
  [document('3', { generation: 1, stage: 'posted' })],
  [document('1'), document('3', { generation: 1 })],
  [document('4', { ours: false })],
  [document('1', otherwise)],
];

const refusal = { code: 'X', words: 'no', owner: 'finance', nextStep: 'mend' } as const;
const OUTCOMES: readonly SendOutcome[] = [
  { kind: 'done' },
  { kind: 'rejected', ...refusal },
  { kind: 'throttled', afterMs: 1000 },
  { kind: 'notSent', detail: '' },
  { kind: 'inDoubt', reason: '' },
];

/** Everything that may come of an action; each has to lead somewhere. */
function outcomesOf(action: PostingAction): readonly PostingEvent[] {
  const read = (type: 'ChosenRead' | 'UnchosenRead' | 'LinkedRead', id: string) =>
    [T0, LATE].flatMap((at): PostingEvent[] => [
      { type, at, document: null },
      ...STAGES.map((stage): PostingEvent => ({ type, at, document: document(id, { stage }) })),
      { type, at, document: unmarked(document(id)) },
      { type, at, document: document(id, otherwise) },
      { type, at, document: document(id, { ...otherwise, stage: 'posted' }) },
    ]);
  const failed: readonly PostingEvent[] = [
    { type: 'ReadFailed', at: T0 },
    { type: 'ReadFailed', at: T0, afterMs: 5000 },
    { type: 'ReadRefused', at: T0, refusal },
  ];
  switch (action.kind) {
    case 'claim': {
      const takenBy = { name: 'invoice', voucherKey: 'other', voucher: 'bill', subject: 's' };
      return [null, takenBy].map((one): PostingEvent => ({ type: 'Claimed', at: T0, takenBy: one }));
    }
    case 'prerequisite':
      return [
        { type: 'PrerequisiteRead', at: T0, ready: true },
        ...[T0, LATE].map((at): PostingEvent => ({ type: 'PrerequisiteRead', at, ready: false, waitingFor: 'it' })),
        ...failed,
      ];
    case 'lookup':
      return [
        ...[T0, LATE].flatMap((at) =>
          SIGHTS.map((documents): PostingEvent => ({ type: 'LookedUp', startedAt: at, at, documents })),
        ),
        ...failed,
      ];
    case 'readChosen':
      return [...read('ChosenRead', action.id), ...failed];
    case 'readUnchosen':
      return [...read('UnchosenRead', action.id), ...failed];
    case 'readLinked':
      return [...read('LinkedRead', action.id), ...failed];
    case 'recover':
      return OUTCOMES.map((outcome): PostingEvent => ({ type: 'SendEnded', at: T0, outcome }));
    case 'wait':
    case 'stopped':
    case 'finished':
      return [];
    default:
      return [{ type: 'SendBegun', at: T0 }];
  }
}

/** What people, commands and payload checks may want at any time; where it is not possible, nothing is open. */
const WISHES: readonly PostingEvent[] = [
  { type: 'PayloadRefused', at: T0, refusal },
  { type: 'TakeBack', at: T0, why: 'withdrawn' },
  { type: 'TakeBack', at: T0, why: 'replaced' },
  { type: 'Reverse', at: T0 },
  { type: 'Released', at: T0, action: 'a' },
  { type: 'Discarded', at: T0 },
  { type: 'DoubtDeclaredAbsent', at: T0, action: 'a' },
  { type: 'DocumentLinked', at: T0, id: '1', action: 'a' },
];

/** Without what only counts: else there is no end of records. Doubts: none, all but one too many, or too many. */
function plain(record: PostingRecord): PostingRecord {
  const { situation } = record;
  const hold = situation.name === 'held' ? { hold: { ...situation.hold, reason: '', documents: [] } } : {};
  const doubt = situation.name === 'inDoubt' ? { since: T0, reason: '' } : {};
  const { doubts: found } = record;
  const inARow = found !== null && found.inARow >= MOST_DOUBTS ? MOST_DOUBTS : MOST_DOUBTS - 1;
  const doubts = found === null ? null : { ...found, inARow };
  const counters = {
    doubts,
    releasedBy: null,
    pause: null,
    attempts: 0,
    looks: 0,
    creates: Math.min(record.creates, 1),
  };
  return { ...record, ...counters, situation: { ...situation, ...hold, ...doubt } as PostingRecord['situation'] };
}

interface Walk {
  readonly records: number;
  /** Edges by name and by where they were taken from. */
  readonly taken: ReadonlySet<string>;
}

/** Goes every way from a fresh command, and looks at each record on it. */
function walk(terms: PostingTerms, mostRecords: number): Walk {
  const first = intended(GENERATION, T0);
  const seen = new Set([JSON.stringify(first)]);
  const taken = new Set<string>();
  const queue: PostingRecord[] = [first];
  for (const record of queue) {
    const due = [LATE, FAR].flatMap((now) => outcomesOf(nextAction(record, now, terms)));
    for (const event of [...due, ...WISHES]) {
      const open = openEdges(record, event, terms);
      if (open.length > 1 || (open.length === 0 && !WISHES.includes(event))) {
        throw new Error(`open are ${open.join() || 'none'}: ${JSON.stringify(record)} met by ${JSON.stringify(event)}`);
      }
      if (open.length === 0) continue;
      const applied = apply(record, event, terms);
      taken.add(`${applied.edge} from ${record.situation.name}`);
      const next = plain(applied.record);
      const key = JSON.stringify(next);
      if (seen.has(key) || seen.size >= mostRecords) continue;
      seen.add(key);
      queue.push(next);
    }
  }
  return { records: seen.size, taken };
}

const declared = (Object.keys(EDGES) as EdgeName[]).flatMap((name) =>
  EDGES[name].from.map((from) => `${name} from ${from}`),
);

describe('the table of edges', () => {
  it('opens exactly one edge for whatever may come of what is due, and has no edge that nothing takes', () => {
    const walks = [walk(save, 9000), ...[push, strict, { ...strict, exclusive: [] }].map((terms) => walk(terms, 1500))];
    const taken = new Set(walks.flatMap((one) => [...one.taken]));
    expect(declared.filter((edge) => !taken.has(edge))).toEqual([]);
    for (const { records } of walks) expect(records).toBeGreaterThan(100);
  });
});
