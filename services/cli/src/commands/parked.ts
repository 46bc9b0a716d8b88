import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import type { MessageParked, ParkedReleased, ReplanRequested } from '@voucherline/contracts';
import { type Broker, readTopic } from '@voucherline/pipeline';
import { publishAction } from '../actions.js';
import { type Command, type CommandContext, CommandError } from '../command.js';
import { table } from '../table.js';

/** A case that waits for a person, as the log tells it. */
interface Parked {
  readonly data: MessageParked;
  readonly subject: string;
  readonly since: string;
}

/** Cases of refused vouchers, and of those that would come out the same again. */
const REPLANNED = /^(posting\.refused|replan)\./;

/** `voucherline parked …`: what was set aside for a person, and what a person decides about it. */
export const parked: Command = {
  name: 'parked',
  summary: 'list, show, release or discard what waits for a person',
  help: `voucherline parked list [--code <code>]
voucherline parked show <id>
voucherline parked release <id> | --code <code>   --reason "what was mended" [--by <name>]
voucherline parked release <id> | --code <code>   --replan [--date YYYY-MM-DD] --reason "what was mended" [--by <name>]
voucherline parked discard <id>                   --reason "why it is not needed" [--by <name>]

The beginning of an id is enough. A release is tried again by the service that parked it; what waited behind follows in order.
--replan: a refused voucher is made anew by the flow as it is in force now, after its mapping or a code table was mended;
--date gives it another accounting date. The refused one is cancelled first, so that one voucher is posted.
--replan：按当前生效的流程重新生成被拒绝的凭证（例如修改映射或编码表之后）；--date 指定新的记账日期。`,
  async run(args, context) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        code: { type: 'string' },
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
          waiting.filter(({ data }) => values.code === undefined || data.code === values.code),
          context,
        );
      case 'show':
        return show(pick(waiting, id), context);
      case 'release':
      case 'discard': {
        const cases = verb === 'release' && id === undefined ? ofCode(waiting, values.code) : [pick(waiting, id)];
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

async function waitingCases(broker: Broker): Promise<readonly Parked[]> {
  const waiting = new Map<string, Parked>();
  for await (const { message } of readTopic(broker, 'operations.events.v1')) {
    if (message.type === 'MessageParked') {
      waiting.set(message.data.parkedId, { data: message.data, subject: message.key, since: message.time });
    } else if (message.type === 'ParkedResolved') {
      waiting.delete(message.data.parkedId);
    }
  }
  return [...waiting.values()].sort((a, b) => (a.since < b.since ? -1 : 1));
}

function list(cases: readonly Parked[], context: CommandContext): number {
  if (cases.length === 0) context.say('nothing is parked');
  else {
    const rows = cases.map(({ data, subject, since }) => [
      data.parkedId.slice(0, 12),
      since,
      data.owner,
      data.code,
      subject,
    ]);
    for (const line of table(['id', 'since', 'owner', 'code', 'subject'], rows)) context.say(line);
    context.say('\nNext: voucherline parked show <id>');
  }
  return 0;
}

function show({ data, subject, since }: Parked, context: CommandContext): number {
  const { origin } = data;
  context.say(`id        ${data.parkedId}`);
  context.say(`subject   ${subject}`);
  context.say(`since     ${since}`);
  context.say(`stage     ${data.stage}${data.connection === undefined ? '' : ` (${data.connection})`}`);
  if (origin) context.say(`message   ${origin.topic}/${origin.partition}@${origin.offset}`);
  context.say(`reason    ${data.reason} [${data.code}]`);
  context.say(`owner     ${data.owner}`);
  context.say(`next step ${data.nextStep}`);
  if (REPLANNED.test(data.code)) {
    context.say(
      `or        mend the flow, a code table or the day, then: voucherline parked release ${data.parkedId} --replan`,
    );
    context.say('或者      修改流程、编码表或记账日期后，执行上述 release --replan 命令');
  }
  return 0;
}

function pick(waiting: readonly Parked[], id: string | undefined): Parked {
  if (id === undefined)
    throw new CommandError('parked: name the case by the beginning of its id (voucherline parked list)');
  const found = waiting.filter(({ data }) => data.parkedId.startsWith(id));
  const [only] = found;
  if (only === undefined) throw new CommandError(`parked: nothing parked has an id that begins with ${id}`);
  if (found.length > 1) throw new CommandError(`parked: ${found.length} ids begin with ${id}; give more of it`);
  return only;
}

function ofCode(waiting: readonly Parked[], code: string | undefined): readonly Parked[] {
  if (code === undefined) throw new CommandError('parked release: name an id, or a cause with --code');
  const found = waiting.filter(({ data }) => data.code === code);
  if (found.length === 0) throw new CommandError(`parked release: nothing parked has the code ${code}`);
  return found;
}

type Why = Pick<ReplanRequested, 'by' | 'reason'>;

async function settle(
  verb: 'release' | 'discard',
  cases: readonly Parked[],
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
  cases: readonly Parked[],
  accountingDate: string | undefined,
  why: Why,
  broker: Broker,
  context: CommandContext,
): Promise<number> {
  if (accountingDate !== undefined && !isDay(accountingDate)) {
    throw new CommandError(`parked release: --date ${accountingDate}: give a day like 2026-12-01`);
  }
  const other = cases.find(({ data }) => !REPLANNED.test(data.code));
  if (other !== undefined) {
    throw new CommandError(
      `parked release: case ${other.data.parkedId} (${other.data.code}) is no refused voucher, so nothing can take its place; release it without --replan`,
    );
  }
  const subjects = new Set(cases.map(({ subject }) => subject));
  for (const subject of subjects) {
    await publishAction(broker, 'ReplanRequested', {
      subject,
      ...(accountingDate !== undefined && { accountingDate }),
      ...why,
    });
  }
  context.say(`asked to plan the refused vouchers of ${subjects.size} subject(s) anew`);
  context.say('Next: what comes out other than before takes the place of the refused voucher and is posted once; what');
  context.say('comes out the same is parked again and says so. voucherline approval <key> shows it.');
  context.say('下一步：重新生成的凭证与原凭证不同时，原凭证作废，新凭证只过账一次；内容相同时会再次挂起并说明原因。');
  return 0;
}

/** Whether the text is a day of the calendar. */
function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
