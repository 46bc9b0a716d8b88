import { createMetrics, fakeClock, silentLogger } from '@voucherline/platform';
import { expect, it } from 'vitest';
import { Exclusive } from '../commit/exclusive.js';
import { WorkMetrics } from '../metrics.js';
import { LEASE, LeaseKeeper } from './lease-keeper.js';

/** A keeper of one connection's lease in a database that gives it to whoever asks while it is free. */
function setUp() {
  const clock = fakeClock();
  const world = { steady: 0, isAway: false, lost: [] as string[] };
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
        if (world.isAway) throw new Error('the database is away');
        isFree = true;
      },
    },
    turn: new Exclusive(),
    timers: clock,
    logger: silentLogger,
    metrics: new WorkMetrics(createMetrics('test'), 's/w'),
    steadyMs: () => world.steady,
    publishLeft: async () => {},
    onLost: (connection) => world.lost.push(connection),
    shed: () => [],
    onGained: () => {},
  });
  return { clock, world, keeper };
}

it('keeps a lease that was claimed anew when a commit under the older one turns out stale', async () => {
  const { clock, world, keeper } = setUp();
  await keeper.start();
  expect(keeper.get('c1')).toEqual({ connection: 'c1', epoch: 1 });
  // As after a pause.
  world.steady += LEASE.actMs;
  await clock.advance(LEASE.renewMs);
  expect(keeper.get('c1')).toEqual({ connection: 'c1', epoch: 2 });
  keeper.drop({ connection: 'c1', epoch: 1 }, 'stale');
  expect(keeper.get('c1')).toEqual({ connection: 'c1', epoch: 2 });
  expect(world.lost).toEqual(['c1']);
  await keeper.stop();
});

it('gives its leases up until that has succeeded, since one that stays ours unknown to us is worked for by nobody', async () => {
  const { clock, world, keeper } = setUp();
  await keeper.start();
  world.steady += LEASE.actMs;
  world.isAway = true;
  await clock.advance(LEASE.renewMs);
  expect(keeper.get('c1')).toBeUndefined();
  world.isAway = false;
  await clock.advance(LEASE.renewMs);
  expect(keeper.get('c1')).toEqual({ connection: 'c1', epoch: 2 });
  await keeper.stop();
});
