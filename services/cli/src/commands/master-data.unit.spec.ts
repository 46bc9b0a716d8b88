import { type AnyMessage, decode, encode, topicOf } from '@voucherline/contracts';
import { MemoryBroker, MemoryLog, shardOf } from '@voucherline/pipeline';
import { beforeEach, expect, it } from 'vitest';
import type { CommandContext } from '../command.js';
import { masterData } from './master-data.js';

const SHARDS = 4;

let log: MemoryLog;
let lines: string[];
let context: CommandContext;

beforeEach(() => {
  log = new MemoryLog({ shards: SHARDS, now: () => 0 });
  lines = [];
  const broker = new MemoryBroker(log);
  context = {
    ...{ env: {}, signal: new AbortController().signal },
    say: (line) => void lines.push(line),
    note: () => {},
    broker: async () => broker,
  };
  const content = { name: 'kingdee-hq', settings: { masterData: ['accounts', 'departments'] } };
  say('ConnectionPublished', 'kingdee-hq', { name: 'kingdee-hq', hash: 'h', content });
});

function say(type: AnyMessage['type'], key: string, data: object): void {
  const message = { id: `${type} ${key}`, source: 'test', type, key, time: '2026-11-20T08:00:00Z', data } as AnyMessage;
  const partition = type === 'ConnectionPublished' ? 0 : shardOf(key, SHARDS);
  log.append([{ topic: topicOf(type), partition, record: encode(message) }]);
}

const asked = () => log.partition('operations.actions.v1', 0).map((record) => decode(record));

it('shows of each table that a connection pulls when it was read', async () => {
  const table = { connection: 'kingdee-hq', kind: 'accounts', startedAt: '2026-11-20T07:59:00Z', rows: 312 };
  say('MasterDataPulled', 'kingdee-galaxy/1/masterdata/accounts', table);
  expect(await masterData.run([], context)).toBe(0);
  expect(lines.slice(1)).toEqual([
    expect.stringMatching(/^kingdee-hq\/accounts +2026-11-20T07:59:00Z +312$/),
    expect.stringMatching(/^kingdee-hq\/departments +not yet/),
  ]);
});

it('asks for a table to be read now', async () => {
  await masterData.run(['pull', 'kingdee-hq/departments', '--reason', 'BM05 was made', '--by', 'wang'], context);
  const data = { connection: 'kingdee-hq', kind: 'departments', by: 'wang', reason: 'BM05 was made' };
  expect(asked()).toMatchObject([{ type: 'PullRequested', data }]);
});

it('refuses a table that nobody pulls, and names those there are', async () => {
  const pull = masterData.run(['pull', 'kingdee-hq/suppliers', '--reason', 'x'], context);
  await expect(pull).rejects.toThrow('no connection pulls "kingdee-hq/suppliers"; there are: kingdee-hq/accounts, kin');
  expect(asked()).toEqual([]);
});
