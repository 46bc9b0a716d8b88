import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { inBoth, type ParkedReleased, type ReplanRequested } from '@voucherline/contracts';
import type { Broker } from '@voucherline/pipeline';
import { publishAction } from '../actions.js';
import { type Command, type CommandContext, CommandError } from '../command.js';
import { causesOf, isOfCause, type ParkedCase, waitingCases } from '../parked-cases.js';
import { table } from '../table.js';

/** Cases of refused vouchers, of those that would come out the same again, and of days for which no period is open. */
const REPLANNED = /^(posting\.refused\.|replan\.|mapping\.period-)/;

/** Who mends it, as people say it. */
const OWNERS: Readonly<Record<ParkedCase['data']['owner'], string>> = {
  finance: inBoth('finance', '财务'),
  administrator: inBoth('administrator', '管理员'),
  operations: inBoth('operations', '运维'),
};

/** Cases that wait for a person to name the day. */
const ASKS_FOR_DAY = /^mapping\.period-ask(:|$)/;

/** `voucherline parked …`: what was set aside for a person, and what a person decides about it. */
export const parked: Command = {
  name: 'parked',
  summary: 'list, show, release or discard what waits for a person',
  help: `voucherline parked list [--cause <cause>]
voucherline parked show <id>
voucherline parked release <id> | --cause <cause>   --reason "what was mended" [--by <name>]
voucherline parked release <id> | --cause <cause>   --replan [--date YYYY-MM-DD] --reason "what was mended" [--by <name>]
voucherline parked discard <id>                     --reason "why it is not needed" [--by <name>]

The beginning of an id is enough. A cause is a code as the list shows it, or the beginning of codes up to a colon:
mapping.no-code:cost-centres is all that waits for a row of that table. Cases are released in the order in which they were parked.
A release is tried again by the service that parked it; what waited behind follows in order.
--replan: a refused voucher is made anew by the flow as it is in force now, after its mapping or a code table was mended;
--date gives it another accounting date. The refused one is cancelled first, so that one voucher is posted. What is parked because
its period is closed takes the date the same way.
--cause：按原因批量放行（例如补全编码表后，放行所有等待该表的单据，按挂起的先后顺序）。
--replan：按当前生效的流程重新生成被拒绝的凭证（例如修改映射或编码表之后）；--date 指定新的记账日期，也用于会计期间已关闭的单据。`,
  async run(args, context) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        cause: { type: 'string' },
        replan: { type: 'boolean', default: false },
        date: { type: 'string' },
        reason: { type: 'string' },
        by: { type: 'string', default: userInfo().username },
      },
    });
    const [verb = 'list', id] = positionals;
    const broker = await context.broker();
    const waiting = await waitingCases(broker);
    switch (verb) {
      case 'list':
        return list(
          waiting.filter(({ data }) => values.cause === undefined || isOfCause(data.code, values.cause)),
          context,
        );
      case 'show':
        return show(pick(waiting, id), context);
      case 'release':
      case 'discard': {
        const cases = verb === 'release' && id === undefined ? ofCause(waiting, values.cause) : [pick(waiting, id)];
        if (!values.reason) throw new CommandError(`parked ${verb}: say why with --reason "…"; it is kept for ever`);
        const why = { by: values.by, reason: values.reason };
        if (!values.replan && values.date !== undefined) {
          throw new CommandError('parked: --date goes with release --replan; nothing else re-dates a voucher');
        }
        if (!values.replan) return settle(verb, cases, why, broker, context);
        if (verb === 'discard') throw new CommandError('parked discard: --replan goes with release');
        return replan(cases, values.date, why, broker, context);
      }
      default:
        throw new CommandError(`parked: "${verb}" is not list, show, release or discard`);
    }
  },
};

function list(cases: readonly ParkedCase[], context: CommandContext): number {
  if (cases.length === 0) context.say('nothing is parked');
  else {
    const rows = cases.map(({ data, subject, since }) => [
      data.parkedId.slice(0, 12),
      since,
      OWNERS[data.owner],
      data.code,
      subject,
    ]);
    for (const line of table(['id', 'since 起始', 'owner 责任方', 'cause 原因', 'subject 单据'], rows))
      context.say(line);
    sayCauses(cases, context);
    context.say(
      '\nNext: voucherline parked show <id>; once mended: voucherline parked release --cause <cause> --reason "…"',
    );
    context.say(
      '下一步：查看原因 parked show；处理后按原因放行：voucherline parked release --cause <原因> --reason "…"',
    );
  }
  return 0;
}

function sayCauses(cases: readonly ParkedCase[], context: CommandContext): void {
  const rows = causesOf(cases).map(({ code, owner, cases: count }) => [String(count), OWNERS[owner], code]);
  context.say('');
  for (const line of table(['cases 件数', 'owner 责任方', 'cause 原因'], rows)) context.say(line);
}

function show({ data, subject, since }: ParkedCase, context: CommandContext): number {
  const { origin } = data;
  context.say(`id        ${data.parkedId}`);
  context.say(`subject   ${subject}`);
  context.say(`since     ${since}`);
  context.say(`stage     ${data.stage}${data.connection === undefined ? '' : ` (${data.connection})`}`);
  if (origin) context.say(`message   ${origin.topic}/${origin.partition}@${origin.offset}`);
  context.say(`reason    原因   ${data.reason} [${data.code}]`);
  context.say(`owner     责任方 ${OWNERS[data.owner]}`);
  context.say(`next step 下一步 ${data.nextStep}`);
  context.say(`cause     voucherline parked release --cause "${data.code}" releases all that wait for the same`);
  context.say('原因      上述命令将相同原因的事项一并放行');
  if (REPLANNED.test(data.code)) {
    context.say(
      `or        mend the flow, a code table or the day, then: voucherline parked release ${data.parkedId} --replan`,
    );
    context.say('或者      修改流程、编码表或记账日期后，执行上述 release --replan 命令');
  }
  return 0;
}

function pick(waiting: readonly ParkedCase[], id: string | undefined): ParkedCase {
  if (id === undefined)
    throw new CommandError('parked: name the case by the beginning of its id (voucherline parked list)');
  const found = waiting.filter(({ data }) => data.parkedId.startsWith(id));
  const [only] = found;
  if (only === undefined) throw new CommandError(`parked: nothing parked has an id that begins with ${id}`);
  if (found.length > 1) throw new CommandError(`parked: ${found.length} ids begin with ${id}; give more of it`);
  return only;
}

function ofCause(waiting: readonly ParkedCase[], cause: string | undefined): readonly ParkedCase[] {
  if (!cause) throw new CommandError('parked release: name an id, or a cause with --cause (voucherline parked list)');
  const found = waiting.filter(({ data }) => isOfCause(data.code, cause));
  if (found.length === 0) {
    throw new CommandError(
      `parked release: nothing parked has the cause ${cause}; give a code as voucherline parked list shows it, or its beginning up to a colon`,
    );
  }
  return found;
}

type Why = Pick<ReplanRequested, 'by' | 'reason'>;

async function settle(
  verb: 'release' | 'discard',
  cases: readonly ParkedCase[],
  why: Why,
  broker: Broker,
  context: CommandContext,
): Promise<number> {
  for (const { data, subject } of cases) {
    const action: ParkedReleased = {
      parkedId: data.parkedId,
      stage: data.stage,
      ...(data.connection !== undefined && { connection: data.connection }),
      subject,
      ...why,
    };
    await publishAction(broker, verb === 'release' ? 'ParkedReleased' : 'ParkedDiscarded', action);
  }
  context.say(`asked to ${verb} ${cases.length} case(s); voucherline parked list shows what still waits`);
  return 0;
}

async function replan(
  cases: readonly ParkedCase[],
  accountingDate: string | undefined,
  why: Why,
  broker: Broker,
  context: CommandContext,
): Promise<number> {
  if (accountingDate !== undefined && !isDay(accountingDate)) {
    throw new CommandError(`parked release: --date ${accountingDate}: give a day like 2026-12-01`);
  }
  refuseReplan(cases, accountingDate);
  const subjects = new Set(cases.map(({ subject }) => subject));
  for (const subject of subjects) {
    await publishAction(broker, 'ReplanRequested', {
      subject,
      ...(accountingDate !== undefined && { accountingDate }),
      ...why,
    });
  }
  context.say(`asked to plan ${subjects.size} subject(s) anew`);
  context.say('Next: what comes out other than before takes the place of the refused voucher and is posted once; what');
  context.say('comes out the same is parked again and says so. voucherline approval <key> shows it.');
  context.say('下一步：重新生成的凭证与原凭证不同时，原凭证作废，新凭证只过账一次；内容相同时会再次挂起并说明原因。');
  return 0;
}

function refuseReplan(cases: readonly ParkedCase[], accountingDate: string | undefined): void {
  const other = cases.find(({ data }) => !REPLANNED.test(data.code));
  if (other !== undefined) {
    throw new CommandError(
      `parked release: case ${other.data.parkedId} (${other.data.code}) is no refused voucher and lacks no open period, so there is nothing to plan anew; release it without --replan`,
    );
  }
  const asking = cases.find(({ data }) => ASKS_FOR_DAY.test(data.code));
  if (asking !== undefined && accountingDate === undefined) {
    throw new CommandError(`parked release: case ${asking.data.parkedId} asks for a day: add --date YYYY-MM-DD`);
  }
}

/** Whether the text is a day of the calendar. */
function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
