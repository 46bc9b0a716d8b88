import { createMetrics, fakeClock, silentLogger } from '@voucherline/platform';
import { type LaneChange, type Lease, StaleLease } from '@voucherline/store';
import { expect, it } from 'vitest';
import { WorkMetrics } from '../metrics.js';
import { Committer, LeaseLost } from './committer.js';
import { Exclusive } from './exclusive.js';

const change = (epoch: number, key: string) =>
  ({ connection: 'c1', epoch, key, messages: [], effects: [], mail: [], due: null }) as unknown as LaneChange<never>;

it('loses only the older of two leases of one connection, when both are in one commit', async () => {
  const lost: Lease[] = [];
  const committed: string[] = [];
  const committer = new Committer<never>({
    store: {
      commit: async (changes: readonly LaneChange<never>[]) => {
        if (changes.some(({ epoch }) => epoch < 2)) throw new StaleLease(['c1']);
        committed.push(...changes.map(({ key }) => key));
        return { said: [], nextDueMs: null };
      },
    } as never,
    turn: new Exclusive(),
    timers: fakeClock(),
    logger: silentLogger,
    metrics: new WorkMetrics(createMetrics('test'), 's/w'),
    publish: async () => {},
    takeSpent: () => [],
    onLost: (leases) => lost.push(...leases),
    onLeft: () => {},
    onDue: () => {},
  });
  const [older, newer] = await Promise.allSettled([
    committer.submit(change(1, 'a'), false),
    committer.submit(change(2, 'b'), false),
  ]);
  expect(older).toMatchObject({ status: 'rejected', reason: expect.any(LeaseLost) });
  expect(newer.status).toBe('fulfilled');
  expect(committed).toEqual(['b']);
  expect(lost.map(({ epoch }) => epoch)).toEqual([1]);
});
