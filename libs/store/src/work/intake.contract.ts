import { beforeEach, describe, expect, it } from 'vitest';
import { StaleOwner, type TakenUnit } from '../units/unit.js';
import type { HeldMail, IntakeCase, IntakeCommit, IntakeStore } from './intake-store.js';

export interface IntakeStoreUnderTest {
  readonly store: IntakeStore;
  /** Messages in a lane's mailbox, oldest first. */
  mail(connection: string, key: string): Promise<readonly string[]>;
}

const CHAIN = { source: 's', topic: 'vouchers.commands.v1', key: 'd/1' };
const NOTHING = { deliveries: [], chains: [], hold: [], unhold: [], open: [], close: [], decided: [], applied: [] };

function commitOf(unit: TakenUnit, change: Partial<IntakeCommit>): IntakeCommit {
  const { unit: name, epoch, seq } = unit;
  return { unit: name, epoch, seq, positions: '{"t":"5"}', lastIds: '{}', published: 0, ...NOTHING, ...change };
}

function held(offset: bigint, seq?: number): HeldMail {
  const bytes = Buffer.from([0, 255, 123]);
  const record = {
    topic: CHAIN.topic,
    partition: 1,
    offset,
    timestamp: 9,
    key: 'd/1\0',
    value: bytes,
    headers: { a: 'b' },
  };
  return { record, ...(seq !== undefined && { place: { ...CHAIN, seq } }) };
}

/** What every implementation of the intake store promises. */
export function intakeStoreContract(name: string, open: () => Promise<IntakeStoreUnderTest>): void {
  describe(name, () => {
    let store: IntakeStore;
    let mail: IntakeStoreUnderTest['mail'];
    beforeEach(async () => {
      ({ store, mail } = await open());
    });

    it('delivers in order, and moves on, in one commit', async () => {
      const unit = await store.takeOver('w/0', false);
      const deliveries = ['m1', 'm2', 'm3'].map((message, i) => ({
        connection: 'c',
        key: i === 1 ? 'other' : 'd/1',
        message,
      }));
      await store.commit(commitOf(unit, { deliveries, chains: [{ ...CHAIN, seq: 4 }], outbox: Buffer.from('[]') }));
      expect(await mail('c', 'd/1')).toEqual(['m1', 'm3']);
      expect(await mail('c', 'other')).toEqual(['m2']);
      const next = await store.takeOver('w/0', false);
      expect(next).toMatchObject({ epoch: 2, seq: 1, positions: '{"t":"5"}', left: [{ seq: 1 }] });
      expect(await store.positions([CHAIN, { ...CHAIN, key: 'unknown' }])).toEqual([{ ...CHAIN, seq: 4 }]);
    });

    it('lets nothing of a predecessor count', async () => {
      const old = await store.takeOver('w/0', false);
      await store.takeOver('w/0', false);
      const late = commitOf(old, { deliveries: [{ connection: 'c', key: 'd/1', message: 'late' }] });
      await expect(store.commit(late)).rejects.toThrow(StaleOwner);
      expect(await mail('c', 'd/1')).toEqual([]);
    });

    it('keeps records as they came, by number, until they are taken in', async () => {
      const unit = await store.takeOver('w/0', false);
      await store.commit(commitOf(unit, { hold: [held(8n, 3), held(6n, 2), held(7n)] }));
      expect(await store.heldOfChain('w/0', CHAIN, 10)).toEqual([held(6n, 2), held(8n, 3)]);
      expect(await store.heldOfChain('w/0', CHAIN, 1)).toEqual([held(6n, 2)]);
      expect(await store.heldAt('w/0', CHAIN.topic, 7n)).toEqual(held(7n));
      expect(await store.heldAt('w/1', CHAIN.topic, 7n)).toBeUndefined();
      const unhold = [{ topic: CHAIN.topic, offset: 6n }];
      await store.commit(commitOf({ ...unit, seq: 1 }, { unhold }));
      expect(await store.heldOfChain('w/0', CHAIN, 10)).toEqual([held(8n, 3)]);
    });

    it('keeps cases of a shard until they are closed', async () => {
      const cases: IntakeCase[] = [
        { parkedId: 'a', topic: CHAIN.topic, offset: 7n },
        { parkedId: 'b', topic: CHAIN.topic, place: { ...CHAIN, seq: 2 } },
      ];
      const unit = await store.takeOver('w/0', false);
      await store.commit(commitOf(unit, { open: cases }));
      expect(await store.cases('w/0')).toEqual(cases);
      expect(await store.cases('w/1')).toEqual([]);
      await store.commit(commitOf({ ...unit, seq: 1 }, { close: ['a'] }));
      expect(await store.cases('w/0')).toEqual(cases.slice(1));
    });

    it('hands decisions from the shard that reads them to the one that has the case; the newest counts', async () => {
      const reader = await store.takeOver('w/0', false);
      const decided = [
        { parkedId: 'a', resolution: 'released' as const, action: '1' },
        { parkedId: 'a', resolution: 'discarded' as const, action: '2' },
      ];
      await store.commit(commitOf(reader, { decided }));
      expect(await store.decisions(['a', 'b'])).toEqual(decided.slice(1));
      const owner = await store.takeOver('w/1', false);
      await store.commit(commitOf(owner, { applied: ['a'] }));
      expect(await store.decisions(['a'])).toEqual([]);
    });
  });
}
