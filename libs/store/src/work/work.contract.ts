import { beforeEach, describe, expect, it } from 'vitest';
import {
  ChangeRefused,
  type Claimed,
  type LaneChange,
  type Lease,
  StaleLease,
  type TakenLane,
  type Unsequenced,
  type WorkStore,
} from './work-store.js';

/** Effects of the suite: `refuse` makes the commit fail. */
export type TestEffect = 'fine' | 'refuse';

export interface WorkStoreUnderTest {
  /** A store of another process on the same tables. */
  open(process: string): WorkStore<TestEffect>;
  /** Puts a message into a lane's mailbox, as an intake does. */
  deliver(connection: string, key: string, message: string): Promise<void>;
  /** Lets the time pass for which a process has been silent. */
  silence(process: string, ms: number): Promise<void>;
  /** Lets the database's clock reach this many ms from now. */
  pass(ms: number): Promise<void>;
}

const TTL_MS = 15_000;
const EVERYTHING = { lanes: 100, perConnection: 100, mailPerLane: 100, busy: [], inMemory: [] };

const keys = (lanes: readonly { key: string }[]) => lanes.map(({ key }) => key).sort();
const texts = (lane: TakenLane | undefined) => lane?.mail.map(({ message }) => message);

function settled(lane: TakenLane, change: Partial<LaneChange<TestEffect>> = {}): LaneChange<TestEffect> {
  const { connection, epoch, key, arrived: seen, state, cause, parked } = lane;
  const said = { messages: [], mail: [], effects: [] };
  return {
    connection,
    epoch,
    key,
    state,
    cause,
    parked,
    seen,
    consumedUpTo: 0,
    due: null,
    drop: false,
    ...said,
    ...change,
  };
}

function confirmed(id: string, key = 'd/1', source = 'w/p/a'): Unsequenced {
  const data = { writeBackKey: id, document: key };
  return { id, source, type: 'WriteBackDone', key, time: '2026-01-01T00:00:00Z', data };
}

/** What every implementation of the work store promises. */
export function workStoreContract(name: string, start: () => Promise<WorkStoreUnderTest>): void {
  describe(name, () => {
    let db: WorkStoreUnderTest;
    let store: WorkStore<TestEffect>;
    const commit = (...changes: LaneChange<TestEffect>[]) => store.commit(changes);
    const take = async (want: Partial<typeof EVERYTHING> | object = {}) =>
      (await store.take({ ...EVERYTHING, ...want })).lanes;
    const takeOne = async (): Promise<TakenLane> => {
      const [lane] = await take();
      if (lane === undefined) throw new Error('no lane was due');
      return lane;
    };
    const claimAs = async (process: string, atMost = 100): Promise<[WorkStore<TestEffect>, readonly Claimed[]]> => {
      const other = db.open(process);
      await other.renew();
      return [other, await other.claim(atMost, TTL_MS)];
    };

    beforeEach(async () => {
      db = await start();
      [store] = await claimAs('p1', 0);
    });
    const claim = () => store.claim(100, TTL_MS);

    it('takes nothing of connections that this process does not lease', async () => {
      await db.deliver('c', 'd/1', 'm1');
      expect(await take()).toEqual([]);
      await claim();
      expect(await take()).toMatchObject([{ connection: 'c', epoch: 1, key: 'd/1', state: null, arrived: 1 }]);
    });

    it('hands out mail in order of arrival and forgets what is consumed', async () => {
      for (const message of ['m1', 'm2', 'm3']) await db.deliver('c', 'd/1', message);
      await claim();
      const lane = await takeOne();
      expect(lane.mail).toEqual([
        { n: 1, message: 'm1' },
        { n: 2, message: 'm2' },
        { n: 3, message: 'm3' },
      ]);
      await commit(settled(lane, { state: '{"a":1}', consumedUpTo: 2, due: 0, cause: 'why', parked: 'case' }));
      const again = await takeOne();
      expect(again).toMatchObject({ state: '{"a":1}', cause: 'why', parked: 'case', arrived: 3 });
      expect(texts(again)).toEqual(['m3']);
    });

    it('cuts long mailboxes at the oldest messages', async () => {
      for (const message of ['m1', 'm2', 'm3']) await db.deliver('c', 'd/1', message);
      await claim();
      const [lane] = await take({ mailPerLane: 2 });
      expect(texts(lane)).toEqual(['m1', 'm2']);
      expect(lane?.arrived).toBe(3);
    });

    it('shows a lane again when its time has come, and not before', async () => {
      await db.deliver('c', 'd/1', 'm1');
      await claim();
      const { nextDueMs } = await commit(settled(await takeOne(), { consumedUpTo: 1, due: 400 }));
      expect(nextDueMs).toBe(400);
      expect(await take()).toEqual([]);
      const idle = await store.take(EVERYTHING);
      expect(idle.nextDueMs).toBeGreaterThan(0);
      expect(idle.nextDueMs).toBeLessThanOrEqual(400);
      await db.pass(400);
      expect(keys(await take())).toEqual(['d/1']);
    });

    it('lets a lane without a due time sleep until mail comes', async () => {
      await db.deliver('c', 'd/1', 'm1');
      await claim();
      await commit(settled(await takeOne(), { consumedUpTo: 1, due: null }));
      expect(await store.take(EVERYTHING)).toEqual({ lanes: [], nextDueMs: null });
      await db.deliver('c', 'd/1', 'm2');
      expect(texts(await takeOne())).toEqual(['m2']);
    });

    it('loses no wake-up: mail that came while the lane was worked on makes it due at once', async () => {
      await db.deliver('c', 'd/1', 'm1');
      await claim();
      const lane = await takeOne();
      await db.deliver('c', 'd/1', 'm2');
      expect(await take({ inMemory: [lane] })).toEqual([]);
      const { nextDueMs } = await commit(settled(lane, { consumedUpTo: 1, due: 3_600_000 }));
      expect(nextDueMs).toBe(0);
      expect(texts(await takeOne())).toEqual(['m2']);
    });

    it('looks past lanes in memory, and shows them to a successor', async () => {
      await db.deliver('c', 'd/1', 'm1');
      await db.deliver('c', 'd/2', 'm2');
      await claim();
      const inMemory = await take();
      expect(keys(inMemory)).toEqual(['d/1', 'd/2']);
      expect(await take({ inMemory })).toEqual([]);
      await commit(...inMemory.map((lane) => settled(lane, { state: '{}', due: 'held' })));
      expect(await take({ inMemory })).toEqual([]);
      await store.leave();
      const [other] = await claimAs('p2');
      const seen = (await other.take(EVERYTHING)).lanes;
      expect(seen.map(({ key, state, epoch }) => [key, state, epoch])).toEqual([
        ['d/1', '{}', 2],
        ['d/2', '{}', 2],
      ]);
    });

    it('finds a new lane of a connection whose other lanes are all in memory', async () => {
      await db.deliver('c', 'd/1', 'm1');
      await claim();
      const inMemory = await take();
      await take({ inMemory });
      await db.deliver('c', 'd/2', 'm2');
      expect(keys(await take({ inMemory }))).toEqual(['d/2']);
    });

    it('shares its room among the connections that have work, and leaves out busy ones', async () => {
      for (const connection of ['a', 'b', 'c']) {
        for (const key of ['1', '2', '3']) await db.deliver(connection, key, 'm');
      }
      await claim();
      const lanes = await take({ lanes: 6 });
      expect(lanes.map(({ connection }) => connection).sort()).toEqual(['a', 'a', 'b', 'b', 'c', 'c']);
      const rest = await take({ inMemory: lanes, busy: ['a'] });
      expect(rest.map(({ connection }) => connection).sort()).toEqual(['b', 'c']);
      expect((await take({ inMemory: lanes })).map(({ connection }) => connection)).toContain('a');
    });

    it('deletes a lane that has nothing left to know, but not one with mail', async () => {
      await db.deliver('c', 'd/1', 'm1');
      await claim();
      await commit(settled(await takeOne(), { state: '{"old":1}', consumedUpTo: 1, drop: true }));
      await db.deliver('c', 'd/1', 'm2');
      const lane = await takeOne();
      expect(lane).toMatchObject({ state: null, arrived: 1 });
      await db.deliver('c', 'd/1', 'm3');
      await commit(settled(lane, { consumedUpTo: 1, drop: true }));
      expect(texts(await takeOne())).toEqual(['m3']);
    });

    it('puts mail into other lanes of the connection, with the commit', async () => {
      await db.deliver('c', 'sweep', 'm1');
      await claim();
      const mail = [
        { key: 'd/2', message: 'found d/2' },
        { key: 'd/1', message: 'found d/1' },
        { key: 'd/1', message: 'found it twice' },
      ];
      await commit(settled(await takeOne(), { consumedUpTo: 1, mail }));
      const lanes = await take();
      expect(keys(lanes)).toEqual(['d/1', 'd/2']);
      expect(texts(lanes.find(({ key }) => key === 'd/1'))).toEqual(['found d/1', 'found it twice']);
    });

    it('numbers what is said by source, topic and key, and keeps it until it is acknowledged', async () => {
      await db.deliver('c', 'd/1', 'm1');
      await db.deliver('c', 'd/2', 'm1');
      await claim();
      const [one, two] = await take();
      if (one === undefined || two === undefined) throw new Error('two lanes were expected');
      const first = await commit(
        settled(one, { messages: [confirmed('1'), confirmed('2'), confirmed('3', 'd/9')], due: 0 }),
        settled(two, { messages: [confirmed('4'), confirmed('5', 'd/1', 'w/p/b')], due: 0 }),
      );
      const sequences = first.said.map(({ records }) => records.map(({ record }) => record.headers.ce_sequence));
      expect(sequences).toEqual([['1', '2', '1', '3', '1']]);
      const second = await commit(settled(await takeOne(), { messages: [confirmed('6')] }));
      expect(second.said[0]?.records[0]?.record.headers.ce_sequence).toBe('4');

      await store.note(
        [],
        first.said.map(({ id }) => id),
      );
      await store.leave();
      const [, [claimed]] = await claimAs('p2');
      expect(claimed?.left).toEqual(second.said);
    });

    it('refuses what would not fit the log, and commits nothing of it', async () => {
      await db.deliver('c', 'd/1', 'm1');
      await claim();
      const large = { ...confirmed('1'), data: { writeBackKey: 'x'.repeat(1_000_000), document: 'd' } } as Unsequenced;
      await expect(commit(settled(await takeOne(), { state: '{}', messages: [large] }))).rejects.toThrow(ChangeRefused);
      await db.deliver('c', 'd/1', 'm2');
      expect((await takeOne()).state).toBeNull();
    });

    it('commits effects with the change, or neither', async () => {
      await db.deliver('c', 'd/1', 'm1');
      await claim();
      await expect(commit(settled(await takeOne(), { state: '1', effects: ['fine', 'refuse'] }))).rejects.toThrow(
        ChangeRefused,
      );
      await db.deliver('c', 'd/1', 'm2');
      const lane = await takeOne();
      expect(lane.state).toBeNull();
      await commit(settled(lane, { state: '2', effects: ['fine'], due: 0 }));
      expect((await takeOne()).state).toBe('2');
    });

    it('lets only one process hold a lease', async () => {
      for (const connection of ['a', 'b', 'c']) await db.deliver(connection, 'd', 'm');
      const [, mine] = await claimAs('p2', 2);
      expect(mine).toHaveLength(2);
      expect(await claim()).toHaveLength(1);
      expect(await store.census(TTL_MS)).toEqual({ leases: 3, processes: 2 });
    });

    it('gives up leases that it does not know to be its own, and is not counted after it has left', async () => {
      await db.deliver('c', 'd/1', 'm1');
      const [other] = await claimAs('p2');
      await other.giveUpAll();
      expect(await claim()).toMatchObject([{ connection: 'c', epoch: 2 }]);
      await other.leave();
      expect(await store.census(TTL_MS)).toEqual({ leases: 1, processes: 1 });
    });

    it('refuses the settle of a process whose lease was taken over, and names the connection', async () => {
      await db.deliver('c', 'd/1', 'm1');
      await db.deliver('other', 'd/1', 'm1');
      const [lease] = await store.claim(1, TTL_MS);
      const lane = await takeOne();
      await db.silence('p1', TTL_MS + 1);
      const [other, taken] = await claimAs('p2');
      expect(taken).toContainEqual({ ...lease, epoch: 2, takenOver: true, left: [] });
      const refused = commit(settled(lane, { state: '{"lost":1}', consumedUpTo: 1, messages: [confirmed('1')] }));
      await expect(refused).rejects.toThrow(StaleLease);
      await expect(refused).rejects.toMatchObject({ connections: [lane.connection] });
      const seen = (await other.take(EVERYTHING)).lanes.find(({ connection }) => connection === lane.connection);
      expect(seen).toMatchObject({ state: null, mail: [{ n: 1 }] });
    });

    it('lets a process that is silent too long claim nothing', async () => {
      await db.deliver('c', 'd/1', 'm1');
      await db.silence('p1', TTL_MS + 1);
      expect(await claim()).toEqual([]);
    });

    it('gives leases up, and only those that are held', async () => {
      await db.deliver('c', 'd/1', 'm1');
      const [lease] = await claim();
      await store.giveUp([{ ...(lease as Lease), epoch: 7 }]);
      expect((await claimAs('p2'))[1]).toEqual([]);
      await store.giveUp([lease as Lease]);
      expect((await claimAs('p2'))[1]).toMatchObject([{ connection: 'c', epoch: 2, takenOver: false }]);
    });

    it('takes nothing of a connection that rests, whatever arrives, until the rest ends', async () => {
      await db.deliver('c', 'd/1', 'm1');
      const [lease] = await claim();
      await store.rest(lease as Lease, 500);
      await db.deliver('c', 'd/2', 'm2');
      expect(await take()).toEqual([]);
      await store.rest(lease as Lease, 0);
      expect(keys(await take())).toEqual(['d/1', 'd/2']);
      await store.rest(lease as Lease, 300);
      await db.pass(300);
      expect(keys(await take())).toEqual(['d/1', 'd/2']);
    });

    it('lets a rest end with the lease', async () => {
      await db.deliver('c', 'd/1', 'm1');
      const [lease] = await claim();
      await store.rest(lease as Lease, 3_600_000);
      await store.leave();
      const [other] = await claimAs('p2');
      expect((await other.take(EVERYTHING)).lanes).toHaveLength(1);
    });

    it('adds up calls by day', async () => {
      const call = { connection: 'c', finish: 2, sweep: 1 };
      const spent = [
        { ...call, day: '2026-01-01' },
        { ...call, day: '2026-01-02' },
        { ...call, connection: 'd', day: '2026-01-02' },
      ];
      await store.note(spent, []);
      await store.note(spent.slice(1, 2), []);
      expect(await store.spent(['c'], '2026-01-02')).toEqual([
        { connection: 'c', day: '2026-01-02', finish: 4, sweep: 2 },
      ]);
      expect(await store.spent(['c', 'd'], '2026-01-01')).toHaveLength(3);
    });

    it('counts what is due, leased here or by nobody', async () => {
      await db.deliver('a', 'd/1', 'm');
      await claim();
      await db.deliver('a', 'd/2', 'm');
      await db.deliver('b', 'd/1', 'm');
      await db.pass(50);
      const backlog = await store.backlog();
      expect(backlog.map(({ connection, lanes }) => [connection, lanes]).sort()).toEqual([
        ['a', 2],
        ['b', 1],
      ]);
      expect(Math.min(...backlog.map(({ oldestMs }) => oldestMs))).toBeGreaterThanOrEqual(50);
    });
  });
}
