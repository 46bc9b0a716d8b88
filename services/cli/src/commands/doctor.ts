import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import type { Divergence, RecoveryCompleted } from '@voucherline/contracts';
import { type Broker, readTopic } from '@voucherline/pipeline';
import { systemTimers } from '@voucherline/platform';
import { publishAction } from '../actions.js';
import { type Command, type CommandContext, CommandError } from '../command.js';
import { table } from '../table.js';

const POLL_MS = 500;
/** Taking over a long log takes its time; what was asked goes on after that too. */
const PATIENCE_MS = 10 * 60_000;

/** `voucherline doctor`: which services found their database and the log apart, and the way out of it. */
export const doctor: Command = {
  name: 'doctor',
  summary: 'what keeps services from working, and the way out of it',
  help: `voucherline doctor
voucherline doctor recover <service> --reason "what happened" [--by <name>]

A service that finds its database and the log apart (a restored backup, a broker that lost its disk) stays up, takes nothing in
and calls nobody. "recover" lets it take over from the log what it said there: every voucher that was begun is looked up in the
ERP by its key before anything is sent for it. Where the log lost what the database knows, the service's tables are kept aside
under another schema name, and everything is read and looked up afresh.

Before you recover: stop whoever else writes to the ERP in this service's name, and wait until what was under way there is done.`,
  async run(args, context) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { reason: { type: 'string' }, by: { type: 'string', default: userInfo().username } },
    });
    const [verb, service = ''] = positionals;
    const broker = await context.broker();
    const { needed } = await recoveries(broker);
    if (verb === undefined) return diagnose(needed, context);
    if (verb !== 'recover') throw new CommandError(`doctor: "${verb}" is not recover`);
    if (!needed.has(service)) {
      throw new CommandError(
        `doctor recover: ${service || '(missing)'} has asked for nothing; voucherline doctor lists who has`,
      );
    }
    if (!values.reason)
      throw new CommandError('doctor recover: say what happened with --reason "…"; it is kept for ever');
    const action = await publishAction(broker, 'RecoveryRequested', { service, by: values.by, reason: values.reason });
    context.say(`${service}: asked to recover`);
    return follow(broker, action, service, context);
  },
};

/** Services that wait for a recovery, with what they found; and the recoveries done, by the action that asked for them. */
async function recoveries(broker: Broker) {
  const needed = new Map<string, readonly Divergence[]>();
  const completed = new Map<string, RecoveryCompleted>();
  for await (const { message } of readTopic(broker, 'operations.events.v1')) {
    if (message.type === 'RecoveryNeeded') needed.set(message.data.service, message.data.found);
    if (message.type !== 'RecoveryCompleted') continue;
    needed.delete(message.data.service);
    completed.set(message.data.action, message.data);
  }
  return { needed, completed };
}

function diagnose(needed: ReadonlyMap<string, readonly Divergence[]>, context: CommandContext): number {
  if (needed.size === 0) {
    context.say('no service asks for a recovery');
    context.say('A service that does not come up at all says why in its log; voucherline status shows who answers.');
    return 0;
  }
  const rows = [...needed].flatMap(([service, found]) =>
    found.map(({ worker, code, detail }) => [service, worker, code, detail]),
  );
  for (const line of table(['service', 'worker', 'found', 'in detail'], rows)) context.say(line);
  context.say('');
  for (const service of needed.keys()) {
    context.say(`${service} is read-only. The way out: voucherline doctor recover ${service} --reason "…"`);
  }
  context.say('voucherline doctor --help says what that does.');
  return 1;
}

async function follow(broker: Broker, action: string, service: string, context: CommandContext): Promise<number> {
  for (let waited = 0; waited < PATIENCE_MS; waited += POLL_MS) {
    if (context.signal.aborted) throw new CommandError('doctor recover: interrupted; what was asked goes on');
    await systemTimers.sleep(POLL_MS);
    const done = (await recoveries(broker)).completed.get(action);
    if (done === undefined) continue;
    context.say(`${service}: took ${done.heard} messages over from the log and works again`);
    if (done.setAside !== undefined) context.say(`its former tables are kept in schema ${done.setAside}`);
    context.say(
      'Next: voucherline in-doubt and voucherline parked list, once its backlog in voucherline status is done.',
    );
    return 0;
  }
  throw new CommandError(`doctor recover: ${service} has not answered; is it running?`);
}
