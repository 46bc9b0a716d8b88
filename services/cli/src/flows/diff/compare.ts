import type { ApprovalHead, ConnectionContent, Lookups } from '@voucherline/contracts';
import type { Flow, MappedApproval } from '@voucherline/mapping';
import { pathText } from '@voucherline/mapping';
import type { Broker } from '@voucherline/pipeline';
import { type CommandContext, CommandError } from '../../command.js';
import { differencesOf, shown } from '../differences.js';
import { type Outcome, outcomeOf } from '../outcome.js';
import { type ChangeKind, changeOf } from './change.js';
import { standingApprovals } from './history.js';
import { isSince, type Since, sinceText } from './since.js';

/** Two versions and where they are run. */
export interface Comparison {
  readonly before: Flow;
  readonly after: Flow;
  readonly since: Since;
  readonly connections: ReadonlyMap<string, ConnectionContent>;
  readonly masterData: Lookups;
  /** Approvals that are shown at most; the rest is counted. */
  readonly showAtMost: number;
}

const PROGRESS_EVERY = 20_000;

/** Approvals that come out otherwise, by how they do. */
export type Totals = Readonly<Record<ChangeKind, number>> & { readonly compared: number };

/** Runs history under both versions and shows what changes, approval by approval. Nothing is sent or published. */
export async function compare(broker: Broker, comparison: Comparison, context: CommandContext): Promise<Totals> {
  const { before, after, since, showAtMost } = comparison;
  const timeZone = timeZoneOf(before, comparison) ?? timeZoneOf(after, comparison) ?? 'UTC';
  const totals = { compared: 0, voucher: 0, parked: 0, unparked: 0, skipped: 0, taken: 0, cause: 0 };
  sayTerms(before, after, context);
  const isWanted = (place: { readonly head: ApprovalHead; readonly time: string; readonly offset: bigint }) => {
    return (takes(before, place.head) || takes(after, place.head)) && isSince(since, place, timeZone);
  };
  const onRead = (messages: number) => {
    if (context.signal.aborted) throw new CommandError('flow diff: interrupted');
    if (messages % PROGRESS_EVERY === 0)
      context.note(`… ${messages} messages read, ${totals.compared} approvals compared`);
  };
  let changed = 0;
  for await (const { key, approval } of standingApprovals(broker, isWanted, onRead)) {
    totals.compared++;
    const change = changeOf(outcomeBy(before, approval, comparison), outcomeBy(after, approval, comparison));
    if (change === undefined) continue;
    totals[change.kind]++;
    if (++changed > showAtMost) continue;
    context.say(`${key}  ${approval.businessId}`);
    for (const line of change.lines) context.say(`  ${line}`);
  }
  if (changed > showAtMost)
    context.say(`… and ${changed - showAtMost} more approvals 另有 ${changed - showAtMost} 份审批`);
  sayTotals(totals, since, context);
  return totals;
}

function outcomeBy(flow: Flow, approval: MappedApproval, comparison: Comparison): Outcome {
  // A form that the version does not take is as good as one for which its condition does not hold.
  if (!takes(flow, approval)) return { kind: 'skipped' };
  const { connections, masterData } = comparison;
  const timeZone = timeZoneOf(flow, comparison);
  if (timeZone === undefined) throw new CommandError(`connection ${flow.source.connection} is not published`);
  return outcomeOf(flow, approval, { timeZone, masterData }, connections.get(flow.voucher.target));
}

function timeZoneOf({ source }: Flow, { connections }: Comparison): string | undefined {
  return connections.get(source.connection)?.timeZone;
}

function takes({ source }: Flow, { connection, kind }: ApprovalHead): boolean {
  return source.connection === connection && source.kinds.includes(kind);
}

/** What a version says about all of its vouchers alike. */
function sayTerms(before: Flow, after: Flow, context: CommandContext): void {
  const terms = ({ source, voucher, from, writeBack, reversalWriteBack, alongside }: Flow) => {
    const { patienceSeconds, ...rest } = voucher;
    return {
      source,
      voucher: { ...rest, patience: `${patienceSeconds} s` },
      from,
      writeBack,
      reversalWriteBack,
      alongside,
    };
  };
  for (const { path, before: was, after: is } of differencesOf(terms(before), terms(after))) {
    context.say(`${pathText(path)}: ${shown(was)} → ${shown(is)}  (for all vouchers 适用于所有凭证)`);
  }
}

function sayTotals(totals: Totals, since: Since, context: CommandContext): void {
  const { compared, ...changes } = totals;
  const words: Readonly<Record<ChangeKind, string>> = {
    voucher: 'other vouchers 凭证变化',
    parked: 'would be parked 新挂起',
    unparked: 'no longer parked 不再挂起',
    skipped: 'would be skipped 不再生成',
    taken: 'no longer skipped 开始生成',
    cause: 'parked by another cause 挂起原因变化',
  };
  const kinds = Object.keys(words) as readonly ChangeKind[];
  const changed = kinds.reduce((sum, kind) => sum + changes[kind], 0);
  const told = kinds.filter((kind) => changes[kind] > 0).map((kind) => `${changes[kind]} ${words[kind]}`);
  context.say(
    `${compared} approvals since ${sinceText(since)}: ${[`${compared - changed} the same 相同`, ...told].join(', ')}`,
  );
}
