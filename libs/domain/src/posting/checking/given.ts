import type { PostingEvent } from '../events.js';
import { apply } from '../machine.js';
import { intended, type PostingRecord } from '../record.js';
import type { PostingTerms, TargetDocument } from '../terms.js';

export const KEY = '0123456789abcdef0123456789abcdef';
export const T0 = 1_700_000_000_000;
export const SETTLE = 60_000;

export const push: PostingTerms = {
  voucherKey: KEY,
  expectation: { amount: { amount: '100.00', currency: 'CNY' }, payee: 'S001', date: '2026-03-31' },
  patienceMs: 600_000,
  exclusive: [],
  operation: { level: 'L1', createCarriesKey: false, settleMs: SETTLE, shown: true },
};
export const save: PostingTerms = {
  ...push,
  operation: { level: 'L2', createCarriesKey: true, settleMs: SETTLE, shown: true },
};

export const bill = (change: Partial<TargetDocument> = {}): TargetDocument => ({
  id: '7',
  document: 'kingdee-galaxy/1/AP_PAYBILL/7',
  number: '',
  stage: 'draft',
  status: 'A',
  amount: { amount: '100', currency: 'CNY' },
  payee: 'S001',
  date: '2026-04-01',
  ours: true,
  createdAt: T0,
  contentSha256: 'c',
  ...change,
});
export const marked = (change: Partial<TargetDocument> = {}) => bill({ voucherKey: KEY, ...change });

export const ready: PostingEvent = { type: 'PrerequisiteRead', at: T0, ready: true };
export const looked = (documents: readonly TargetDocument[], at = T0): PostingEvent => ({
  type: 'LookedUp',
  startedAt: at,
  at,
  documents,
});
export const begun: PostingEvent = { type: 'SendBegun', at: T0 };
export const done: PostingEvent = { type: 'SendEnded', at: T0, outcome: { kind: 'done' } };
export const doubt: PostingEvent = { type: 'SendEnded', at: T0, outcome: { kind: 'inDoubt', reason: 'timeout' } };
export const refused = (code: string): PostingEvent => ({
  type: 'SendEnded',
  at: T0,
  outcome: { kind: 'rejected', code, words: 'no', owner: 'finance', nextStep: 'mend' },
});
export const read = (document: TargetDocument | null): PostingEvent => ({ type: 'ChosenRead', at: T0, document });
export const readOther = (document: TargetDocument | null): PostingEvent => ({
  type: 'UnchosenRead',
  at: T0,
  document,
});

/** Given a fresh command, when these things happen, then these edges are passed. */
export function pass(terms: PostingTerms, events: readonly PostingEvent[], from: PostingRecord = intended(1, T0)) {
  let record = from;
  const edges: string[] = [];
  const said: string[] = [];
  for (const event of events) {
    const applied = apply(record, event, terms);
    record = applied.record;
    edges.push(applied.edge);
    said.push(...applied.says);
  }
  return { record, edges, said };
}

export const untilCreate = [ready, looked([]), begun];
export const held = (record: PostingRecord) => (record.situation.name === 'held' ? record.situation.hold : undefined);
