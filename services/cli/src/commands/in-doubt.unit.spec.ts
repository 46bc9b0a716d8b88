import { type AnyMessage, decode, encode, type MessageTypes, topicOf } from '@voucherline/contracts';
import { MemoryBroker, MemoryLog, shardOf } from '@voucherline/pipeline';
import { beforeEach, describe, expect, it } from 'vitest';
import type { CommandContext } from '../command.js';
import { inDoubt } from './in-doubt.js';
import { parked } from './parked.js';

const SHARDS = 2;
const SUBJECT = 'dingtalk/corp/approval/1';
const KEY = '0123456789abcdef0123456789abcdef';
const of = { voucherKey: KEY, voucher: 'payment-bill', revision: 0, generation: 1, target: 'kingdee-hq' };

let log: MemoryLog;
let lines: string[];
let context: CommandContext;
let minute: number;

beforeEach(() => {
  log = new MemoryLog({ shards: SHARDS });
  lines = [];
  minute = 0;
  const broker = new MemoryBroker(log);
  const { signal } = new AbortController();
  context = { env: {}, signal, say: (line) => void lines.push(line), note: () => {}, broker: async () => broker };
});

function say<T extends keyof MessageTypes>(type: T, data: MessageTypes[T]): void {
  minute += 1;
  const time = new Date(Date.UTC(2026, 2, 31, 8, minute)).toISOString();
  const message = { id: `m${minute}`, source: 'test', type, key: SUBJECT, time, data } as unknown as AnyMessage;
  const topic = topicOf(type);
  log.append([{ topic, partition: shardOf(SUBJECT, SHARDS), record: encode(message) }]);
}
const doubted = () =>
  say('VoucherInDoubt', { ...of, step: 'create', since: '2026-03-31T08:00:00Z', reason: 'timeout' });
const looked = (...found: MessageTypes['VoucherLookedUp']['found']) => say('VoucherLookedUp', { ...of, found });
const held = () => say('VoucherHeld', { ...of, reason: 'r', owner: 'finance', nextStep: 'n', documents: [] });
const actions = () => log.partition('operations.actions.v1', 0).map(decode);
const listed = async () => {
  lines.splice(0);
  await inDoubt.run([], context);
  return lines.join('\n');
};

describe('in-doubt', () => {
  it('lists who is in doubt about what, with the look-ups made', async () => {
    doubted();
    looked();
    looked();
    looked({ document: 'kingdee-galaxy/1/GL_VOUCHER/7', stage: 'draft' });
    const text = await listed();
    expect(text).toContain(KEY);
    expect(text).toContain('since 2026-03-31T08:00:00Z, about "create": timeout');
    expect(text).toContain('2026-03-31T08:02:00.000Z to 2026-03-31T08:03:00.000Z, 2 times: nothing');
    expect(text).toContain('2026-03-31T08:04:00.000Z: kingdee-galaxy/1/GL_VOUCHER/7 (draft)');
  });

  it('says when there is none', async () => {
    say('VoucherConfirmed', {
      ...{ ...of, document: 'd', number: 'n' },
      evidence: { readAt: '', status: 'C', amount: { amount: '1', currency: 'CNY' }, contentSha256: '' },
    });
    expect(await listed()).toContain('no voucher is in doubt');
  });

  it('forgets what ended or was settled, and shows it again when it is held again', async () => {
    doubted();
    held();
    expect(await listed()).toContain('held 已挂起');
    say('VoucherDoubtSettled', { ...of, resolution: 'linked', document: '7', action: 'a' });
    expect(await listed()).toContain('no voucher is in doubt');
    held();
    expect(await listed()).toContain(KEY);
    say('VoucherCancelled', { ...of, reason: 'withdrawn' });
    expect(await listed()).toContain('no voucher is in doubt');
  });

  it('hands a document to the lane of the voucher, and says what happens next', async () => {
    doubted();
    await inDoubt.run(['link', '0123', '--document', 'kingdee-galaxy/1/GL_VOUCHER/7', '--reason', 'seen'], context);
    expect(actions()).toMatchObject([
      {
        type: 'DoubtResolved',
        data: { voucherKey: KEY, connection: 'kingdee-hq', subject: SUBJECT, resolution: 'linked', document: '7' },
      },
    ]);
    expect(lines.join('\n')).toMatch(/Next: it is read in the ERP[\s\S]*下一步/);
  });

  it('declares absent what a create may have made, and nothing else', async () => {
    doubted();
    await inDoubt.run(['absent', KEY, '--reason', 'searched', '--by', 'li'], context);
    expect(actions()).toMatchObject([{ data: { resolution: 'absent', by: 'li', reason: 'searched' } }]);
    say('VoucherInDoubt', { ...of, step: 'post', since: '2026-03-31T08:09:00Z', reason: 'timeout' });
    await expect(inDoubt.run(['absent', KEY, '--reason', 'x'], context)).rejects.toThrow(/about "post"/);
  });

  it.each([
    [['link', KEY, '--document', '7'], /--reason/],
    [['link', KEY, '--reason', 'x'], /--document/],
    [['absent', 'ffff', '--reason', 'x'], /begins with ffff/],
    [['forget', KEY], /not list, link or absent/],
  ])('refuses %j', async (args, words) => {
    doubted();
    await expect(inDoubt.run(args, context)).rejects.toThrow(words);
    expect(actions()).toEqual([]);
  });
});

describe('parked release --replan', () => {
  const park = (code: string) =>
    say('MessageParked', {
      ...{ parkedId: code, stage: 'erp-writer/post', connection: 'kingdee-hq', code },
      ...{ reason: 'r', owner: 'finance', nextStep: 'n' },
    });

  it('asks the planner for the subject anew, on the day that a person gives', async () => {
    park('posting.refused.MsgCode 11');
    const args = ['release', 'posting.refused', '--replan', '--date', '2026-04-01', '--reason', 'period', '--by', 'li'];
    await parked.run(args, context);
    expect(actions()).toMatchObject([
      {
        type: 'ReplanRequested',
        data: { subject: SUBJECT, accountingDate: '2026-04-01', by: 'li', reason: 'period' },
      },
    ]);
    expect(lines.join('\n')).toContain('下一步');
  });

  it.each(['mapping.period-ask:2026-03', 'mapping.period-closed:2026-03'])('gives %s its day', async (code) => {
    park(code);
    await parked.run(['release', code, '--replan', '--date', '2026-04-01', '--reason', 'March is closed'], context);
    expect(actions()).toMatchObject([
      { type: 'ReplanRequested', data: { subject: SUBJECT, accountingDate: '2026-04-01' } },
    ]);
  });

  it.each([
    ['posting.in-doubt', ['--replan'], /no refused voucher/],
    ['mapping.empty-field', ['--replan', '--date', '2026-04-01'], /lacks no open period/],
    ['posting.refused.X', ['--replan', '--date', '2026-02-30'], /give a day/],
    ['posting.refused.X', ['--date', '2026-04-01'], /goes with release --replan/],
  ])('refuses a case %s with %j', async (code, options, words) => {
    park(code);
    await expect(parked.run(['release', code, '--reason', 'x', ...options], context)).rejects.toThrow(words);
    expect(actions()).toEqual([]);
  });
});
