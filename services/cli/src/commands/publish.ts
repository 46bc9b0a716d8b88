import { parseArgs } from 'node:util';
import { masterDataPure, targetPure } from '@voucherline/connectors/pure';
import { checkPublication, type InForce } from '@voucherline/mapping';
import { systemClock } from '@voucherline/platform';
import { type Command, type CommandContext, CommandError } from '../command.js';
import { type ConfigurationFiles, readConfiguration, refuseFaults } from '../configuration-files.js';
import { DEFAULT_DAYS } from '../flows/diff/diff.js';
import { daysBefore, parseSince } from '../flows/diff/since.js';
import { refuseFailingCases } from '../publication/cases.js';
import { type Change, changesOf, send } from '../publication/changes.js';
import { inForceOf, NOTHING_IN_FORCE } from '../publication/in-force.js';
import { preview } from '../publication/preview.js';
import { readPublished } from '../published.js';

/** `voucherline publish`: checks flows and connections whole, shows what changes, and puts it onto `configuration.published`. */
export const publish: Command = {
  name: 'publish',
  summary: 'check flows and connections, show what changes, and publish it',
  help: `voucherline publish <folder or file> … [--since <day|instant|offset>] [--yes] [--check]

Reads every *.yaml below, but for folders named cases and tables: a file with \`product:\` is a connection, any other a flow; tables/*.csv
beside a flow's folder and in it are its code tables. Nothing is published unless all are right and every case comes out as expected.
Of a flow that changes, first is shown what past approvals would have become (--since, default: the last ${DEFAULT_DAYS} days), and from when the
version will be in force. Then you are asked; --yes goes on without, and so does a run without a terminal. --check shows and publishes
nothing; without a broker it checks the files by themselves.
\${NAME} in a connection's settings stands for the environment variable NAME. Secrets stand in files by name only.
发布前先运行用例，并显示历史审批在新版本下的差异；已发布的版本不可更改，凭证上记录版本哈希。`,
  async run(args, context) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        check: { type: 'boolean', default: false },
        yes: { type: 'boolean', default: false },
        since: { type: 'string' },
      },
    });
    if (positionals.length === 0)
      throw new CommandError('publish: name a folder, e.g. voucherline publish deploy/flows');
    const since = values.since === undefined ? daysBefore(systemClock.now(), DEFAULT_DAYS) : parseSince(values.since);
    const files = readConfiguration(positionals, context.env, REFUSED);
    if (values.check && !context.env.KAFKA_BROKERS) return checkAlone(files, context);

    const broker = await context.broker();
    const published = await readPublished(broker);
    refuse(files, inForceOf(published), context);
    const changes = changesOf(files, published);
    await preview(broker, { files, changes, published, since }, context);
    if (values.check) return sayCheck(files, changes, context);
    if (!values.yes && !(await agreed(changes, context))) {
      context.say('nothing was published 未发布');
      return 1;
    }
    await send(broker, changes);
    return sayResult(files, changes, context);
  },
};

const REFUSED = 'nothing was published';

const operationsOf = (product: string) => targetPure(product)?.operations;
const masterDataOf = (product: string) => masterDataPure(product)?.manifest.masterData;

/** @throws {CommandError} for faults that show beside what is in force, and for failing cases */
function refuse(files: ConfigurationFiles, inForce: InForce, context: CommandContext): void {
  refuseFaults(checkPublication(files, inForce, operationsOf, masterDataOf), REFUSED);
  refuseFailingCases(files, context);
}

function checkAlone(files: ConfigurationFiles, context: CommandContext): number {
  refuse(files, NOTHING_IN_FORCE, context);
  context.say(`${files.connections.length} connections and ${files.flows.length} flows are right by themselves`);
  context.say('They were compared with nothing, because no broker is known (KAFKA_BROKERS).');
  return 0;
}

/** What is published of a flow can't be taken back, only followed; so a person at a terminal has to say yes. */
async function agreed(changes: readonly Change[], { ask }: CommandContext): Promise<boolean> {
  const flows = changes.filter(({ type }) => type === 'FlowPublished');
  if (ask === undefined || flows.length === 0) return true;
  const names = flows.map(({ data }) => data.name).join(', ');
  return /^\s*y(es)?\s*$/i.test(await ask(`Publish ${names}? 发布？ [y/N] `));
}

function sayCheck(
  { connections, flows }: ConfigurationFiles,
  changes: readonly Change[],
  context: CommandContext,
): number {
  context.say(
    `${connections.length} connections and ${flows.length} flows are right, ${changes.length} would be published`,
  );
  context.say('Nothing was published. 未发布。');
  return 0;
}

function sayResult(
  { connections, flows }: ConfigurationFiles,
  changes: readonly Change[],
  context: CommandContext,
): number {
  for (const { type, data } of changes) {
    context.say(
      `published ${type === 'FlowPublished' ? 'flow' : 'connection'} ${data.name} (${data.hash.slice(0, 12)})`,
    );
  }
  const unchanged = connections.length + flows.length - changes.length;
  if (unchanged > 0) context.say(`${unchanged} unchanged`);
  context.say('Services take it up by themselves. Next: voucherline status');
  return 0;
}
