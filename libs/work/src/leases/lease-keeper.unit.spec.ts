import { createMetrics, fakeClock, silentLogger } from '@voucherline/platform';
import { expect, it } from 'vitest';
import { Exclusive } from '../commit/exclusive.js';
import { WorkMetrics } from '../metrics.js';
import { LEASE, LeaseKeeper } from './lease-keeper.js';

it('keeps a lease that was claimed anew when a commit under the older one turns out stale', async () => {
  const clock = fakeClock();
  let steady = 0;
  const lost: string[] = [];
  let epoch = 0;
  let isFree = true;
  const keeper = new LeaseKeeper({
    store: {
      renew: async () => {},
      leave: async () => {},
      census: async () => ({ leases: 1, processes: 1 }),
      claim: async () => {
        if (!isFree) return [];
        isFree = false;
        epoch += 1;
        return [{ connection: 'c1', epoch, takenOver: false, left: [] }];
      },
      giveUp: async () => {},
      giveUpAll: async () => {
        isFree = true;
      },
    },
    turn: new Exclusive(),
    timers: clock,
    logger: silentLogger,
    metrics: new WorkMetrics(createMetrics('test'), 's/w'),
    steadyMs: () => steady,
    publishLeft: async () => {},
    onLost: (connection) => lost.push(connection),
    shed: () => [],
    onGained: () => {},
  });
  await keeper.start();
  expect(keeper.get('c1')).toEqual({ connection: 'c1', epoch: 1 });
  // As after a pause.
  steady += LEASE.actMs;
  await clock.advance(LEASE.renewMs);
  expect(keeper.get('c1')).toEqual({ connection: 'c1', epoch: 2 });
  keeper.drop({ connection: 'c1', epoch: 1 }, 'stale');
  expect(keeper.get('c1')).toEqual({ connection: 'c1', epoch: 2 });
  expect(lost).toEqual(['c1']);
  await keeper.stop();
});
