import { beforeEach, describe, expect, it } from 'vitest';
import { StaleOwner, type TakenUnit } from '../units/unit.js';
import type { CommitFault } from './memory-stage-store.js';
import type { HeldRecord, KeyedState, StageCommit, StageStore } from './stage-store.js';

/** A store and the means to make its next commit fail. */
export interface StageStoreUnderTest {
  readonly store: StageStore;
  failNext(fault: CommitFault): void;
}

/** What every implementation of the stage store promises. */
export function stageStoreContract(name: string, open: () => Promise<StageStoreUnderTest>): void {
  describe(name, () => {
    let store: StageStore;
    let failNext: StageStoreUnderTest['failNext'];
    beforeEach(async () => {
      ({ store, failNext } = await open());
    });

    it('gives a new unit an epoch of its own and nothing else', async () => {
      const { epoch, ...rest } = await store.takeOver('s/0');
      expect(epoch).toBe(1);
      expect(rest).toEqual({
        unit: 's/0',
        seq: 0,
        positions: '{}',
        lastIds: '{}',
        left: [],
        attempts: 0,
        attemptAt: null,
      });
    });

    it('keeps positions, ids, states and what was said, and hands all of it to the next owner', async () => {
      const owner = await store.takeOver('s/0');
      await store.commit(change(owner, { states: [{ key: 'b', state: '{"n":1}' }], outbox: Buffer.from('said') }));
      const next = await store.takeOver('s/0');
      expect(next).toMatchObject({ epoch: 2, seq: 1, positions: '{"t":"1"}', lastIds: '{"t":"id-1"}' });
      expect(next.left).toEqual([{ seq: 1, records: Buffer.from('said') }]);
      expect(await store.states('s/0', ['a', 'b'])).toEqual(new Map([['b', '{"n":1}']]));
    });

    it('forgets what was published with a later commit', async () => {
      const owner = await store.takeOver('s/0');
      await store.commit(change(owner, { outbox: Buffer.from('one') }));
      await store.commit(change({ ...owner, seq: 1 }, { outbox: Buffer.from('two') }));
      await store.commit(change({ ...owner, seq: 2 }, { published: 1 }));
      expect((await store.takeOver('s/0')).left).toEqual([{ seq: 2, records: Buffer.from('two') }]);
    });

    it('refuses the commit of an owner that was overtaken, and changes nothing', async () => {
      const paused = await store.takeOver('s/0');
      const owner = await store.takeOver('s/0');
      await store.commit(change(owner, { states: [{ key: 'k', state: 'new' }] }));
      const late = change(paused, { states: [{ key: 'k', state: 'old' }], outbox: Buffer.from('late') });
      await expect(store.commit(late)).rejects.toThrow(StaleOwner);
      await expect(store.beginAttempt(paused, 't/0')).rejects.toThrow(StaleOwner);
      expect(await store.states('s/0', ['k'])).toEqual(new Map([['k', 'new']]));
      expect((await store.takeOver('s/0')).left).toEqual([]);
    });

    it('takes each commit of an owner once', async () => {
      const owner = await store.takeOver('s/0');
      await store.commit(change(owner, { states: [{ key: 'k', state: '1' }] }));
      await expect(store.commit(change(owner, { states: [{ key: 'k', state: '1' }] }))).rejects.toThrow(StaleOwner);
    });

    it('changes nothing when a commit fails', async () => {
      const owner = await store.takeOver('s/0');
      failNext('not-committed');
      await expect(store.commit(change(owner, { states: [{ key: 'k', state: '1' }] }))).rejects.not.toThrow(StaleOwner);
      expect(await store.takeOver('s/0', true)).toMatchObject({ epoch: 2, seq: 0 });
      expect(await store.states('s/0', ['k'])).toEqual(new Map());
    });

    it('shows after a take-over whether a commit without an answer took place', async () => {
      const owner = await store.takeOver('s/0');
      failNext('committed-unanswered');
      await expect(store.commit(change(owner, { outbox: Buffer.from('said') }))).rejects.not.toThrow(StaleOwner);
      const again = await store.takeOver('s/0', true);
      expect(again).toMatchObject({ epoch: 2, seq: 1, positions: '{"t":"1"}' });
      expect(again.left).toHaveLength(1);
    });

    it('counts attempts until a commit, or until an owner that lived comes back', async () => {
      const first = await store.takeOver('s/0');
      await store.beginAttempt(first, 't/1');
      const second = await store.takeOver('s/0');
      expect(second).toMatchObject({ attempts: 1, attemptAt: 't/1' });
      await store.beginAttempt(second, 't/1');
      expect(await store.takeOver('s/0')).toMatchObject({ attempts: 2 });
      const alive = await store.takeOver('s/0', true);
      expect(alive).toMatchObject({ attempts: 0, attemptAt: null });
      await store.beginAttempt(alive, 't/2');
      await store.commit(change(alive));
      expect(await store.takeOver('s/0')).toMatchObject({ attempts: 0, attemptAt: null });
    });

    it('keeps held records byte for byte, by topic and offset, until they are let go', async () => {
      const owner = await store.takeOver('s/0');
      await store.commit(change(owner, { hold: [held('k', 12n), held('k', 5n), held('other', 7n)] }));
      expect(await store.held('s/0', ['k'])).toEqual([held('k', 5n), held('k', 12n)]);
      await store.commit(change({ ...owner, seq: 1 }, { unhold: [{ topic: 't', offset: 5n }] }));
      expect(await store.held('s/0', ['k'])).toEqual([held('k', 12n)]);
      expect(await store.held('s/1', ['k'])).toEqual([]);
    });

    it('lists keys that wait, the longest waiting first, until they are kept without that', async () => {
      const owner = await store.takeOver('s/0');
      const waits = (what: string, since: string) => ({ waits: { for: what, since } });
      const states = [
        { key: 'b', state: '1', ...waits('oa/users', '2026-01-02T00:00:00Z') },
        { key: 'c', state: '1', ...waits('oa/departments', '2026-01-01T00:00:00Z') },
        { key: 'a', state: '1', ...waits('oa/users', '2026-01-02T00:00:00Z') },
        { key: 'd', state: '1' },
      ];
      await store.commit(change(owner, { states }));
      expect(await store.waiting('s/0')).toEqual([
        { key: 'c', waitsFor: 'oa/departments' },
        { key: 'a', waitsFor: 'oa/users' },
        { key: 'b', waitsFor: 'oa/users' },
      ]);
      expect(await store.waiting('s/1')).toEqual([]);
      await store.commit(change({ ...owner, seq: 1 }, { states: ['c', 'a'].map((key) => ({ key, state: '2' })) }));
      expect(await store.waiting('s/0')).toEqual([{ key: 'b', waitsFor: 'oa/users' }]);
      await store.commit(change({ ...owner, seq: 2 }, { reset: true }));
      expect(await store.waiting('s/0')).toEqual([]);
    });

    it('forgets a shard when it is to be folded again, and no other', async () => {
      const owner = await store.takeOver('s/0');
      const other = await store.takeOver('s/1');
      const full = { states: [{ key: 'k', state: '1' }], hold: [held('k', 5n)] };
      await store.commit(change(owner, full));
      await store.commit(change(other, full));
      await store.commit(change({ ...owner, seq: 1 }, { reset: true, states: [{ key: 'l', state: '2' }] }));
      expect(await all(store, 's/0')).toEqual([{ key: 'l', state: '2' }]);
      expect(await store.held('s/0', ['k'])).toEqual([]);
      expect(await all(store, 's/1')).toEqual([{ key: 'k', state: '1' }]);
      expect(await store.held('s/1', ['k'])).toHaveLength(1);
    });

    it('lists states by key, in an order that no locale changes', async () => {
      const owner = await store.takeOver('s/0');
      const keys = ['é', 'a', 'B', '费用', 'a/b'];
      await store.commit(change(owner, { states: keys.map((key) => ({ key, state: key })) }));
      expect((await all(store, 's/0')).map(({ key }) => key)).toEqual(['B', 'a', 'a/b', 'é', '费用']);
    });
  });
}

function change(owner: Pick<TakenUnit, 'unit' | 'epoch' | 'seq'>, more: Partial<StageCommit> = {}): StageCommit {
  const { unit, epoch, seq } = owner;
  const fixed = { positions: `{"t":"${seq + 1}"}`, lastIds: `{"t":"id-${seq + 1}"}`, published: 0 };
  return { unit, epoch, seq, ...fixed, states: [], hold: [], unhold: [], ...more };
}

function held(key: string, offset: bigint): HeldRecord {
  const value = Buffer.from([0, 255, 34, 92]);
  return { key, record: { topic: 't', partition: 0, offset, timestamp: 17, key, headers: { h: 'a\0b' }, value } };
}

async function all(store: StageStore, unit: string): Promise<Pick<KeyedState, 'key' | 'state'>[]> {
  const rows: Pick<KeyedState, 'key' | 'state'>[] = [];
  for await (const row of store.allStates(unit)) rows.push(row);
  return rows;
}
