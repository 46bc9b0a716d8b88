import type { KingdeeDocument } from '@voucherline/local';
import type { LineFromOutside } from '../line/line-from-outside.js';
import type { Approved } from './arrivals.js';
import { type Counters, type MetricsWatch, serviceLogs } from './counters.js';

export interface Spread {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** What has to be above zero, else a fault did not bite and the run does not count. */
export const MUST_HAVE_HAPPENED = [
  ...(['webhook-ingestion', 'collector', 'transformer', 'erp-writer', 'kafka', 'postgres'] as const).map(
    (name) => `killed ${name}`,
  ),
  ...([
    'paused beyond the session',
    'dropAfterCommit',
    'executeLate',
    'html',
    'http500',
    'truncate',
    'throttle',
  ] as const),
  ...(['logins', 'callbacks lost', 'callback duplicate:19', 'callback delay', 'callback copies taken'] as const),
  ...(['shards that replayed while it ran', 'vouchers in doubt', 'take-overs of leases', 'epochs rejected'] as const),
] as const;

/** Seconds at p50, p95, p99 and the longest. */
export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: sorted.at(-1) ?? 0 };
}

/** When each case was posted, by its book; ms since the epoch. */
export function postedAt(line: LineFromOutside, cases: readonly Approved[]): ReadonlyMap<Approved, number> {
  const documents = line.documentsOf(cases) as ReadonlyMap<Approved, KingdeeDocument & { readonly at: string }>;
  return new Map([...documents].map(([one, { at }]) => [one, Date.parse(at)]));
}

/** Adds what only log, books and metrics tell. */
export async function countTraces(
  counters: Counters,
  { line, metrics, types }: { line: LineFromOutside; metrics: MetricsWatch; types: ReadonlyMap<string, number> },
): Promise<void> {
  const logs = serviceLogs(line.facts);
  const lines = (words: string) => logs.filter(({ text }) => text.includes(words)).length;
  counters.add('take-overs of leases', lines('"leases were taken over"'));
  counters.add('take-overs of shards', lines('"shard taken over"'));
  counters.add('epochs rejected', lines('"name":"StaleOwner"') + metrics.sum('work_stale_settles_total'));
  counters.add('commits that were lost', metrics.sum('stage_lost_commits_total'));
  counters.add('breakers opened', metrics.sum('work_breaker_opened_total'));
  counters.add('vouchers in doubt', types.get('VoucherInDoubt') ?? 0);
  counters.add('messages parked', types.get('MessageParked') ?? 0);
  const callbacks = await line.dingtalk.allCallbacks();
  counters.add('callbacks', callbacks.length);
  counters.add('callbacks lost', callbacks.filter(({ state }) => state === 'dropped').length);
  counters.add('callbacks DingTalk gave up', callbacks.filter(({ state }) => state === 'failed').length);
  const calls = [await line.kingdee.hq.calls(), await line.kingdee.east.calls()];
  const sum = (operations: readonly string[]) =>
    calls.reduce((total, one) => total + operations.reduce((all, name) => all + (one[name] ?? 0), 0), 0);
  counters.add('attempts to create (Push, Save)', sum(['Push', 'Save']));
  counters.add('look-ups (ExecuteBillQuery, View)', sum(['ExecuteBillQuery', 'View']));
  counters.add(
    'logins',
    calls.reduce((total, one) => total + loginsOf(one), 0),
  );
}

function loginsOf(calls: Readonly<Record<string, number>>): number {
  return Object.entries(calls).reduce((sum, [name, count]) => sum + (/^Login|ValidateUser/.test(name) ? count : 0), 0);
}
