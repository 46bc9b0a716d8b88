import type { Lookups } from '@voucherline/contracts';
import { type Flow, FlowCompiler, UnreadableFlow } from '@voucherline/mapping';
import type { Broker } from '@voucherline/pipeline';
import type { CommandContext } from '../command.js';
import type { ConfigurationFiles } from '../configuration-files.js';
import { compare } from '../flows/diff/compare.js';
import type { Since } from '../flows/diff/since.js';
import { readMasterData } from '../master-data.js';
import { type FlowVersionPublished, newestConnections, type Published } from '../published.js';
import type { Change } from './changes.js';

/** Approvals that are shown for one flow; `flow diff` shows all. */
const SHOWN_APPROVALS = 20;

interface Preview {
  readonly files: ConfigurationFiles;
  readonly changes: readonly Change[];
  readonly published: Published;
  readonly since: Since;
}

/** Says of each flow that changes which version will be in force from when, and what that changes for past approvals. */
export async function preview(broker: Broker, options: Preview, context: CommandContext): Promise<void> {
  const { files, changes, published, since } = options;
  const connections = new Map([
    ...newestConnections(published),
    ...files.connections.map(({ value: { connection } }) => [connection.name, connection] as const),
  ]);
  let masterData: Lookups | undefined;
  for (const { flow, hash } of changedFlows(files, changes)) {
    const newest = published.flows.get(flow.name)?.at(-1);
    sayVersion(flow, hash, newest, context);
    const before = newest && readable(newest, context);
    if (before !== undefined) {
      masterData ??= await readMasterData(broker, connections);
      const terms = { before, after: flow, since, connections, masterData, showAtMost: SHOWN_APPROVALS };
      await compare(broker, terms, context);
      sayReach(flow, context);
    }
    context.say('');
  }
}

function changedFlows({ flows }: ConfigurationFiles, changes: readonly Change[]) {
  const names = changes.filter(({ type }) => type === 'FlowPublished').map(({ data }) => data.name);
  return flows.map(({ value }) => value).filter(({ flow }) => names.includes(flow.name));
}

function sayVersion(flow: Flow, hash: string, newest: FlowVersionPublished | undefined, context: CommandContext): void {
  const from = flow.from ?? 'its publication 发布时';
  context.say(`flow 流程 ${flow.name}  ${flow.title.en} ${flow.title.zh}`);
  context.say(`  version 版本 ${hash.slice(0, 12)}, in force 生效 for approvals that end from ${from} on`);
  if (newest === undefined) {
    context.say('  It is the first one, so there is nothing to compare. 首次发布，无可比较的版本。');
    return;
  }
  context.say(`  It takes the place of 取代 ${newest.hash.slice(0, 12)}, published 发布于 ${newest.publishedAt}.`);
  context.say('  A version never changes; vouchers name it by its hash. 版本发布后不可更改，凭证记录其哈希。');
}

/** The comparison tells what the version would make of all of these; here, of which it will. */
function sayReach({ from }: Flow, context: CommandContext): void {
  if (from === undefined) {
    context.say(
      '  It counts for none of these, not even for what is parked, because it has no `from`: write one to have it count.',
    );
    context.say(
      '  未写 from：新版本只对发布之后结束的审批生效，对以上审批（包括已挂起的）均不生效；需要时请写明 from。',
    );
    return;
  }
  context.say(`  It counts for those that ended from ${from} on and have no voucher yet; vouchers stay as they are.`);
  context.say(`  仅对 ${from} 起结束且尚未生成凭证的审批生效；已生成的凭证保持不变。`);
}

function readable({ hash, content }: FlowVersionPublished, context: CommandContext): Flow | undefined {
  try {
    return new FlowCompiler().compile(hash, content);
  } catch (error) {
    if (!(error instanceof UnreadableFlow)) throw error;
    context.say(
      `  This release can't read the version before (${error.message}), so nothing is compared. 无法读取旧版本，不作比较。`,
    );
    return undefined;
  }
}
