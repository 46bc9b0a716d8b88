import { type AnyMessage, decode, encode } from '@voucherline/contracts';
import { MemoryBroker, MemoryLog, shardOf } from '@voucherline/pipeline';
import { beforeEach, describe, expect, it } from 'vitest';
import type { CommandContext } from '../command.js';
import { parked } from './parked.js';

const SHARDS = 4;

let now: number;
let log: MemoryLog;
let lines: string[];
let context: CommandContext;

beforeEach(() => {
  now = 1_700_000_000_000;
  log = new MemoryLog({ shards: SHARDS, now: () => now });
  lines = [];
  const broker = new MemoryBroker(log);
  context = {
    ...{ env: {}, signal: new AbortController().signal },
    say: (line) => void lines.push(line),
    note: () => {},
    broker: async () => broker,
  };
});

/** Parks a case of an approval; its message has the time of what caused it, which is not when it was parked. */
function park(
  subject: string,
  code: string,
  time = '2026-11-20T08:00:00Z',
  told = { reason: 'r', nextStep: 'n' },
): void {
  now += 1000;
  const data = { parkedId: `${subject}-${code}`, stage: 'transformer/plan', code };
  const message = { id: data.parkedId, source: 'test', type: 'MessageParked', key: subject, time };
  const whole = { ...message, data: { ...data, ...told, owner: 'finance' } } as AnyMessage;
  log.append([{ topic: 'operations.events.v1', partition: shardOf(subject, SHARDS), record: encode(whole) }]);
}
const released = () =>
  log.partition('operations.actions.v1', 0).map((record) => {
    const { type, data } = decode(record);
    return [type, (data as { subject: string }).subject];
  });
const release = (cause: string) => parked.run(['release', '--cause', cause, '--reason', 'rows added'], context);

describe('parked release --cause', () => {
  beforeEach(() => {
    park('third', 'mapping.no-code:cost-centres:研发部', '2026-11-23T08:00:00Z');
    park('other', 'mapping.no-code:cost-centres-old:研发部');
    park('first', 'mapping.no-code:cost-centres:市场部', '2026-11-21T08:00:00Z');
    park('second', 'mapping.no-code:cost-centres:研发部', '2026-11-22T08:00:00Z');
  });

  it('releases all of that cause in the order they were parked, whatever shard they are in', async () => {
    await release('mapping.no-code:cost-centres');
    expect(released()).toEqual(['third', 'first', 'second'].map((subject) => ['ParkedReleased', subject]));
  });

  it('takes a whole code, and its beginning with the colon too', async () => {
    await release('mapping.no-code:cost-centres:市场部');
    await release('mapping.no-code:cost-centres-old:');
    expect(released().map(([, subject]) => subject)).toEqual(['first', 'other']);
  });

  it.each(['mapping.no-code:cost', 'mapping', 'mapping.no-code:cost-centres:研发'])(
    'refuses %s, which ends inside a word',
    async (cause) => {
      await expect(release(cause)).rejects.toThrow(/nothing parked has the cause/);
      expect(released()).toEqual([]);
    },
  );

  it('refuses to go without an id and a cause', async () => {
    await expect(parked.run(['release', '--reason', 'x'], context)).rejects.toThrow(/name an id, or a cause/);
  });
});

describe('parked list', () => {
  it('shows the causes with their counts, the most frequent first', async () => {
    park('a', 'mapping.empty-field');
    park('b', 'mapping.no-code:cost-centres:研发部');
    park('c', 'mapping.no-code:cost-centres:研发部');
    await parked.run(['list'], context);
    const causes = lines.slice(lines.findIndex((line) => line.startsWith('cases')) + 1);
    expect(causes[0]).toMatch(/^2 +finance 财务 {2}mapping\.no-code:cost-centres:研发部$/);
    expect(causes[1]).toMatch(/^1 +finance 财务 {2}mapping\.empty-field$/);
  });

  it('of one cause lists its cases only', async () => {
    park('a', 'mapping.empty-field');
    park('b', 'mapping.no-code:cost-centres:研发部');
    await parked.run(['list', '--cause', 'mapping.no-code'], context);
    expect(lines.join('\n')).not.toContain('mapping.empty-field');
    expect(lines.join('\n')).toContain('mapping.no-code:cost-centres:研发部');
  });
});

describe('parked show', () => {
  it('tells why, whose it is and what to do, the English before the Chinese', async () => {
    const reason = 'Document 7 is gone. 单据已不存在。';
    park('a', 'posting.gone', undefined, { reason, nextStep: 'Find out why; then discard. 请查明原因，然后放弃。' });
    await parked.run(['show', 'a-'], context);
    expect(lines.slice(4, 7)).toEqual([
      'reason    原因   Document 7 is gone. 单据已不存在。 [posting.gone]',
      'owner     责任方 finance 财务',
      'next step 下一步 Find out why; then discard. 请查明原因，然后放弃。',
    ]);
  });
});

describe('parked release --replan', () => {
  it('of what waits for a day wants that day', async () => {
    park('a', 'mapping.period-ask:2026-11');
    const args = ['release', 'a-', '--replan', '--reason', 'closed'];
    await expect(parked.run(args, context)).rejects.toThrow(/asks for a day: add --date/);
    await parked.run([...args, '--date', '2026-12-01'], context);
    expect(released()).toEqual([['ReplanRequested', 'a']]);
  });
});
