import { parseArgs } from 'node:util';
import { masterDataPure, targetPure } from '@voucherline/connectors/pure';
import { type AnyMessage, type ConnectionContent, encode, factId } from '@voucherline/contracts';
import {
  checkPublication,
  FlowCompiler,
  type InForce,
  type Publication,
  type PublishedVoucher,
  publishedVoucher,
} from '@voucherline/mapping';
import { type Broker, readTopic } from '@voucherline/pipeline';
import { systemClock } from '@voucherline/platform';
import { type Command, type CommandContext, CommandError } from '../command.js';
import { readConfiguration, refuseFaults } from '../configuration-files.js';

/** `voucherline publish`: checks flows and connections whole and puts what changed onto `configuration.published`. */
export const publish: Command = {
  name: 'publish',
  summary: 'check flows and connections and publish what changed',
  help: `voucherline publish <folder or file> … [--check]

Reads every *.yaml below, but for folders named cases: a file with \`product:\` is a connection, any other a flow. Nothing is
published unless all are right. --check stops after the checks and compares with nothing that is published.
\${NAME} in a connection's settings stands for the environment variable NAME. Secrets stand in files by name only.`,
  async run(args, context) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { check: { type: 'boolean', default: false } },
    });
    if (positionals.length === 0)
      throw new CommandError('publish: name a folder, e.g. voucherline publish deploy/flows');
    const publication = readConfiguration(positionals, context.env, REFUSED);
    if (values.check) {
      refuseFaults(checkPublication(publication, NOTHING, operationsOf, masterDataOf), REFUSED);
      context.say(`${publication.connections.length} connections and ${publication.flows.length} flows are right`);
      return 0;
    }
    const broker = await context.broker();
    const published = await readPublished(broker);
    refuseFaults(checkPublication(publication, published.inForce, operationsOf, masterDataOf), REFUSED);
    const changed = changes(publication, published.hashes);
    await send(broker, changed);
    return sayResult(publication, changed, context);
  },
};

const REFUSED = 'nothing was published';

/** What `--check` compares with. */
const NOTHING: InForce = { flows: [], connections: [], vouchers: [] };

const operationsOf = (product: string) => targetPure(product)?.operations;
const masterDataOf = (product: string) => masterDataPure(product)?.manifest.masterData;

interface Published {
  readonly inForce: InForce;
  /** Of the newest version, by type and name. */
  readonly hashes: ReadonlyMap<string, string>;
}

async function readPublished(broker: Broker): Promise<Published> {
  const hashes = new Map<string, string>();
  const connections = new Map<string, ConnectionContent>();
  const vouchers: PublishedVoucher[] = [];
  const flows = new Map<string, { hash: string; content: Readonly<Record<string, unknown>> }>();
  for await (const { message } of readTopic(broker, 'configuration.published.v1')) {
    if (message.type === 'ConnectionPublished') connections.set(message.data.name, message.data.content);
    else if (message.type === 'FlowPublished') {
      flows.set(message.data.name, message.data);
      vouchers.push(publishedVoucher(message.data));
    } else continue;
    hashes.set(`${message.type} ${message.data.name}`, message.data.hash);
  }
  const compiler = new FlowCompiler();
  const inForce: InForce = {
    connections: [...connections.values()],
    flows: [...flows.values()].map(({ hash, content }) => compiler.compile(hash, content)),
    vouchers,
  };
  return { inForce, hashes };
}

type Change = Extract<AnyMessage, { type: 'FlowPublished' | 'ConnectionPublished' }>;

/** Connections first: a flow never stands on the log before the connections it names. */
function changes({ connections, flows }: Publication, hashes: Published['hashes']): readonly Change[] {
  const time = new Date(systemClock.now()).toISOString();
  const envelope = (type: Change['type'], name: string, hash: string) => ({
    id: factId(type, name, hash, time),
    source: 'cli/publish',
    key: name,
    time,
  });
  return [
    ...connections.map(({ value: { connection, hash } }) => {
      const { name } = connection;
      const type = 'ConnectionPublished' as const;
      return { ...envelope(type, name, hash), type, data: { name, hash, content: connection } };
    }),
    ...flows.map(({ value: { flow, content, hash } }) => {
      const { name } = flow;
      const type = 'FlowPublished' as const;
      return { ...envelope(type, name, hash), type, data: { name, hash, content } };
    }),
  ].filter(({ type, data }) => hashes.get(`${type} ${data.name}`) !== data.hash);
}

async function send(broker: Broker, changed: readonly Change[]): Promise<void> {
  if (changed.length === 0) return;
  const producer = await broker.producer();
  await producer.send(
    changed.map((message) => ({ topic: 'configuration.published.v1', partition: 0, record: encode(message) })),
  );
}

function sayResult({ connections, flows }: Publication, changed: readonly Change[], context: CommandContext): number {
  for (const { type, data } of changed) {
    context.say(
      `published ${type === 'FlowPublished' ? 'flow' : 'connection'} ${data.name} (${data.hash.slice(0, 12)})`,
    );
  }
  const unchanged = connections.length + flows.length - changed.length;
  if (unchanged > 0) context.say(`${unchanged} unchanged`);
  context.say('Services take it up by themselves. Next: voucherline status');
  return 0;
}
