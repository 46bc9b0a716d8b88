import { beforeEach, describe, expect, it } from 'vitest';
import { KEY, PostingBench } from '../testing/posting-bench.js';

let bench: PostingBench;

const rejection = {
  kind: 'rejected',
  code: 'MsgCode 11',
  words: 'account closed',
  owner: 'finance',
  nextStep: 'mend',
} as const;
const replacement = { fingerprint: 'f2', replaces: 'f1', accountingDate: '2026-04-01' };

beforeEach(() => {
  bench = new PostingBench(true);
});

/** The voucher, refused at a step. */
async function refused(step: 'create' | 'submit' | 'post' = 'submit'): Promise<void> {
  bench.target.script[step] = [rejection];
  bench.post();
  await bench.lane.settle();
  expect(bench.lane.types.slice(-2)).toEqual(['VoucherRejected', 'MessageParked']);
}

describe('a refused voucher', () => {
  it.each(['create', 'submit', 'post'] as const)(
    'refused at its %s is mended by another generation, posted once',
    async (step) => {
      if (step === 'post') bench.target.reversedByUndoing();
      await refused(step);
      const flow = { name: 'payments', hash: 'h2', offset: 9 };
      bench.post({ ...replacement, flow });
      await bench.lane.settle();
      expect(bench.target.documents).toMatchObject([{ stage: 'posted', voucherKey: KEY, generation: 2 }]);
      expect(bench.lane.types.slice(3)).toEqual([
        'ParkedResolved',
        'VoucherCancelled',
        'VoucherPostingStarted',
        'VoucherConfirmed',
      ]);
      expect(bench.lane.last('ParkedResolved').data).toMatchObject({ resolution: 'superseded' });
      expect(bench.lane.last('VoucherCancelled').data).toMatchObject({ generation: 1, reason: 'replaced' });
      expect(bench.lane.last('VoucherConfirmed').data).toMatchObject({ voucherKey: KEY, generation: 2, flow });
      expect(await bench.ledger.voucher(KEY, 1)).toMatchObject({ stage: 'cancelled', live: false });
      expect(await bench.ledger.voucher(KEY, 2)).toMatchObject({ stage: 'confirmed', live: true, fingerprint: 'f2' });
      expect(bench.saidOnce).toBe(true);
    },
  );

  it('is mended twice where the second payload is refused too', async () => {
    await refused();
    bench.target.script.submit = [rejection];
    bench.post(replacement);
    await bench.lane.settle();
    bench.post({ fingerprint: 'f3', replaces: 'f2' });
    await bench.lane.settle();
    expect(bench.target.documents).toMatchObject([{ stage: 'posted', generation: 3 }]);
    expect(await bench.ledger.voucher(KEY, 2)).toMatchObject({ stage: 'cancelled' });
  });

  it('may come back to its first payload', async () => {
    await refused();
    bench.target.script.submit = [rejection];
    bench.post(replacement);
    await bench.lane.settle();
    bench.post({ fingerprint: 'f1', replaces: 'f2' });
    await bench.lane.settle();
    expect(bench.target.documents).toMatchObject([{ stage: 'posted', generation: 3 }]);
  });

  it.each(['void', 'create'] as const)(
    'leaves no draft behind when a create of the older generation is executed late, before the %s',
    async (step) => {
      bench.target.script.create = ['late'];
      await refused();
      bench.post(replacement);
      await bench.until(step);
      bench.target.runLate();
      await bench.lane.settle();
      expect(bench.target.documents).toMatchObject([{ stage: 'posted', generation: 2 }]);
      expect(bench.count('void')).toBe(2);
    },
  );

  it.each(['neverMade', 'answerLost'] as const)(
    'is replaced once though the process dies at any call (%s)',
    async (call) => {
      for (let at = 0; at < 12; at += 1) {
        bench = new PostingBench(true);
        await refused();
        bench.post(replacement);
        for (let n = 0; n < at; n += 1) {
          const step = bench.lane.plan();
          if (step.kind === 'call') await bench.lane.take(step);
        }
        if (bench.lane.plan().kind === 'call') await bench.lane.dieBeforeSettling(call);
        await bench.lane.settle();
        expect(bench.target.documents, `died at call ${at}`).toMatchObject([{ stage: 'posted', generation: 2 }]);
        expect(bench.lane.types.filter((type) => type === 'VoucherConfirmed')).toHaveLength(1);
      }
    },
  );

  it('that a person releases instead goes on as it was', async () => {
    await refused();
    bench.decide('ParkedReleased', 'a1');
    await bench.lane.settle();
    bench.post(replacement);
    await bench.lane.settle();
    expect(bench.posted).toMatchObject([{ generation: 1 }]);
    expect(bench.lane.last('MessageParked').data.code).toBe('posting.known-otherwise');
    bench.decide('ParkedDiscarded', 'a2');
    await bench.lane.settle();
    bench.post(replacement);
    await bench.lane.settle();
    expect(bench.lane.types.at(-1)).toBe('ParkedResolved');
  });

  it('that was posted after all is watched on, whatever comes too late to replace it', async () => {
    bench.target.script.create = ['replyLost'];
    await refused();
    bench.decide('ParkedReleased', 'a1');
    await bench.lane.settle(10_000);
    expect(bench.lane.types).toContain('VoucherConfirmed');
    bench.post(replacement);
    await bench.lane.settle();
    expect(bench.lane.last('MessageParked').data.code).toBe('posting.known-otherwise');
    expect(bench.posted).toMatchObject([{ generation: 1 }]);
  });

  it('is not replaced in the name of another payload', async () => {
    await refused();
    bench.post({ ...replacement, replaces: 'f0' });
    await bench.lane.settle();
    expect(bench.lane.types.at(-1)).toBe('MessageParked');
    expect(bench.lane.types).not.toContain('VoucherCancelled');
    bench.decide('ParkedDiscarded', 'a1');
    await bench.lane.settle();
    expect(bench.lane.last('MessageParked').data.code).toBe('posting.known-otherwise');
    expect(bench.posted).toEqual([]);
  });

  it('is withdrawn with its replacement, whichever was begun', async () => {
    await refused();
    bench.post(replacement);
    bench.reverse();
    await bench.lane.settle();
    expect(bench.target.documents).toEqual([]);
    expect(bench.lane.types.filter((type) => type === 'VoucherCancelled')).toHaveLength(1);
    expect(bench.lane.last('VoucherCancelled').data).toMatchObject({ generation: 1, reason: 'withdrawn' });

    bench = new PostingBench(true);
    await refused();
    bench.post(replacement);
    await bench.until('create');
    bench.reverse();
    await bench.lane.settle();
    expect(bench.target.documents).toEqual([]);
    expect(bench.lane.last('VoucherCancelled').data).toMatchObject({ generation: 2, reason: 'withdrawn' });
    expect(await bench.ledger.voucher(KEY, 2)).toMatchObject({ stage: 'cancelled', live: false });
  });

  it('does nothing for commands of any generation that come again', async () => {
    await refused();
    bench.post(replacement);
    await bench.lane.settle();
    const said = bench.lane.said.length;
    bench.post();
    bench.post(replacement);
    await bench.lane.settle();
    expect(bench.lane.said).toHaveLength(said);
    expect(bench.target.documents).toHaveLength(1);
  });
});
