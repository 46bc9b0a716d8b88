import { parseArgs } from 'node:util';
import type { AnyMessage, Message, Topic } from '@voucherline/contracts';
import { readAbout } from '@voucherline/pipeline';
import { type CommandContext, CommandError } from '../../command.js';
import { type Published, readPublished } from '../../published.js';
import { evaluateAgain } from './evaluated-again.js';
import { findVouchers } from './find-vouchers.js';
import { sayRecorded } from './say-recorded.js';

const TOPICS: readonly Topic[] = ['approvals.events.v1', 'vouchers.commands.v1', 'vouchers.events.v1'];

/** `voucherline flow explain`: where each field of a written voucher came from. */
export async function explainVoucher(args: readonly string[], context: CommandContext): Promise<number> {
  const { positionals } = parseArgs({ args: [...args], allowPositionals: true, options: {} });
  const [asked] = positionals;
  if (asked === undefined) {
    throw new CommandError(
      'flow explain: name a voucher by its key, its number in the ERP, or a document or approval key',
    );
  }
  const broker = await context.broker();
  const { subject, keys } = await findVouchers(broker, asked);
  const published = await readPublished(broker);
  const history = (await readAbout(broker, subject, TOPICS)).map(({ message }) => message);
  for (const key of keys) sayVoucher(key, history, published, context);
  return 0;
}

function sayVoucher(key: string, history: readonly AnyMessage[], published: Published, context: CommandContext): void {
  const commands = history.filter((one) => one.type === 'PostVoucher').filter(({ data }) => data.voucherKey === key);
  const command = commands.at(-1);
  if (command === undefined) return;
  const { data } = command;
  context.say(`${key}  ${data.voucher} → ${data.target}  ${statusOf(key, history)}`);
  for (const [name, text] of headOf(command, commands.length, published)) context.say(`  ${name}  ${text}`);
  context.say('');
  sayRecorded(data, evaluateAgain(command, history, published), context);
  context.say('');
}

function headOf({ data, key }: Message<'PostVoucher'>, times: number, published: Published) {
  const { flow, members, accountingDate } = data;
  const form = members[0]?.revision ?? 0;
  const version = published.flows.get(flow.name)?.find(({ hash }) => hash === flow.hash);
  return [
    ['approval 审批   ', form === 0 ? key : `${key}, form ${form + 1} 第 ${form + 1} 版表单`],
    ['flow 流程       ', flow.name],
    ['version 版本    ', `${flow.hash}${version === undefined ? '' : ` published 发布于 ${version.publishedAt}`}`],
    ['date 记账日期   ', accountingDate],
    ...(times === 1
      ? []
      : [['commanded 次数  ', `${times} times, what was refused before is replaced; shown is the last 显示最后一次`]]),
  ] as const;
}

/** The newest word about a voucher. */
function statusOf(key: string, history: readonly AnyMessage[]): string {
  const last = history.findLast(({ type, data }) => {
    return type.startsWith('Voucher') && (data as { voucherKey?: string }).voucherKey === key;
  });
  switch (last?.type) {
    case 'VoucherConfirmed':
      return `${last.data.number} confirmed 已过账 (${last.data.document})`;
    case 'VoucherReversed':
      return 'reversed 已冲销';
    case 'VoucherCancelled':
      return `cancelled 已取消: ${last.data.reason}`;
    case 'VoucherRejected':
      return `refused 被拒绝: ${last.data.code} ${last.data.words}`;
    case 'VoucherHeld':
      return `held 已挂起: ${last.data.reason}`;
    case 'VoucherInDoubt':
      return 'in doubt 结果未知';
    default:
      return 'not confirmed yet 尚未过账';
  }
}
