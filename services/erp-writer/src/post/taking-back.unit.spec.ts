import { beforeEach, describe, expect, it } from 'vitest';
import { KEY, OTHER, PostingBench } from '../testing/posting-bench.js';
import { reversalKey } from './reversing-entry.js';

let bench: PostingBench;

const rejection = {
  kind: 'rejected',
  code: 'MsgCode 11',
  words: 'period closed',
  owner: 'finance',
  nextStep: 'open',
} as const;

/** Where a voucher may stand when its approval is withdrawn; each leads there. */
const BEFORE_POSTED: Record<string, () => Promise<void>> = {
  'before its turn': async () => {},
  'while it waits for its prerequisite': async () => {
    bench.target.ready = { ready: false, waitingFor: 'FKSQ1' };
    await bench.lane.settle(10_000);
  },
  'before the create': () => bench.until('create'),
  'with its draft made': async () => {
    await bench.until('create');
    const step = bench.lane.plan();
    if (step.kind === 'call') await bench.lane.take(step);
  },
  'before the submit': () => bench.until('submit'),
  'when the process died in the create, which was executed': async () => {
    await bench.until('create');
    await bench.lane.dieBeforeSettling('answerLost');
  },
  'when the process died in the create, which was not': async () => {
    await bench.until('create');
    await bench.lane.dieBeforeSettling('neverMade');
  },
  'while in doubt, the create executed late': async () => {
    bench.target.script.create = ['late'];
    await bench.lane.settle(5_000);
  },
  'while in doubt about the create': async () => {
    bench.target.script.create = [{ kind: 'inDoubt', reason: 'reset' }];
    await bench.lane.settle(5_000);
  },
  'when its create was refused': async () => {
    bench.target.script.create = [rejection];
    await bench.lane.settle();
  },
  'when its submit was refused': async () => {
    bench.target.script.submit = [rejection];
    await bench.lane.settle();
  },
  'when it is held because of a document of others': async () => {
    bench.target.add({});
    await bench.lane.settle();
    bench.target.documents.splice(0);
  },
};

describe.each([
  ['Push', false],
  ['Save', true],
])('a voucher by %s that is withdrawn before it is posted', (_, createCarriesKey) => {
  beforeEach(() => {
    bench = new PostingBench(createCarriesKey);
  });

  it.each(Object.keys(BEFORE_POSTED))('%s leaves nothing, and is never sent (again)', async (when) => {
    bench.post();
    await BEFORE_POSTED[when]?.();
    const sent = bench.count('create');
    bench.reverse();
    await bench.lane.settle(20_000);
    bench.target.runLate();
    await bench.lane.settle();
    expect(bench.target.documents).toEqual([]);
    expect(bench.count('create')).toBe(sent);
    expect(bench.count('post')).toBe(0);
    expect(bench.lane.types.filter((type) => type === 'VoucherCancelled')).toHaveLength(1);
    expect(bench.lane.last('VoucherCancelled').data).toMatchObject({ voucherKey: KEY, reason: 'withdrawn' });
    expect(await bench.ledger.voucher(KEY, 1)).toMatchObject({ stage: 'cancelled', live: false });
    const cases = bench.lane.types.filter((type) => type === 'MessageParked').length;
    expect(bench.lane.types.filter((type) => type === 'ParkedResolved')).toHaveLength(cases);
    expect(bench.saidOnce).toBe(true);
  });

  it('makes room for the next revision, in order', async () => {
    bench.post();
    bench.reverse();
    bench.post({ voucherKey: OTHER, revision: 1, supersedes: KEY });
    await bench.lane.settle();
    expect(bench.posted).toHaveLength(1);
    expect(bench.lane.types).toEqual(['VoucherCancelled', 'VoucherPostingStarted', 'VoucherConfirmed']);
    expect(bench.lane.last('VoucherConfirmed').data.voucherKey).toBe(OTHER);
  });

  it('resolves its case as superseded', async () => {
    bench.target.script.submit = [rejection];
    bench.post();
    await bench.lane.settle();
    const { parkedId } = bench.lane.last('MessageParked').data;
    bench.reverse();
    await bench.lane.settle();
    expect(bench.lane.last('ParkedResolved').data).toMatchObject({ parkedId, resolution: 'superseded' });
  });
});

describe('a voucher that turns out to be posted after it was withdrawn', () => {
  it.each(['entry', 'undo'] as const)('is confirmed, then reversed by %s', async (kind) => {
    bench = new PostingBench();
    const entries = kind === 'entry' ? bench.target.reversedByEntry() : undefined;
    if (kind === 'undo') bench.target.reversedByUndoing();
    bench.post();
    await bench.until('post');
    await bench.lane.dieBeforeSettling('answerLost');
    bench.reverse();
    await bench.lane.settle();
    expect(bench.lane.types).toEqual(expect.arrayContaining(['VoucherConfirmed', 'VoucherReversed']));
    expect(entries === undefined ? bench.target.documents : entries.documents).toHaveLength(kind === 'undo' ? 0 : 1);
    expect(await bench.ledger.voucher(KEY, 1)).toMatchObject({ stage: 'reversed', live: false });
    expect(bench.saidOnce).toBe(true);
  });
});

describe('a posted voucher that is reversed by an entry', () => {
  const ENTRY = reversalKey(KEY);
  let entries: PostingBench['target'];

  beforeEach(async () => {
    bench = new PostingBench();
    entries = bench.target.reversedByEntry();
    bench.post();
    await bench.lane.settle();
  });

  it('stays, and gets one that takes it back, with a key, an intent and a date of its own', async () => {
    bench.reverse({ accountingDate: '2026-04-01' });
    await bench.lane.settle();
    expect(bench.posted).toHaveLength(1);
    expect(entries.documents).toMatchObject([
      { stage: 'posted', voucherKey: ENTRY, amount: { amount: '-100.00', currency: 'CNY' }, date: '2026-04-01' },
    ]);
    expect(bench.lane.types.slice(2)).toEqual(['VoucherPostingStarted', 'VoucherReversed']);
    expect(bench.lane.last('VoucherPostingStarted').data).toMatchObject({
      voucherKey: ENTRY,
      voucher: 'payment-bill/reversal',
    });
    expect(bench.lane.last('VoucherReversed').data).toMatchObject({
      ...{ voucherKey: KEY, voucher: 'payment-bill', generation: 1, document: bench.posted[0]?.document },
      entry: { voucherKey: ENTRY, document: entries.documents[0]?.document, number: 'FKD101' },
    });
    expect(await bench.ledger.voucher(KEY, 1)).toMatchObject({ stage: 'reversed', live: false });
    expect(await bench.ledger.voucher(ENTRY, 1)).toMatchObject({
      stage: 'confirmed',
      reverses: KEY,
      amount: '-100.00',
    });
  });

  it.each(['create', 'submit', 'post'] as const)('is reversed once, when the answer to %s is lost', async (step) => {
    entries.script[step] = ['replyLost'];
    bench.reverse();
    await bench.lane.settle();
    expect(entries.documents).toMatchObject([{ stage: 'posted' }]);
    expect(bench.lane.last('VoucherInDoubt').data).toMatchObject({ voucherKey: ENTRY });
    expect(bench.lane.types.filter((type) => type === 'VoucherReversed')).toHaveLength(1);
  });

  it('is reversed once, however often that is asked for', async () => {
    bench.reverse();
    bench.reverse({}, 'r2');
    await bench.lane.settle();
    bench.reverse({}, 'r3');
    await bench.lane.settle();
    expect(entries.documents).toHaveLength(1);
    expect(bench.lane.types.filter((type) => type === 'VoucherReversed')).toHaveLength(1);
  });

  it('is booked anew under the next revision only after that', async () => {
    entries.script.post = [rejection];
    bench.reverse();
    bench.post({ voucherKey: OTHER, revision: 1, supersedes: KEY });
    await bench.lane.settle();
    expect(bench.lane.last('MessageParked').data).toMatchObject({ code: 'posting.refused.MsgCode 11' });
    expect(bench.lane.last('MessageParked').data.reason).toContain('Reversing document 101');
    expect(bench.lane.last('VoucherConfirmed').data.voucherKey).toBe(KEY);
    bench.decide('ParkedReleased', 'a1');
    await bench.lane.settle(3_000);
    expect(entries.documents).toMatchObject([{ stage: 'posted' }]);
    expect(bench.lane.last('VoucherPostingStarted').data.voucherKey).toBe(OTHER);
  });

  it('is said to be reversed by hand when a person discards the entry', async () => {
    entries.script.create = [rejection];
    bench.reverse();
    await bench.lane.settle();
    bench.decide('ParkedDiscarded', 'a1');
    await bench.lane.settle();
    expect(bench.lane.last('VoucherReversed').data).not.toHaveProperty('entry');
    expect(bench.lane.types).not.toContain('VoucherCancelled');
    expect(await bench.ledger.voucher(KEY, 1)).toMatchObject({ stage: 'reversed', live: false });
    expect(await bench.ledger.voucher(ENTRY, 1)).toMatchObject({ stage: 'discarded', live: false });
  });
});

describe('a posted voucher that the target takes back itself', () => {
  beforeEach(async () => {
    bench = new PostingBench();
    bench.target.reversedByUndoing();
    bench.post();
    await bench.lane.settle();
    bench.reverse();
  });

  it('is gone, and said to be', async () => {
    await bench.lane.settle();
    expect(bench.target.documents).toEqual([]);
    expect(bench.lane.types.slice(2)).toEqual(['VoucherReversed']);
    expect(bench.lane.last('VoucherReversed').data).toMatchObject({ document: 'kingdee-galaxy/1/AP_PAYBILL/101' });
    expect(bench.lane.last('VoucherReversed').data).not.toHaveProperty('entry');
    expect(await bench.ledger.voucher(KEY, 1)).toMatchObject({ stage: 'reversed', live: false });
  });

  it.each(['unpost', 'void'] as const)('is gone, when the answer to %s is lost', async (step) => {
    bench.target.script[step] = ['replyLost'];
    await bench.lane.settle();
    expect(bench.target.documents).toEqual([]);
    expect(bench.count(step)).toBe(1);
    expect(bench.lane.types).toContain('VoucherReversed');
    expect((await bench.ledger.attempts(KEY, 1)).map(({ n }) => n)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('stays when the target refuses, and is taken back when released', async () => {
    bench.target.script.unpost = [rejection];
    await bench.lane.settle();
    expect(bench.posted).toHaveLength(1);
    expect(bench.lane.last('MessageParked').data).toMatchObject({ owner: 'finance' });
    bench.decide('ParkedReleased', 'a1');
    await bench.lane.settle();
    expect(bench.target.documents).toEqual([]);
    expect(bench.saidOnce).toBe(true);
  });
});
