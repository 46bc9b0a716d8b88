import { type AnyMessage, encode, type Topic } from '@voucherline/contracts';
import { silentLogger } from '@voucherline/platform';
import { describe, expect, it } from 'vitest';
import { MemoryBroker, MemoryLog } from '../memory/memory-broker.js';
import { shardOf } from '../shard-of.js';
import { followMasterData } from './live.js';
import { masterDataMessages, masterDataOf } from './master-data-of.js';

const SHARDS = 4;
const TOPIC: Topic = 'masterdata.entries.v1';
const outgoing = (message: AnyMessage) => {
  return { topic: TOPIC, partition: shardOf(message.key, SHARDS), record: encode(message) };
};
const departments = masterDataMessages('oa/departments', [{ code: 'd1', name: 'Sales' }]).map(outgoing);
const users = masterDataMessages('oa/users', [{ code: 'u1' }, { code: 'u2' }]).map(outgoing);

describe('followMasterData', () => {
  it('knows what is on all partitions before it resolves, and what comes after', async () => {
    const log = new MemoryLog({ shards: SHARDS });
    log.append([...departments, ...users.slice(0, 2)]);
    const masterData = await followMasterData(new MemoryBroker(log), silentLogger);
    const rows = masterData.find('oa/departments', [{ column: 'name', value: 'Sales' }], '2026-02-02');
    expect(rows).toEqual({ kind: 'rows', rows: [{ columns: { code: 'd1', name: 'Sales' } }] });
    expect(masterData.find('oa/users', [], '2026-02-02').kind).toBe('pending');
    log.append(users);
    expect(masterData.find('oa/users', [], '2026-02-02')).toMatchObject({ rows: { length: 2 } });
    await masterData.close();
  });

  it('tells once when a table became complete, until the listener leaves', async () => {
    const log = new MemoryLog({ shards: SHARDS });
    const masterData = await followMasterData(new MemoryBroker(log), silentLogger);
    const completed: string[] = [];
    const leave = masterData.onComplete((table) => completed.push(table));
    log.append([...departments, ...departments]);
    expect(completed).toEqual(['oa/departments']);
    leave();
    log.append(users);
    expect(completed).toEqual(['oa/departments']);
  });

  it('passes over what can not be read', async () => {
    const log = new MemoryLog({ shards: SHARDS });
    const [broken] = users;
    if (broken === undefined) throw new Error('no message');
    log.append([{ ...broken, record: { ...broken.record, value: Buffer.from('{') } }, ...departments]);
    const masterData = await followMasterData(new MemoryBroker(log), silentLogger);
    expect(masterData.find('oa/departments', [], '2026-02-02').kind).toBe('rows');
    expect(masterData.find('oa/users', [], '2026-02-02').kind).toBe('unknown');
  });
});

describe('masterDataOf', () => {
  it('is the master data with these tables', () => {
    const masterData = masterDataOf({ 'oa/departments': [{ code: 'd1' }], 'oa/users': [] });
    expect(masterData.find('oa/departments', [], '2026-02-02')).toMatchObject({ rows: { length: 1 } });
    expect(masterData.find('oa/users', [], '2026-02-02')).toEqual({ kind: 'rows', rows: [] });
    expect(masterData.find('oa/roles', [], '2026-02-02').kind).toBe('unknown');
  });
});
