import type { AnyMessage } from '@voucherline/contracts';
import type { KeyedDraft } from '@voucherline/work';
import { beforeEach, describe, expect, it } from 'vitest';
import { KEY, OTHER, PostingBench, postVoucher } from '../testing/posting-bench.js';
import { adopt, isOwnWord } from './adopt.js';
import { emptyLane, type PostLane } from './lane-state.js';
import { postWorker } from './post-worker.js';

const rejection = {
  kind: 'rejected',
  code: 'MsgCode 11',
  words: 'closed',
  owner: 'finance',
  nextStep: 'open',
} as const;

let before: PostingBench;
let after: PostingBench;
let backup: string;

/** The database of `before` is lost, or as old as `backup`; its target and its log are not. */
const restore = (state = JSON.stringify(emptyLane), ledger = new PostingBench(true).ledger) => {
  after = new PostingBench(true, ledger);
  after.target.documents.push(...before.target.documents);
  after.target.made = before.target.made;
  after.lane.now = before.lane.now + 60_000;
  after.lane.state = state;
  for (const draft of before.lane.said) {
    const message = { source: 'erp-writer/post/x', ...draft } as AnyMessage;
    if (isOwnWord(message)) after.lane.mailbox.push(message);
  }
};
const types = (drafts: readonly KeyedDraft[]) => drafts.map(({ type }) => type);

beforeEach(() => {
  before = new PostingBench(true);
  backup = before.lane.state;
});

describe('a lane whose database is lost', () => {
  it.each(['create', 'submit', 'post'] as const)('at the %s looks before it sends, and posts once', async (call) => {
    before.post();
    await before.until(call);
    await before.lane.dieBeforeSettling('answerLost');
    restore();
    after.post();
    await after.lane.settle();
    expect(after.target.documents).toMatchObject([{ stage: 'posted', voucherKey: KEY }]);
    expect(after.count('create')).toBe(0);
    expect(await after.ledger.voucher(KEY, 1)).toMatchObject({ stage: 'confirmed' });
  });

  it('waits for a create that may be executed yet', async () => {
    before.target.script.create = ['late'];
    before.post();
    await before.lane.settle(1_000);
    restore();
    after.post();
    await after.lane.settle(59_000);
    expect(after.count('create')).toBe(0);
    await after.lane.settle();
    expect(after.posted).toHaveLength(1);
  });

  it('verifies a confirmed voucher by one look-up, says nothing again, and can still reverse it', async () => {
    before.target.reversedByUndoing();
    before.post();
    await before.lane.settle();
    restore();
    after.target.reversedByUndoing();
    after.post();
    await after.lane.settle();
    expect(after.target.calls).toEqual(['lookup']);
    expect(after.lane.said).toEqual([]);
    expect(await after.ledger.voucher(KEY, 1)).toMatchObject({ stage: 'confirmed', number: 'FKD101', live: true });
    after.reverse();
    await after.lane.settle();
    expect(after.target.documents).toEqual([]);
    expect(types(after.lane.said)).toEqual(['VoucherReversed']);
  });

  it('knows what was cancelled, and posts the next revision only', async () => {
    before.post();
    before.reverse();
    await before.lane.settle();
    restore();
    after.post();
    after.reverse();
    after.post({ voucherKey: OTHER, revision: 1 });
    await after.lane.settle();
    expect(after.posted).toMatchObject([{ voucherKey: OTHER }]);
    expect(types(after.lane.said)).toEqual(['VoucherPostingStarted', 'VoucherConfirmed']);
    expect(await after.ledger.voucher(KEY, 1)).toMatchObject({ stage: 'cancelled', live: false });
  });

  it('knows what was reversed', async () => {
    before.target.reversedByUndoing();
    before.post();
    await before.lane.settle();
    before.reverse();
    await before.lane.settle();
    restore();
    after.post();
    after.reverse();
    await after.lane.settle();
    expect(after.target.calls).toEqual([]);
    expect(after.lane.said).toEqual([]);
    expect(await after.ledger.voucher(KEY, 1)).toMatchObject({ live: false });
  });

  it('keeps a refused voucher stopped until a person decides, under a case that can be decided', async () => {
    before.target.script.submit = [rejection];
    before.post();
    await before.lane.settle();
    restore();
    after.post();
    await after.lane.settle();
    expect(after.target.calls).toEqual([]);
    expect(types(after.lane.said)).toEqual(['MessageParked']);
    after.decide('ParkedReleased', 'a1');
    await after.lane.settle();
    expect(after.posted).toHaveLength(1);
    expect(after.count('create')).toBe(0);
  });

  it('takes up a replacement where it was', async () => {
    before.target.script.submit = [rejection];
    before.post();
    await before.lane.settle();
    before.post({ fingerprint: 'f2', replaces: 'f1' });
    await before.until('create');
    await before.lane.dieBeforeSettling('answerLost');
    restore();
    after.post();
    after.post({ fingerprint: 'f2', replaces: 'f1' });
    await after.lane.settle();
    expect(after.target.documents).toMatchObject([{ stage: 'posted', generation: 2 }]);
    expect(after.count('create')).toBe(0);
  });

  it('sends nothing for a command that has other content than the log says was begun', async () => {
    before.post();
    await before.lane.settle();
    restore();
    after.post({ fingerprint: 'f9' });
    await after.lane.settle();
    expect(after.target.calls).toEqual([]);
    expect(after.lane.last('MessageParked').data.code).toBe('posting.known-otherwise');
  });
});

describe('a lane whose database is older than the log', () => {
  it('goes on by what the log knows', async () => {
    before.target.reversedByUndoing();
    before.post();
    await before.until('lookup');
    backup = before.lane.state;
    await before.lane.settle();
    const ledger = new PostingBench(true).ledger;
    restore(backup, ledger);
    const intent = { ...postVoucher().data } as never;
    await ledger.apply([{ epoch: 1, effects: [intentEffect(intent)] }]);
    await after.lane.settle();
    expect(after.target.calls).toEqual(['lookup']);
    expect(types(after.lane.said)).toEqual([]);
    expect(await ledger.voucher(KEY, 1)).toMatchObject({ stage: 'confirmed' });
  });

  it('learns that what it takes for posted was reversed', async () => {
    before.target.reversedByUndoing();
    before.post();
    await before.lane.settle();
    const older = before.lane.state;
    before.reverse();
    await before.lane.settle();
    restore(older, before.ledger);
    after.target.reversedByUndoing();
    after.post({ voucherKey: OTHER, revision: 1 });
    after.reverse();
    await after.lane.settle();
    expect(after.posted).toMatchObject([{ voucherKey: OTHER }]);
    expect((JSON.parse(after.lane.state) as PostLane).ended[KEY]?.as).toBe('reversed');
  });
});

const intentEffect = (data: { fingerprint: string }) => ({
  ...{
    kind: 'intent' as const,
    voucherKey: KEY,
    generation: 1,
    subject: 'subject-1',
    voucher: 'payment-bill',
    revision: 0,
  },
  ...{
    target: 'kingdee-hq',
    flow: 'payments@h1',
    amount: '100.00',
    currency: 'CNY',
    accountingDate: '2026-03-31',
    at: 1,
  },
  fingerprint: data.fingerprint,
});

describe('the fold', () => {
  it('is pure, and lets other messages pass', () => {
    const lane = Object.freeze({ ...emptyLane });
    expect(adopt(lane, postVoucher() as AnyMessage)).toBe(lane);
    const data = { voucherKey: KEY, voucher: 'v', revision: 0, generation: 1, target: 't', fingerprint: 'f1' };
    const started = {
      type: 'VoucherPostingStarted',
      time: '2026-03-31T08:00:00Z',
      key: 's',
      data,
    } as unknown as AnyMessage;
    expect(adopt(lane, started).heard).toMatchObject({
      [`${KEY}/1`]: { fingerprint: 'f1', confirmed: null, ended: null },
    });
    expect(adopt(adopt(lane, started), started)).toEqual(adopt(lane, started));
  });

  it('sends own words to the lane that said them', () => {
    const { heard } = postWorker(
      () => undefined,
      async () => null,
    );
    const of = { voucherKey: KEY, voucher: 'v', revision: 0, generation: 1, target: 'kingdee-hq' };
    const said = { type: 'VoucherCancelled', key: 's', data: { ...of, reason: 'withdrawn' } } as AnyMessage;
    expect(heard?.(said, {} as never)).toEqual([{ connection: 'kingdee-hq', key: 's' }]);
    const lanes = { type: 'MessageParked', key: 's', data: { code: 'lane.failed', connection: 'c' } } as AnyMessage;
    expect(heard?.(lanes, {} as never)).toEqual([]);
  });
});
