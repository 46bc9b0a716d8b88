import type { MemoryLedger } from '@voucherline/store';
import { beforeEach, describe, expect, it } from 'vitest';
import type { FakeTarget } from '../testing/fake-target.js';
import { KEY, PostingBench, postVoucher } from '../testing/posting-bench.js';

let bench: PostingBench;
let target: FakeTarget;
let ledger: MemoryLedger;
let lane: PostingBench['lane'];

const start = (createCarriesKey = false) => {
  bench = new PostingBench(createCarriesKey);
  ({ target, ledger, lane } = bench);
};
const decide = (type: 'ParkedReleased' | 'ParkedDiscarded', id: string) => bench.decide(type, id);
const posted = () => bench.posted;
const count = (call: string) => bench.count(call);

beforeEach(() => start());

describe('the straight way', () => {
  it('confirms once, with evidence, in few commits', async () => {
    lane.send(postVoucher());
    expect(await lane.rest()).toBeUndefined();
    expect(target.calls).toEqual([
      'prerequisite',
      'lookup',
      'create',
      'lookup',
      'mark',
      'read',
      'submit',
      'post',
      'read',
    ]);
    expect(lane.types).toEqual(['VoucherPostingStarted', 'VoucherConfirmed']);
    expect(lane.last('VoucherConfirmed').data).toMatchObject({
      voucherKey: KEY,
      generation: 1,
      flow: { name: 'payments', hash: 'h1', offset: 3 },
      document: 'kingdee-galaxy/1/AP_PAYBILL/101',
      number: 'FKD101',
      evidence: { status: 'A', amount: { amount: '100.00', currency: 'CNY' }, contentSha256: 'c' },
    });
    expect(await ledger.voucher(KEY, 1)).toMatchObject({
      stage: 'confirmed',
      chosen: 'kingdee-galaxy/1/AP_PAYBILL/101',
    });
    expect((await ledger.attempts(KEY, 1)).map(({ operation, outcome }) => `${operation} ${outcome}`)).toEqual([
      'create done',
      'mark done',
      'submit done',
      'post done',
    ]);
    // The runner merges each settle with the commit that follows it, which leaves one a call and one at the start.
    expect(lane.commits).toBe(15);
  });

  it('records the attempt before the request leaves', async () => {
    lane.send(postVoucher());
    for (let step = lane.plan(); ; step = lane.plan()) {
      if (step.kind !== 'call') throw new Error('no create came');
      if (step.name === 'create') break;
      await lane.take(step);
    }
    await lane.dieBeforeSettling('neverMade');
    expect(target.documents).toEqual([]);
    expect(await ledger.attempts(KEY, 1)).toMatchObject([{ n: 1, operation: 'create', outcome: null }]);
  });

  it('says nothing personal', async () => {
    lane.send(postVoucher());
    await lane.rest();
    expect(JSON.stringify(lane.said)).not.toContain('S001');
  });

  it('does nothing for a command that comes again', async () => {
    lane.send(postVoucher());
    await lane.rest();
    lane.send(postVoucher());
    await lane.rest();
    expect(count('create')).toBe(1);
    expect(lane.types.filter((type) => type === 'VoucherConfirmed')).toHaveLength(1);
  });

  it('writes a draft with the key where the create carries it', async () => {
    start(true);
    lane.send(postVoucher());
    await lane.rest();
    expect(target.calls).toEqual(['prerequisite', 'lookup', 'create', 'lookup', 'submit', 'post', 'read']);
    expect(posted()).toMatchObject([{ voucherKey: KEY }]);
  });
});

describe('a prerequisite that is missing', () => {
  it('is asked for with growing gaps, then parked, then asked for again when released', async () => {
    target.ready = { ready: false, waitingFor: 'payment application FKSQ1 is not audited' };
    lane.send(postVoucher());
    await lane.settle(3_600_000);
    expect(count('prerequisite')).toBeLessThan(12);
    expect(count('create')).toBe(0);
    expect(lane.types).toEqual(['VoucherHeld', 'MessageParked']);
    expect(lane.last('MessageParked').data.reason).toContain('FKSQ1');
    target.ready = { ready: true };
    decide('ParkedReleased', 'a1');
    await lane.settle();
    expect(lane.types.slice(2)).toEqual(['ParkedResolved', 'VoucherPostingStarted', 'VoucherConfirmed']);
  });
});

describe('a doubt', () => {
  it.each(['create', 'mark', 'submit', 'post'] as const)(
    'about %s, executed with the reply lost, ends in one voucher',
    async (step) => {
      target.script[step] = ['replyLost'];
      lane.send(postVoucher());
      await lane.settle();
      expect(count(step)).toBe(1);
      expect(posted()).toHaveLength(1);
      expect(lane.types).toEqual(['VoucherPostingStarted', 'VoucherInDoubt', 'VoucherLookedUp', 'VoucherConfirmed']);
      expect(lane.last('VoucherInDoubt').data).toMatchObject({ step, reason: 'timeout' });
    },
  );

  it.each(['create', 'mark', 'submit', 'post'] as const)(
    'about %s, never executed, ends in one voucher',
    async (step) => {
      target.script[step] = [{ kind: 'inDoubt', reason: 'reset' }];
      lane.send(postVoucher());
      await lane.settle();
      expect(count(step)).toBe(2);
      expect(target.documents).toHaveLength(1);
      expect(posted()).toHaveLength(1);
    },
  );

  it('about a create is looked up before another create, and not before the target is done with the first', async () => {
    target.script.create = [{ kind: 'inDoubt', reason: 'reset' }];
    lane.send(postVoucher());
    await lane.settle(59_999);
    expect(count('create')).toBe(1);
    expect(count('lookup')).toBeGreaterThan(4);
    await lane.settle();
    expect(count('create')).toBe(2);
  });

  it('about a create that is executed late finds it and makes no other', async () => {
    target.script.create = ['late'];
    lane.send(postVoucher());
    await lane.settle(59_000);
    target.runLate();
    await lane.settle();
    expect(count('create')).toBe(1);
    expect(target.documents).toHaveLength(1);
    expect(posted()).toHaveLength(1);
  });

  it('about two creates that are both executed late chooses one and deletes the other', async () => {
    target.script.create = ['late', 'late'];
    lane.send(postVoucher());
    await lane.settle(61_000);
    target.runLate();
    await lane.settle();
    expect(target.documents).toHaveLength(1);
    expect(posted()).toHaveLength(1);
    expect(count('void')).toBe(1);
  });

  it('does not begin with a request that was decided long ago', async () => {
    lane.send(postVoucher());
    for (let step = lane.plan(); step.kind === 'call' && step.name !== 'create'; step = lane.plan())
      await lane.take(step);
    const create = lane.plan();
    lane.pausedMs = 300_001;
    if (create.kind === 'call') await lane.take(create);
    expect(count('create')).toBe(0);
    lane.pausedMs = 0;
    await lane.settle();
    expect(count('create')).toBe(1);
    expect(lane.types).not.toContain('VoucherInDoubt');
  });

  it('is not shown twice', async () => {
    target.script.create = ['replyLost'];
    target.script.post = ['replyLost'];
    lane.send(postVoucher());
    await lane.settle();
    const ids = lane.said.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(lane.types.filter((type) => type === 'VoucherInDoubt')).toHaveLength(2);
  });
});

describe('a process that dies', () => {
  it.each(['neverMade', 'answerLost'] as const)('at any call (%s) is followed by one voucher', async (call) => {
    for (let at = 0; at < 9; at += 1) {
      start();
      lane.send(postVoucher());
      for (let n = 0; n < at; n += 1) {
        const step = lane.plan();
        if (step.kind !== 'call') throw new Error(`expected a call, got ${step.kind}`);
        await lane.take(step);
      }
      await lane.dieBeforeSettling(call);
      await lane.settle();
      expect(posted(), `died at call ${at}`).toHaveLength(1);
      expect(target.documents, `died at call ${at}`).toHaveLength(1);
      expect(lane.types.filter((type) => type === 'VoucherConfirmed')).toHaveLength(1);
    }
  });
});

describe('what only a person can decide', () => {
  it('is a bill that a clerk pushed before: nothing is sent, and its id is named', async () => {
    const bill = target.add({});
    lane.send(postVoucher());
    await lane.settle();
    expect(count('create')).toBe(0);
    expect(lane.types).toEqual(['VoucherPostingStarted', 'VoucherHeld', 'MessageParked']);
    expect(lane.last('VoucherHeld').data).toMatchObject({ owner: 'finance', documents: [bill.document] });

    decide('ParkedReleased', 'a1');
    await lane.settle();
    expect(count('create')).toBe(0);
    expect(lane.types.slice(3)).toEqual(['ParkedResolved', 'VoucherHeld', 'MessageParked']);

    target.documents.splice(0);
    decide('ParkedReleased', 'a2');
    await lane.settle();
    expect(posted()).toHaveLength(1);
    const ids = lane.said.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is a bill that a clerk pushed meanwhile', async () => {
    target.script.create = [
      { kind: 'rejected', code: 'MsgCode 11', words: '关联数量', owner: 'finance', nextStep: 'look' },
    ];
    target.ready = { ready: true };
    lane.send(postVoucher());
    for (let step = lane.plan(); step.kind === 'call' && step.name !== 'create'; step = lane.plan())
      await lane.take(step);
    target.add({});
    await lane.settle();
    expect(lane.last('VoucherHeld').data.documents).toEqual(['kingdee-galaxy/1/AP_PAYBILL/101']);
  });

  it('is a closed period; released, it goes on where it stopped', async () => {
    target.script.post = [
      { kind: 'rejected', code: 'MsgCode 11', words: 'period closed', owner: 'finance', nextStep: 'open it' },
    ];
    lane.send(postVoucher());
    await lane.settle();
    expect(lane.types.slice(-2)).toEqual(['VoucherRejected', 'MessageParked']);
    expect(lane.last('MessageParked').data).toMatchObject({ code: 'posting.refused.MsgCode 11', nextStep: 'open it' });
    expect(await ledger.voucher(KEY, 1)).toMatchObject({ stage: 'rejected' });
    decide('ParkedReleased', 'a1');
    await lane.settle();
    expect(count('create')).toBe(1);
    expect(posted()).toHaveLength(1);
    expect(await ledger.voucher(KEY, 1)).toMatchObject({ stage: 'confirmed' });
  });

  it('is a payload that names an existing document', async () => {
    lane.send(postVoucher({ payload: { FID: 17 } }));
    await lane.settle();
    expect(target.calls).toEqual([]);
    expect(lane.last('VoucherRejected').data).toMatchObject({ code: 'PAYLOAD', owner: 'administrator' });
  });

  it('is an amount that no document of the payload would show: it is said before anything is asked', async () => {
    const expectation = { amount: { amount: '100.001', currency: 'CNY' }, date: '2026-03-31' };
    lane.send(postVoucher({ expectation }));
    await lane.settle();
    expect(target.calls).toEqual([]);
    expect(lane.last('VoucherRejected').data).toMatchObject({
      code: 'PAYLOAD',
      words: expect.stringContaining('amount:'),
    });
  });

  it('is an operation that the target does not have', async () => {
    lane.send(postVoucher({ operation: 'toString' }));
    await lane.settle();
    expect(lane.last('VoucherRejected').data).toMatchObject({ code: 'OPERATION' });
  });

  it('holds later commands of the lane until it is discarded', async () => {
    target.add({});
    lane.send(postVoucher());
    lane.send(postVoucher({ voucherKey: 'f'.repeat(32), voucher: 'other' }));
    await lane.settle();
    expect(lane.types).toEqual(['VoucherPostingStarted', 'VoucherHeld', 'MessageParked']);
    target.documents.splice(0);
    decide('ParkedDiscarded', 'a1');
    await lane.settle();
    expect(await ledger.voucher(KEY, 1)).toMatchObject({ stage: 'discarded' });
    expect(lane.last('ParkedResolved').data).toMatchObject({ resolution: 'discarded', action: 'a1' });
    expect(lane.last('VoucherConfirmed').data.voucherKey).toBe('f'.repeat(32));
  });

  it('is a reversal', async () => {
    const data = { voucherKey: KEY, voucher: 'payment-bill', revision: 0, target: 'kingdee-hq', reason: 'withdrawn' };
    lane.send(postVoucher());
    await lane.settle();
    lane.send({ type: 'ReverseVoucher', id: 'r1', data });
    lane.send(postVoucher({ voucherKey: 'f'.repeat(32), voucher: 'other', payload: { application: 'FKSQ2' } }));
    await lane.settle();
    expect(lane.types).toEqual(['VoucherPostingStarted', 'VoucherConfirmed', 'MessageParked']);
    expect(lane.last('MessageParked').data).toMatchObject({ code: 'reversal.by-hand', owner: 'finance' });
    target.documents.splice(0);
    decide('ParkedDiscarded', 'a1');
    await lane.settle();
    expect(lane.last('VoucherReversed').data).toMatchObject({
      voucherKey: KEY,
      document: 'kingdee-galaxy/1/AP_PAYBILL/101',
    });
    expect(await ledger.voucher(KEY, 1)).toMatchObject({ stage: 'reversed', live: false });
    expect(lane.last('VoucherConfirmed').data.voucherKey).toBe('f'.repeat(32));
  });

  it('is other content under a key that ended here', async () => {
    lane.send(postVoucher());
    await lane.settle();
    lane.send(postVoucher({ fingerprint: 'f2' }));
    await lane.settle();
    expect(count('create')).toBe(1);
    expect(lane.last('MessageParked').data).toMatchObject({ code: 'posting.known-otherwise' });
  });
});

describe('a confirmed voucher whose create had been in doubt', () => {
  it('does not hold up the next command while it is watched', async () => {
    target.script.create = ['replyLost'];
    lane.send(postVoucher());
    await lane.settle(1000);
    expect(lane.types).toContain('VoucherConfirmed');
    target.documents.splice(0);
    lane.send(postVoucher({ voucherKey: 'f'.repeat(32), voucher: 'other' }));
    await lane.settle(1000);
    expect(lane.last('VoucherConfirmed').data.voucherKey).toBe('f'.repeat(32));
  });
});
