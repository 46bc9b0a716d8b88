import { beforeEach, describe, expect, it } from 'vitest';
import type { IntakeStore } from './intake-store.js';
import type { RecoveryStore } from './recovery-store.js';

const TOPIC = 'vouchers.events.v1';
const CHAIN = { source: 'w/acme/1', topic: TOPIC, key: 'd/1' };
const NOTHING = { deliveries: [], chains: [], hold: [], unhold: [], open: [], close: [], decided: [], applied: [] };

/** What every implementation of the recovery store promises. */
export function recoveryStoreContract(
  name: string,
  open: () => Promise<{ readonly recovery: RecoveryStore; readonly intake: IntakeStore }>,
): void {
  describe(name, () => {
    let recovery: RecoveryStore;
    let intake: IntakeStore;
    beforeEach(async () => {
      ({ recovery, intake } = await open());
    });

    it('shows where each shard of the intake stands', async () => {
      const { unit, epoch, seq } = await intake.takeOver('w/intake/3', false);
      const positions = JSON.stringify({ [TOPIC]: '12' });
      await intake.commit({ unit, epoch, seq, positions, lastIds: `{"${TOPIC}":"m11"}`, published: 0, ...NOTHING });
      const [shard] = await recovery.shards();
      expect(shard).toEqual({ shard: 3, positions: new Map([[TOPIC, 12n]]), lastIds: new Map([[TOPIC, 'm11']]) });
    });

    it('keeps the newest known end of each partition', async () => {
      await recovery.noteEnds([
        { topic: TOPIC, partition: 0, end: 5n },
        { topic: TOPIC, partition: 1, end: 7n },
      ]);
      await recovery.noteEnds([{ topic: TOPIC, partition: 0, end: 6n }]);
      const ends = [...(await recovery.ends())].sort((a, b) => a.partition - b.partition);
      expect(ends.map(({ partition, end }) => [partition, end])).toEqual([
        [0, 6n],
        [1, 7n],
      ]);
    });

    it('goes on with numbers of the log, never back, and puts what was said into its lanes', async () => {
      await recovery.adopt([{ ...CHAIN, seq: 4 }], [{ connection: 'c', key: 'd/1', message: '{"id":"m4"}' }]);
      await recovery.adopt([{ ...CHAIN, seq: 2 }], []);
      expect(await recovery.numbers([CHAIN, { ...CHAIN, key: 'unknown' }])).toEqual([{ ...CHAIN, seq: 4 }]);
      const places = [
        { connection: 'c', key: 'd/1' },
        { connection: 'c', key: 'unknown' },
      ];
      expect(await intake.lanes(places)).toEqual([{ connection: 'c', key: 'd/1', state: null, mail: ['{"id":"m4"}'] }]);
    });
  });
}
