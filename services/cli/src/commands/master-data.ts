import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { pulledKinds } from '@voucherline/connector-kit';
import type { ConnectionContent, MasterDataPulled } from '@voucherline/contracts';
import { type Broker, readTopic } from '@voucherline/pipeline';
import { publishAction } from '../actions.js';
import { type Command, type CommandContext, CommandError } from '../command.js';
import { newestConnections, readPublished } from '../published.js';
import { table } from '../table.js';

/** `voucherline master-data`: which tables of master data are read, when they were, and one read now. */
export const masterData: Command = {
  name: 'master-data',
  summary: 'tables that connections pull: when each was read; have one read now 主数据',
  help: `voucherline master-data [list]
voucherline master-data pull <connection>/<kind> --reason <text> [--by <name>]

Tables are read about once an hour. After a row was made in the vendor's system that approvals wait for, have its table read now;
then voucherline parked release --cause <code>. 在对方系统新增编码后，可立即重新读取该表，然后放行挂起的审批。`,
  async run(args, context) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { by: { type: 'string', default: userInfo().username }, reason: { type: 'string' } },
    });
    const [verb = 'list', name] = positionals;
    const broker = await context.broker();
    const tables = pulledTablesOf(newestConnections(await readPublished(broker)));
    if (verb === 'list') return list(tables, broker, context);
    if (verb !== 'pull') throw new CommandError(`master-data: "${verb}" is none of list, pull`);
    const wanted = tables.find((one) => nameOf(one) === name);
    if (wanted === undefined) {
      const known = tables.map(nameOf).join(', ') || 'none';
      throw new CommandError(`master-data pull: no connection pulls "${name ?? ''}"; there are: ${known}`);
    }
    if (values.reason === undefined) throw new CommandError('master-data pull: say why with --reason');
    await publishAction(broker, 'PullRequested', { ...wanted, by: values.by, reason: values.reason });
    context.say(`asked to read ${name} now 已请求立即读取`);
    context.say('Next: voucherline master-data shows when it was read; then voucherline parked release --cause <code>');
    return 0;
  },
};

interface Table {
  readonly connection: string;
  readonly kind: string;
}

const nameOf = ({ connection, kind }: Table): string => `${connection}/${kind}`;

function pulledTablesOf(connections: ReadonlyMap<string, ConnectionContent>): readonly Table[] {
  return [...connections.values()].flatMap((content) => {
    return pulledKinds(content).map((kind) => ({ connection: content.name, kind }));
  });
}

async function list(tables: readonly Table[], broker: Broker, context: CommandContext): Promise<number> {
  if (tables.length === 0) {
    context.say('no connection pulls master data (settings.masterData in its file) 没有连接拉取主数据');
    return 0;
  }
  const last = new Map<string, MasterDataPulled>();
  for await (const { message } of readTopic(broker, 'masterdata.entries.v1')) {
    if (message.type === 'MasterDataPulled') last.set(nameOf(message.data), message.data);
  }
  const rows = tables.map((one) => {
    const pulled = last.get(nameOf(one));
    return [nameOf(one), pulled === undefined ? 'not yet 尚未' : pulled.startedAt, String(pulled?.rows ?? '')];
  });
  for (const line of table(['table 表', 'read 读取于', 'rows 行数'], rows)) context.say(line);
  return 0;
}
