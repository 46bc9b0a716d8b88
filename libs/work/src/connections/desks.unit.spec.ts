import { fakeClock } from '@voucherline/platform';
import { expect, it } from 'vitest';
import type { DeskPorts } from './desk.js';
import { Desks, type Wanted } from './desks.js';

it('makes no desk for a lease that is lost by the time its look-up is answered', async () => {
  const content = { timeZone: 'Asia/Shanghai', limits: { perSecond: 1, concurrency: 1 } };
  const wanted = (connection: string) => ({ lease: { connection, epoch: 1 }, published: { content } }) as Wanted;
  const desks = new Desks({ spent: async () => [] }, { clock: fakeClock() } as unknown as DeskPorts);
  await desks.open([wanted('kept'), wanted('lost')], ({ connection }) => connection === 'kept');
  expect(desks.get('kept')).toBeDefined();
  expect(desks.get('lost')).toBeUndefined();
});
