import { MemoryLedger } from '@voucherline/store';
import { beforeEach, describe, expect, it } from 'vitest';
import { KEY, OTHER, PostingBench } from '../testing/posting-bench.js';

let bench: PostingBench;

beforeEach(() => {
  bench = new PostingBench(true);
});

describe('a doubt that a person settles', () => {
  /** In doubt about a create that was not executed, or was without the look-up showing it. */
  const doubted = async () => {
    bench.target.script.create = [{ kind: 'inDoubt', reason: 'reset' }];
    bench.post();
    await bench.lane.settle(5_000);
  };

  it('by a document goes on with it, after it was read and compared', async () => {
    await doubted();
    const document = bench.target.add({ voucherKey: KEY });
    bench.settleDoubt('a1', document.id);
    await bench.lane.settle();
    expect(bench.count('create')).toBe(1);
    expect(bench.posted).toMatchObject([{ id: document.id }]);
    expect(bench.lane.last('VoucherDoubtSettled').data).toMatchObject({
      ...{ voucherKey: KEY, resolution: 'linked', document: document.document, action: 'a1' },
    });
    expect(await bench.ledger.voucher(KEY, 1)).toMatchObject({ stage: 'confirmed', chosen: document.document });
  });

  it('by a document that shows something else is held, with the difference', async () => {
    await doubted();
    const { id } = bench.target.add({ amount: { amount: '99.00', currency: 'CNY' } });
    bench.settleDoubt('a1', id);
    await bench.lane.settle(1_000);
    expect(bench.lane.last('VoucherHeld').data.reason).toContain('99.00');
    expect(bench.lane.types).not.toContain('VoucherDoubtSettled');
    expect(bench.posted).toEqual([]);
  });

  it('as absent is looked up once more, then sent again at once', async () => {
    await doubted();
    const looks = bench.count('lookup');
    bench.settleDoubt('a1');
    await bench.lane.settle(3_000);
    expect(bench.count('lookup')).toBeGreaterThan(looks);
    expect(bench.count('create')).toBe(2);
    expect(bench.posted).toHaveLength(1);
    expect(bench.lane.last('VoucherDoubtSettled').data).toMatchObject({ resolution: 'absent', action: 'a1' });
  });

  it('as absent although it is there is not sent again', async () => {
    bench.target.script.create = ['late'];
    bench.post();
    await bench.lane.settle(5_000);
    bench.target.runLate();
    bench.settleDoubt('a1');
    await bench.lane.settle();
    expect(bench.count('create')).toBe(1);
    expect(bench.target.documents).toMatchObject([{ stage: 'posted' }]);
  });

  it('too late, or of a voucher unknown here, changes nothing', async () => {
    await doubted();
    await bench.lane.settle();
    const said = bench.lane.said.length;
    bench.settleDoubt('a1');
    bench.settleDoubt('a2', '7', OTHER);
    await bench.lane.settle();
    expect(bench.lane.said).toHaveLength(said);
    expect(bench.posted).toHaveLength(1);
  });

  it('is shown with each look that was made', async () => {
    await doubted();
    await bench.lane.settle();
    const looked = bench.lane.said.filter(({ type }) => type === 'VoucherLookedUp');
    expect(looked.length).toBeGreaterThan(4);
    expect(looked[0]?.data).toMatchObject({ voucherKey: KEY, found: [] });
    expect(bench.saidOnce).toBe(true);
  });
});

describe('exclusive values', () => {
  const exclusive = [{ name: 'invoice', company: 'acme', value: '044#1' }];
  let other: PostingBench;

  beforeEach(() => {
    const ledger = new MemoryLedger();
    bench = new PostingBench(true, ledger);
    other = new PostingBench(true, ledger);
  });
  const postOther = () =>
    other.lane.send({
      ...{ type: 'PostVoucher', id: 'other', key: 'subject-2' },
      data: { ...otherData, voucherKey: OTHER, exclusive },
    } as never);
  const otherData = {
    ...{ voucher: 'claim', revision: 0, flow: { name: 'claims', hash: 'h', offset: 1 }, target: 'kingdee-hq' },
    ...{ operation: 'push-payment-bill', accountingDate: '2026-03-31', members: [], payload: {}, fingerprint: 'o1' },
    ...{ patienceSeconds: 600 },
    expectation: { amount: { amount: '100.00', currency: 'CNY' }, payee: 'S001', date: '2026-03-31' },
  };

  it('are claimed before anything is asked or sent', async () => {
    bench.post({ exclusive });
    const step = bench.lane.plan();
    expect(step).toMatchObject({ kind: 'call', name: 'claim' });
    await bench.lane.settle();
    expect(bench.posted).toHaveLength(1);
  });

  it('of another voucher hold this one: it is never sent, and named is who has them', async () => {
    bench.post({ exclusive });
    await bench.lane.settle();
    postOther();
    await other.lane.settle();
    expect(other.target.calls).toEqual([]);
    expect(other.lane.types).toEqual(['VoucherHeld', 'MessageParked']);
    expect(other.lane.last('MessageParked').data).toMatchObject({ code: 'posting.exclusive-taken', owner: 'finance' });
    expect(other.lane.last('MessageParked').data.reason).toMatch(/"invoice".*payment-bill.*subject-1/);
  });

  it('are free for it when the other is withdrawn, and it is released', async () => {
    bench.target.ready = { ready: false, waitingFor: 'FKSQ1' };
    bench.post({ exclusive });
    await bench.lane.settle(5_000);
    postOther();
    await other.lane.settle();
    bench.reverse();
    await bench.lane.settle();
    const { parkedId, stage } = other.lane.last('MessageParked').data;
    const data = { parkedId, stage, connection: 'kingdee-hq', subject: 'subject-2', by: 'li', reason: 'seen' };
    other.lane.send({ type: 'ParkedReleased', id: 'a1', key: 'none', data } as never);
    await other.lane.settle();
    expect(other.posted).toHaveLength(1);
  });

  it('are claimed once more when the process died in the claim', async () => {
    bench.post({ exclusive });
    await bench.lane.dieBeforeSettling('answerLost');
    await bench.lane.settle();
    expect(bench.posted).toHaveLength(1);
  });
});

describe('an operation whose level was not shown', () => {
  it('posts nothing until a person lets this one voucher go on', async () => {
    bench.target.shownLevel = undefined;
    bench.post();
    await bench.lane.settle();
    expect(bench.count('create')).toBe(0);
    expect(bench.lane.last('MessageParked').data).toMatchObject({ code: 'operation.level-not-shown' });
    bench.decide('ParkedReleased', 'a1');
    await bench.lane.settle();
    expect(bench.posted).toHaveLength(1);
  });

  it('is one with a lower level than declared', async () => {
    bench.target.level = 'L2';
    bench.post();
    await bench.lane.settle();
    expect(bench.count('create')).toBe(0);
  });
});
