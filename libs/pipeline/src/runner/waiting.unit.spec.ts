import { type AnyMessage, decode, encode } from '@voucherline/contracts';
import { silentLogger } from '@voucherline/platform';
import { type CommitFault, MemoryStageStore, type StageCommit } from '@voucherline/store';
import { describe, expect, it } from 'vitest';
import type { OutgoingRecord } from '../broker.js';
import { followMasterData } from '../master-data/live.js';
import { MemoryBroker, MemoryLog } from '../memory/memory-broker.js';
import { SimulatedProcess, settle } from '../simulation/process.js';
import { readBySequence } from '../simulation/reader.js';
import { EVENTS, SHARDS } from '../simulation/sample-stage.js';
import { pulledTable, timedDocument, waitingStage } from '../simulation/waiting-stage.js';
import { stateHash } from './rebuild.js';

const USERS = 'oa/users';
const ROLES = 'oa/roles';

/** A process that runs a stage whose decisions wait for tables. */
class Bench {
  readonly log = new MemoryLog({ shards: SHARDS, batchSize: 1 });
  readonly stage = waitingStage();
  fault: (commit: StageCommit) => CommitFault = () => undefined;
  readonly store = new MemoryStageStore((commit) => this.fault(commit));
  process: SimulatedProcess | undefined;

  async start(): Promise<this> {
    this.process?.kill();
    const masterData = await followMasterData(new MemoryBroker(this.log), silentLogger);
    this.process = new SimulatedProcess({ ...this, masterData });
    await this.process.runner.start();
    await settle();
    return this;
  }

  async append(...records: readonly OutgoingRecord[]): Promise<void> {
    this.log.append(records);
    for (let times = 0; times < 10; times++) await settle();
  }

  /** What was told about a key, in words. */
  told(key: string): string[] {
    return (readBySequence(this.log, 'operations.events.v1').get(key) ?? []).map(({ type, data }) =>
      'code' in data ? `${type} ${data.code}` : `${type} ${'resolution' in data && data.resolution}`,
    );
  }

  said(key: string): string[] {
    return (readBySequence(this.log, EVENTS).get(key) ?? []).flatMap(({ data }) => ('step' in data ? [data.step] : []));
  }

  /** Messages of one partition, in the order of the log. */
  ofShard(shard: number): AnyMessage[] {
    return this.log.partition(EVENTS, shard).map(decode);
  }

  async rebuild(): Promise<void> {
    for (let shard = 0; shard < SHARDS; shard++) await this.process?.runner.rebuild(shard);
    await settle();
  }
}

const keys = (count: number) => Array.from({ length: count }, (_, n) => `key-${n}`);

describe('a decision that waits for a table', () => {
  it('is made when the table is complete, in the order of parking, by the word of the message that made it so', async () => {
    const bench = await new Bench().start();
    const waiting = keys(12);
    // The later key came first, so neither the order of keys nor that of states is theirs.
    const documents = waiting.map((key, n) => timedDocument(key, 1, `${USERS}@`, 12 - n)).reverse();
    await bench.append(...documents, timedDocument('other', 1, `${ROLES}@`));
    expect(bench.told('key-3')).toEqual([`MessageParked sample.pending:${USERS}`]);
    await bench.append(...pulledTable(USERS).slice(0, -1));
    expect(bench.said('key-3')).toEqual([]);

    await bench.append(...pulledTable(USERS));
    for (const key of waiting) {
      expect(bench.said(key)).toEqual([`${USERS}@`]);
      expect(bench.told(key)).toEqual([`MessageParked sample.pending:${USERS}`, 'ParkedResolved released']);
    }
    const pulled = pulledTable(USERS).at(-1)?.record.headers.ce_id;
    for (let shard = 0; shard < SHARDS; shard++) {
      const said = bench.ofShard(shard);
      expect(said.length).toBeGreaterThan(2);
      expect(said.map(({ key }) => key)).toEqual(
        waiting.filter((key) => said.some((one) => one.key === key)).reverse(),
      );
      expect(new Set(said.map(({ causation }) => causation))).toEqual(new Set([pulled]));
    }
    expect(bench.said('other')).toEqual([]);
  });

  it('is made at the start when the table became complete while no process ran', async () => {
    const bench = await new Bench().start();
    await bench.append(timedDocument('a', 1, `${USERS}@`), timedDocument('b', 1, `${ROLES}@`));
    bench.process?.kill();
    await bench.append(...pulledTable(USERS));
    expect(bench.said('a')).toEqual([]);
    await bench.start();
    expect(bench.said('a')).toEqual([`${USERS}@`]);
    expect(bench.said('b')).toEqual([]);
  });

  it('waits for the next table when it needs another one, and is made at once when it is complete already', async () => {
    const bench = await new Bench().start();
    await bench.append(timedDocument('a', 1, `${USERS}@`), timedDocument('a', 2, `${ROLES}@`));
    await bench.append(...pulledTable(USERS));
    expect(bench.told('a')).toEqual([
      `MessageParked sample.pending:${USERS}`,
      'ParkedResolved released',
      `MessageParked sample.pending:${ROLES}`,
    ]);
    await bench.append(...pulledTable(ROLES));
    expect(bench.said('a')).toEqual([`${USERS}@`, `${ROLES}@`]);
    await bench.append(timedDocument('late', 1, `${USERS}@`));
    expect(bench.told('late')).toEqual([]);
  });

  it('does not keep others waiting', async () => {
    const bench = await new Bench().start();
    const waiting = keys(600);
    await bench.append(...waiting.map((key) => timedDocument(key, 1, `${USERS}@`)));
    const others = keys(8).map((key) => `other-${key}`);
    bench.log.append([...pulledTable(USERS), ...others.map((key) => timedDocument(key, 1, 'd'))]);
    for (let times = 0; times < 20; times++) await settle();
    for (let shard = 0; shard < SHARDS; shard++) {
      const said = bench.ofShard(shard);
      // One that comes has its turn while most of those that waited are still to come.
      const first = said.findIndex(({ key }) => others.includes(key));
      expect(first).toBeGreaterThanOrEqual(0);
      expect(first).toBeLessThan(said.length / 2);
    }
    const said = readBySequence(bench.log, EVENTS);
    expect(waiting.filter((key) => !said.has(key))).toEqual([]);
  });

  it('is passed over when it was decided or discarded meanwhile', async () => {
    const bench = await new Bench().start();
    await bench.append(timedDocument('a', 1, `${USERS}@`));
    const parked = readBySequence(bench.log, 'operations.events.v1').get('a')?.[0];
    const parkedId = parked?.type === 'MessageParked' ? parked.data.parkedId : '';
    const data = { parkedId, stage: bench.stage.name, subject: 'a', by: 'x', reason: 'y' };
    const action = { id: 'act', source: 'cli', key: 'action', time: '', type: 'ParkedDiscarded' as const, data };
    await bench.append({ topic: 'operations.actions.v1', partition: 0, record: encode({ ...action, time: 't' }) });
    expect(await bench.store.waiting(`${bench.stage.name}/0`)).toEqual([]);
    await bench.append(...pulledTable(USERS));
    expect(bench.told('a')).toEqual([`MessageParked sample.pending:${USERS}`, 'ParkedResolved discarded']);
    await bench.append(timedDocument('a', 2, 'd'));
    expect(bench.said('a')).toEqual([`${USERS}@`, 'd']);
  });

  it('that something made meanwhile, while others had their turn, is not made again', async () => {
    const bench = await new Bench().start();
    const waiting = keys(160);
    await bench.append(...waiting.map((key, n) => timedDocument(key, 1, `${USERS}@`, n)));
    const last = waiting.slice(-8);
    bench.log.append([...pulledTable(USERS), ...last.map((key) => timedDocument(key, 2, 'd'))]);
    for (let times = 0; times < 20; times++) await settle();
    // Some of the last are decided by what came, the others in their turn.
    expect(last.map((key) => bench.told(key)[1])).toContain('ParkedResolved superseded');
    for (const key of [...waiting.slice(0, 8), ...last]) {
      expect(bench.told(key)).toHaveLength(2);
      expect(bench.said(key)).toEqual(last.includes(key) ? [`${USERS}@`, 'd'] : [`${USERS}@`]);
    }
  });

  it('waits the same after a rebuild, which decides nothing', async () => {
    const bench = await new Bench().start();
    await bench.append(...keys(6).map((key, n) => timedDocument(key, 1, `${USERS}@`, 6 - n)));
    const waiting = async () => {
      const units = Array.from({ length: SHARDS }, (_, shard) => bench.store.waiting(`${bench.stage.name}/${shard}`));
      return (await Promise.all(units)).flat();
    };
    const [before, hash] = [await waiting(), await stateHash(bench.store, bench.stage.name, SHARDS)];
    expect(before).toHaveLength(6);
    await bench.rebuild();
    expect(await waiting()).toEqual(before);
    expect(await stateHash(bench.store, bench.stage.name, SHARDS)).toBe(hash);
    await bench.append(...pulledTable(USERS));
    expect(await waiting()).toEqual([]);
    expect(bench.said('key-0')).toEqual([`${USERS}@`]);
  });

  it('is told of and passed over when the database refuses what it comes to; its neighbours are made', async () => {
    const bench = await new Bench().start();
    const all = keys(6);
    await bench.append(...all.map((key) => timedDocument(key, 1, `${USERS}@`)));
    bench.fault = ({ states }) => (states.some(({ key }) => key === 'key-2') ? 'refused' : undefined);
    await bench.append(...pulledTable(USERS));
    expect(all.filter((key) => bench.said(key).length > 0)).toEqual(all.filter((key) => key !== 'key-2'));
  });
});
