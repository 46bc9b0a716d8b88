import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { type DoubtResolved, parseDocumentKey } from '@voucherline/contracts';
import { type Broker, readTopic } from '@voucherline/pipeline';
import { publishAction } from '../actions.js';
import { type Command, type CommandContext, CommandError } from '../command.js';
import { type Doubt, takeDoubt, words } from '../doubts.js';

/** `voucherline in-doubt …`: vouchers of which nobody knows what the ERP made of them, and what a person found out. */
export const inDoubt: Command = {
  name: 'in-doubt',
  summary: 'vouchers whose outcome is unknown, with the look-ups made; link a document or declare it absent',
  help: `voucherline in-doubt [list]
voucherline in-doubt link <voucher key> --document <id> --reason "how it was found" [--by <name>]
voucherline in-doubt absent <voucher key>              --reason "how it was looked for" [--by <name>]

The beginning of a voucher key is enough. <id> is the ERP's own id of the document, or its document key.
A linked document is read in the ERP and compared before it counts; after "absent" the ERP is looked up once more before
anything is sent again.
凭证结果未知时使用。link：指定 ERP 中的单据，系统会读取并核对后才采用；absent：确认 ERP 中没有单据，系统会再查询一次才重新发送。`,
  async run(args, context) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        document: { type: 'string' },
        reason: { type: 'string' },
        by: { type: 'string', default: userInfo().username },
      },
    });
    const [verb = 'list', key] = positionals;
    if (verb !== 'list' && verb !== 'link' && verb !== 'absent') {
      throw new CommandError(`in-doubt: "${verb}" is not list, link or absent`);
    }
    const broker = await context.broker();
    const doubts = await openDoubts(broker);
    if (verb === 'list') return list(doubts, context);
    const { reason, by } = values;
    if (!reason) throw new CommandError(`in-doubt ${verb}: say how you know with --reason "…"; it is kept for ever`);
    const doubt = pick(doubts, key);
    return verb === 'link'
      ? link(doubt, values.document, { by, reason }, broker, context)
      : absent(doubt, { by, reason }, broker, context);
  },
};

async function openDoubts(broker: Broker): Promise<readonly Doubt[]> {
  const doubts = new Map<string, Doubt>();
  for await (const { message } of readTopic(broker, 'vouchers.events.v1')) takeDoubt(doubts, message);
  return [...doubts.values()].filter(({ settled }) => !settled).sort((a, b) => (a.data.since < b.data.since ? -1 : 1));
}

function list(doubts: readonly Doubt[], context: CommandContext): number {
  if (doubts.length === 0) context.say('no voucher is in doubt 没有结果未知的凭证');
  for (const doubt of doubts) sayDoubt(doubt, context);
  if (doubts.length > 0) {
    context.say(
      'Next: what is in doubt is looked up by itself. Of what is held, look in the ERP, then say what you found:',
    );
    context.say('下一步：结果未知的凭证系统会自动查询；已挂起的凭证请先在 ERP 中查找单据，再执行：');
    context.say('  voucherline in-doubt link <voucher key> --document <id> --reason "…"');
    context.say('  voucherline in-doubt absent <voucher key> --reason "…"');
  }
  return 0;
}

function sayDoubt({ subject, data, looked, held }: Doubt, context: CommandContext): void {
  const { voucherKey, voucher, revision, generation, target, step, since, reason } = data;
  context.say(`${voucherKey}  ${voucher} (revision ${revision}, generation ${generation}) → ${target}`);
  context.say(`  subject    ${subject}`);
  context.say(`  ${held === null ? 'in doubt 结果未知' : 'held 已挂起'}   since ${since}, about "${step}": ${reason}`);
  if (looked.length === 0) context.say('  looked up  not yet');
  for (const { times, first, last, found } of looked) {
    const when = times === 1 ? first : `${first} to ${last}, ${times} times`;
    context.say(`  looked up  ${when}: ${words(found)}`);
  }
  if (held !== null) {
    context.say(`  reason     原因   ${held.reason}`);
    context.say(`  next step  下一步 ${held.nextStep}`);
  }
  context.say('');
}

function pick(doubts: readonly Doubt[], key: string | undefined): Doubt {
  if (key === undefined) throw new CommandError('in-doubt: name the voucher by the beginning of its key');
  const found = doubts.filter(({ data }) => data.voucherKey.startsWith(key));
  const [only] = found;
  if (only === undefined) throw new CommandError(`in-doubt: no voucher in doubt has a key that begins with ${key}`);
  if (found.length > 1) throw new CommandError(`in-doubt: ${found.length} keys begin with ${key}; give more of it`);
  return only;
}

type Why = Pick<DoubtResolved, 'by' | 'reason'>;

async function link(doubt: Doubt, asked: string | undefined, why: Why, broker: Broker, context: CommandContext) {
  if (!asked) throw new CommandError('in-doubt link: name the document in the ERP with --document <id>');
  const document = asked.includes('/') ? idOf(asked) : asked;
  await settle(doubt, { resolution: 'linked', document, ...why }, broker);
  context.say(`asked to link document ${document} to voucher ${doubt.data.voucherKey}`);
  context.say(
    'Next: it is read in the ERP. If it shows what was approved, it is posted; if not, the voucher is held again.',
  );
  context.say('下一步：系统读取该单据并与审批内容核对；一致则继续过账，不一致则再次挂起并说明差异。');
  return 0;
}

async function absent(doubt: Doubt, why: Why, broker: Broker, context: CommandContext) {
  if (doubt.data.step !== 'create') {
    throw new CommandError(
      `in-doubt absent: the doubt is about "${doubt.data.step}" of a document that is known; see "voucherline parked list"`,
    );
  }
  await settle(doubt, { resolution: 'absent', ...why }, broker);
  context.say(`asked to take voucher ${doubt.data.voucherKey} as not in the ERP`);
  context.say('Next: the ERP is looked up once more; if nothing is found, the voucher is sent again.');
  context.say('下一步：系统再查询一次 ERP；确实没有单据时重新发送该凭证。');
  return 0;
}

async function settle(
  { subject, data: { voucherKey, target } }: Doubt,
  found: Pick<DoubtResolved, 'resolution' | 'document' | 'by' | 'reason'>,
  broker: Broker,
): Promise<void> {
  await publishAction(broker, 'DoubtResolved', { voucherKey, connection: target, subject, ...found });
}

function idOf(documentKey: string): string {
  try {
    return parseDocumentKey(documentKey).id;
  } catch {
    throw new CommandError(`in-doubt link: --document ${documentKey}: give the ERP's own id, or a whole document key`);
  }
}
