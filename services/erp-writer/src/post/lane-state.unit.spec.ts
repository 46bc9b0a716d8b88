import type { AnyMessage } from '@voucherline/contracts';
import { describe, expect, it } from 'vitest';
import { KEY, OTHER, PostingBench, postVoucher } from '../testing/posting-bench.js';
import type { PostLane } from './lane-state.js';
import { postWorker } from './post-worker.js';

const { knows } = postWorker(
  () => undefined,
  async () => null,
);
const known = (bench: PostingBench, message: Partial<AnyMessage>) =>
  knows?.(JSON.parse(bench.lane.state) as PostLane, message as AnyMessage);

describe('a lane that is asked about a command that a replay reads again', () => {
  it('knows what it posted, and sees other content under its key as a conflict', async () => {
    const bench = new PostingBench(true);
    bench.post();
    await bench.lane.settle();
    expect(known(bench, postVoucher())).toBe('known');
    expect(known(bench, { ...postVoucher(), id: 'planned anew' })).toBe('known');
    expect(known(bench, postVoucher({ fingerprint: 'f9' }))).toBe('conflict');
    expect(known(bench, postVoucher({ voucherKey: OTHER }))).toBe('missing');
  });

  it('knows both of a refused voucher and its replacement', async () => {
    const bench = new PostingBench(true);
    bench.target.script.create = [{ kind: 'rejected', code: 'C', words: 'w', owner: 'finance', nextStep: 'n' }];
    bench.post();
    await bench.lane.settle();
    const replacement = { fingerprint: 'f2', replaces: 'f1' };
    expect(known(bench, postVoucher(replacement))).toBe('missing');
    bench.post(replacement);
    await bench.lane.settle();
    expect(known(bench, postVoucher())).toBe('known');
    expect(known(bench, postVoucher(replacement))).toBe('known');
  });

  it('knows a reversal that was done, and what people decided', async () => {
    const bench = new PostingBench(true);
    bench.target.reversedByUndoing();
    bench.post();
    await bench.lane.settle();
    const data = { voucherKey: KEY, voucher: 'payment-bill', revision: 0, target: 'kingdee-hq', reason: 'withdrawn' };
    const reversal = { type: 'ReverseVoucher', id: 'r1', key: 'subject-1', data } as Partial<AnyMessage>;
    expect(known(bench, reversal)).toBe('missing');
    bench.reverse();
    await bench.lane.settle();
    expect(known(bench, reversal)).toBe('known');
    expect(known(bench, { type: 'ParkedReleased', id: 'a1', key: 'none' } as Partial<AnyMessage>)).toBe('known');
  });
});

describe('a lane that an older version left', () => {
  const NEW = ['ending', 'chosenGone', 'settleWaived', 'looks', 'levelAccepted'];

  it.each(['prerequisite', 'create', 'submit', 'post', 'readChosen'])(
    'before the %s goes on as it was',
    async (call) => {
      const bench = new PostingBench(true);
      bench.post();
      await bench.until(call);
      bench.lane.state = JSON.stringify(
        JSON.parse(bench.lane.state, (name, value) => (NEW.includes(name) ? undefined : value)),
      );
      expect(bench.lane.state).not.toContain('ending');
      await bench.lane.settle();
      expect(bench.target.documents).toMatchObject([{ stage: 'posted' }]);
      expect(bench.lane.types.at(-1)).toBe('VoucherConfirmed');
    },
  );
});
