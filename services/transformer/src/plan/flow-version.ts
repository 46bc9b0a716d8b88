import { pulledTables, type TargetPure } from '@voucherline/connector-kit';
import { type FlowPublished, inBoth } from '@voucherline/contracts';
import type { ApprovedApproval, FlowPlan, Obstacle, Rendered } from '@voucherline/domain';
import { type Flow, type FlowCompiler, makeVoucher, UnreadableFlow } from '@voucherline/mapping';
import type { DecisionContext, Published } from '@voucherline/pipeline';

/** A published version of a flow, with what decides whether it is in force for an approval. */
export interface VersionPlan {
  readonly publishedAt: number;
  readonly from?: string;
  readonly source: { readonly connection: string; readonly kinds: readonly string[] };
  readonly plan: FlowPlan;
}

export interface Surroundings {
  readonly context: DecisionContext;
  readonly targetOf: (product: string) => TargetPure | undefined;
  readonly compiler: FlowCompiler;
}

/** Makes a version ready for planning. One that this release can't read still stops the approvals it names, and only those. */
export function compiledPlan(
  { name, hash, offset, publishedAt, content }: Published<FlowPublished['content']>,
  surroundings: Surroundings,
): VersionPlan {
  const version = { name, hash, offset };
  try {
    const flow = surroundings.compiler.compile(hash, content);
    const { voucher, writeBack, reversalWriteBack, source, from } = flow;
    const plan: FlowPlan = {
      ...{ version, voucher },
      ...(writeBack !== undefined && { writeBack }),
      ...(reversalWriteBack !== undefined && { reversalWriteBack }),
      render: (approved, accountingDate) => renderBy(flow, approved, accountingDate, surroundings),
    };
    return { publishedAt, ...(from !== undefined && { from }), source, plan };
  } catch (error) {
    if (!(error instanceof UnreadableFlow)) throw error;
    const render = (): Rendered => ({ kind: 'fault', fault: unreadable(name, error) });
    return { publishedAt, source: claimedSource(content), plan: { version, voucher: claimedVoucher(content), render } };
  }
}

/** What an unreadable content says about its source, as far as it says it. */
function claimedSource({ source }: FlowPublished['content']): VersionPlan['source'] {
  const { connection, kinds } = (source ?? {}) as { connection?: unknown; kinds?: unknown };
  return { connection: String(connection), kinds: Array.isArray(kinds) ? kinds.map(String) : [] };
}

/** Under this name a voucher may have been commanded by a release that could read the content. */
function claimedVoucher({ voucher }: FlowPublished['content']): FlowPlan['voucher'] {
  const { name } = (voucher ?? {}) as { name?: unknown };
  return { name: String(name), target: '', operation: '', patienceSeconds: 0, after: [] };
}

function renderBy(
  flow: Flow,
  approved: ApprovedApproval,
  accountingDate: string | undefined,
  { context, targetOf }: Surroundings,
): Rendered {
  const { configuration } = context;
  const source = configuration.connection(flow.source.connection)?.content;
  if (source === undefined) return fault(unknownConnection(flow.source.connection));
  const target = configuration.connection(flow.voucher.target)?.content;
  if (target === undefined) return fault(unknownConnection(flow.voucher.target));
  const operation = targetOf(target.product)?.operations[flow.voucher.operation];
  if (operation === undefined) return fault(unknownOperation(flow, target.product));

  const options = {
    timeZone: source.timeZone,
    masterData: pulledTables(context.masterData, (name) => configuration.connection(name)?.content),
    ...(accountingDate !== undefined && { accountingDate }),
  };
  const made = makeVoucher(flow, approved, options, { connection: target, operation });
  if (made.kind === 'rendered') return { kind: 'rendered', content: made.rendering };
  if (made.kind === 'skipped') return made;
  const { code, reason, owner, nextStep } = made.fault;
  return fault({ code, reason: `flow ${flow.name}: ${reason}`, owner, nextStep });
}

function fault(obstacle: Obstacle): Rendered {
  return { kind: 'fault', fault: obstacle };
}

function unreadable(name: string, { message }: UnreadableFlow): Obstacle {
  return {
    code: 'flow.unreadable',
    reason: `${inBoth(`flow ${name} can't be read by this version`, '本程序版本无法读取该流程')}: ${message}`,
    owner: 'administrator',
    nextStep: inBoth(
      'Publish the flow again with the command line of this version; then release.',
      '请用本程序版本的命令行重新发布该流程，然后放行。',
    ),
  };
}

function unknownConnection(name: string): Obstacle {
  return {
    code: 'connection.unknown',
    reason: inBoth(`connection ${name} is not published`, '该连接未发布'),
    owner: 'administrator',
    nextStep: inBoth('Publish the connection; then release.', '请发布该连接，然后放行。'),
  };
}

function unknownOperation({ name, voucher: { operation } }: Flow, product: string): Obstacle {
  return {
    code: 'target.unknown-operation',
    reason: inBoth(`flow ${name}: ${product} has no operation "${operation}" in this version`, '本程序版本没有此操作'),
    owner: 'administrator',
    nextStep: inBoth(
      'Publish a flow with an operation of the target, with `from` not after the approval; then release.',
      '请发布使用目标系统已有操作的流程（`from` 不晚于审批结束日），然后放行。',
    ),
  };
}
