import { parseArgs } from 'node:util';
import type { AnyMessage, Topic, VoucherConfirmed } from '@voucherline/contracts';
import { type ApprovalView, approvalState } from '@voucherline/domain';
import { type Broker, type Located, place, readAbout, readTopic } from '@voucherline/pipeline';
import { type Command, type CommandContext, CommandError } from '../command.js';
import { words } from '../doubts.js';

/** The topics that tell an approval's way, in the order of the line. */
const WAY: readonly Topic[] = ['approvals.events.v1', 'vouchers.commands.v1', 'vouchers.events.v1'];

/** `voucherline approval`: an approval's history, what became of it, and its state at any moment. */
export const approval: Command = {
  name: 'approval',
  summary: "an approval's history and its state at any moment",
  help: `voucherline approval <key> [--at <instant>]

<key> is the document key (dingtalk/<corp>/approval/<instance>), or the instance id or the number people see alone.
--at 2026-11-20T08:00:00Z shows the state as it was then.`,
  async run(args, context) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { at: { type: 'string' } },
    });
    const [asked] = positionals;
    if (asked === undefined) throw new CommandError('approval: name one by its key, instance id or number');
    if (values.at !== undefined && Number.isNaN(Date.parse(values.at))) {
      throw new CommandError(`approval: --at ${values.at}: give an instant like 2026-11-20T08:00:00Z`);
    }
    const broker = await context.broker();
    const key = asked.includes('/') ? asked : await findKey(broker, asked);
    const history = await readAbout(broker, key, WAY);
    if (history.length === 0) throw new CommandError(`approval: nothing is on the log about ${key}`);
    sayHistory(key, history, context);
    const events = history.map(({ message }) => message).filter(({ type }) => type.startsWith('Approval'));
    sayState(approvalState(events, values.at), values.at, context);
    return 0;
  },
};

/** Reads all partitions: an id alone does not tell its shard. */
async function findKey(broker: Broker, asked: string): Promise<string> {
  const found = new Set<string>();
  for await (const { message } of readTopic(broker, 'approvals.events.v1')) {
    if (message.key.endsWith(`/${encodeURIComponent(asked)}`) || businessIdOf(message) === asked)
      found.add(message.key);
  }
  const [only] = found;
  if (only === undefined) throw new CommandError(`approval: no approval has the id or number ${asked}`);
  if (found.size > 1)
    throw new CommandError(`approval: ${asked} may be ${[...found].join(' or ')}; give the whole key`);
  return only;
}

function businessIdOf(message: AnyMessage): string | undefined {
  return message.type === 'ApprovalSubmitted' ? message.data.businessId : undefined;
}

function sayHistory(key: string, history: readonly Located[], context: CommandContext): void {
  context.say(key);
  for (const { message, record } of history) {
    context.say(`  ${message.time}  ${message.type.padEnd(22)} ${detail(message).padEnd(44)} ${place(record)}`);
  }
}

function detail(message: AnyMessage): string {
  switch (message.type) {
    case 'ApprovalSubmitted':
      return `${message.data.title} (${message.data.businessId})`;
    case 'ApprovalStepDecided':
      return `${message.data.userId} ${message.data.decision}`;
    case 'ApprovalWithdrawn':
      return message.data.revocation === undefined ? 'by the originator' : `by ${message.data.revocation}`;
    case 'PostVoucher': {
      const { data } = message;
      const [member] = data.members;
      const place =
        data.replaces !== undefined
          ? ', in place of the refused one'
          : data.supersedes !== undefined
            ? `, after ${short(data.supersedes)}`
            : '';
      return `${named(data)} → ${data.target}, ${member?.amount.amount} ${member?.amount.currency}${place}`;
    }
    case 'ReverseVoucher':
      return `${named(message.data)}: ${message.data.reason}`;
    case 'VoucherPostingStarted':
      return generationOf(message.data);
    case 'VoucherConfirmed':
      return `${generationOf(message.data)}: ${message.data.number} [${message.data.evidence.status}]${byFlow(message.data)}`;
    case 'VoucherRejected':
      return `${generationOf(message.data)}: ${message.data.code} ${message.data.words}`;
    case 'VoucherHeld':
    case 'VoucherInDoubt':
      return `${generationOf(message.data)}: ${message.data.reason}`;
    case 'VoucherLookedUp':
      return `${generationOf(message.data)}: ${words(message.data.found)}`;
    case 'VoucherDoubtSettled':
      return `${generationOf(message.data)}: ${message.data.resolution} ${message.data.document ?? ''}`.trimEnd();
    case 'VoucherCancelled':
      return `${generationOf(message.data)}: ${message.data.reason}`;
    case 'VoucherReversed':
      return `${named(message.data)}: ${message.data.entry === undefined ? 'undone in the ERP' : `by ${message.data.entry.number}`}`;
    case 'WriteBack':
      return message.data.text;
    default:
      return '';
  }
}

/** A voucher with its revision, the first of which is not worth a word; and with the beginning of its key, by which others name it. */
function named({ voucher, revision, voucherKey }: { voucher: string; revision: number; voucherKey: string }): string {
  return `${voucher}${revision === 0 ? '' : ` revision ${revision}`} ${short(voucherKey)}`;
}

function generationOf(data: { voucher: string; revision: number; voucherKey: string; generation: number }): string {
  return `${named(data)}${data.generation === 1 ? '' : ` generation ${data.generation}`}`;
}

/** As `publish` names a version. */
const byFlow = ({ flow }: VoucherConfirmed): string =>
  flow === undefined ? '' : ` by ${flow.name} (${flow.hash.slice(0, 12)})`;

const short = (voucherKey: string): string => voucherKey.slice(0, 8);

function sayState(view: ApprovalView, at: string | undefined, context: CommandContext): void {
  context.say(`\nstate ${at === undefined ? 'now' : `at ${at}`}: ${view.status}`);
  const facts = [
    ['submitted', view.submittedAt],
    ['ended', view.endedAt],
    ['amended', view.amendedAt],
    [
      'steps',
      view.steps.length > 0 ? view.steps.map(({ userId, decision }) => `${userId} ${decision}`).join(', ') : undefined,
    ],
  ] as const;
  for (const [name, value] of facts) if (value !== undefined) context.say(`  ${name.padEnd(10)} ${value}`);
}
