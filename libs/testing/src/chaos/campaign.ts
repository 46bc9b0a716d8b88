import { setTimeout as pause } from 'node:timers/promises';
import type { Say } from '@voucherline/local';
import { type Fault, nothingElse, oneRightVoucherEach, told } from '../line/invariants.js';
import { COMPANIES, LineFromOutside } from '../line/line-from-outside.js';
import { type RunningStack, startTestStack } from '../line/start-test-stack.js';
import { voucherline } from '../line/voucherline.js';
import { type Approved, Arrivals } from './arrivals.js';
import { Counters, MetricsWatch } from './counters.js';
import { countTraces, MUST_HAVE_HAPPENED, postedAt, type Spread, spread } from './figures.js';
import { checkAll, foreignDocuments } from './invariants.js';
import { Nemeses } from './nemeses.js';
import { planOf } from './plan.js';
import { SmallDisk } from './small-disk.js';

const CLEAN_MS = 10_000;
/** After the healing: a lease and a session run out, a sweep comes, a create in doubt is waited for. */
const SETTLE_WITHIN_MS = 120_000;
const FOREIGN_BILLS = 5;
const AFTER_REPLAY_MS = 15_000;

export interface Outcome {
  readonly seed: number;
  readonly minutes: number;
  readonly vouchers: number;
  readonly refused: number;
  /** Seconds from the healing until all was right; absent when it never was. */
  readonly settledAfter: number | undefined;
  /** Seconds after the healing, of what was not posted by then. */
  readonly recovery: Spread;
  /** Seconds from approval to posting. */
  readonly postedAfter: Spread;
  /** ms until a copy of ours was acknowledged. */
  readonly acknowledgedAfter: Spread;
  readonly counters: Readonly<Record<string, number>>;
  /** Faults that should have bitten and did not. */
  readonly didNotHappen: readonly string[];
  readonly notInjected: readonly string[];
  readonly faults: Readonly<Record<string, readonly Fault[]>>;
  readonly faultsAfterReplay: Readonly<Record<string, readonly Fault[]>>;
}

/** One campaign on a stack of its own. */
export async function campaign(seed: number, minutes: number, say: Say): Promise<Outcome> {
  const counters = new Counters();
  const disk = SmallDisk.mount();
  let running: RunningStack | undefined;
  let outcome: Outcome | undefined;
  try {
    running = await startTestStack({
      ...{ name: 'chaos', timeScale: 0.2, instances: 2, databaseFolder: disk.folder },
      say: (line) => countEnd(counters, line),
    });
    outcome = await play(running, disk, { seed, minutes, counters, say });
    return outcome;
  } finally {
    const keep = outcome === undefined || hasFaults(outcome);
    await disk.free();
    await running?.stop({ keep });
    if (keep && running !== undefined) disk.copyTo(running.facts.folder);
    disk.unmount();
  }
}

/** Counts the ends of processes, as the watch over the stack tells them; the second process of a service counts with the first. */
function countEnd(counters: Counters, line: string): void {
  const [, name, how] = /^([a-z-]+?)(?:-2)? ended with (signal SIGKILL|\S+ \S+?);/.exec(line) ?? [];
  if (name === undefined) return;
  counters.add(how === 'signal SIGKILL' ? `killed ${name}` : `${name} ended by itself (${how})`);
}

export function hasFaults({ faults, faultsAfterReplay, settledAfter }: Outcome): boolean {
  return settledAfter === undefined || [faults, faultsAfterReplay].some((all) => Object.values(all).flat().length > 0);
}

interface Given {
  readonly seed: number;
  readonly minutes: number;
  readonly counters: Counters;
  readonly say: Say;
}

async function play(running: RunningStack, disk: SmallDisk, { seed, minutes, counters, say }: Given): Promise<Outcome> {
  const line = new LineFromOutside(running.facts, 'chaos');
  const metrics = new MetricsWatch(running.facts);
  const watching = setInterval(() => void metrics.look(), 1_000);
  try {
    const foreign = await somebodyElsesBills(line);
    const arrivals = new Arrivals(line, counters, seed);
    arrivals.start();
    say(`${CLEAN_MS / 1000} s without faults`);
    await pause(CLEAN_MS);
    const nemeses = new Nemeses(running, line, disk, counters);
    const overAt = pause(minutes * 60_000).then(() => arrivals.stop());
    await nemeses.strike(planOf(seed, minutes), say);
    await overAt;
    const healedAt = Date.now();
    const { approved, refused } = arrivals;
    say(`healed; ${approved.length} approvals, ${line.faultsOf(approved).length} of them not right yet`);
    const settledAfter = await settle(line, approved, healedAt);
    say(settledAfter === undefined ? 'it did NOT settle' : `settled after ${settledAfter.toFixed(1)} s`);
    await metrics.look();
    await nemeses.replaysEnded();
    const evidence = async () => ({ line, log: await told(line), approved, metrics, foreign, settledAfter });
    const before = await evidence();
    counters.add('shards that replayed while it ran', before.log.types.get('ReplayReported') ?? 0);
    const faults = await checkAll(before);
    const posted = postedAt(line, approved);
    const times = [...posted.values()];
    const replayed = await replayEverything(line, say);
    const faultsAfterReplay = { ...(await checkAll(await evidence())), I16: replayed };
    await countTraces(counters, { line, metrics, types: (await evidence()).log.types });
    const happened = disk.unable === undefined ? [...MUST_HAVE_HAPPENED, 'database disk full'] : MUST_HAVE_HAPPENED;
    return {
      ...{ seed, minutes, vouchers: approved.length, refused: refused.length, settledAfter, faults, faultsAfterReplay },
      recovery: spread(times.filter((at) => at > healedAt).map((at) => (at - healedAt) / 1000)),
      postedAfter: spread([...posted].map(([{ approvedAt }, at]) => Math.max(0, at - approvedAt) / 1000)),
      acknowledgedAfter: spread(arrivals.acknowledgedMs),
      counters: counters.all(),
      didNotHappen: happened.filter((name) => counters.get(name) === 0),
      notInjected: [
        ...(disk.unable === undefined ? [] : [`full disk of the database (${disk.unable})`]),
        ...NEVER_INJECTED,
      ],
    };
  } finally {
    clearInterval(watching);
    await line.close();
  }
}

/** What this campaign has no means for. */
const NEVER_INJECTED = [
  'full disks of the broker and of logs',
  'network partitions between processes (all talk over loopback)',
  'steps of the clock',
  'loss of the broker’s or the database’s data',
  'retention that runs out behind an outage',
];

async function somebodyElsesBills(line: LineFromOutside): Promise<readonly string[]> {
  for (const company of COMPANIES) {
    for (let n = 0; n < FOREIGN_BILLS; n += 1) {
      const application = await line.kingdee[company].apply({ amount: `9${n}.90` });
      await line.kingdee[company].pushByHand(application, { audit: n % 2 === 0 });
    }
  }
  return foreignDocuments(line);
}

async function settle(
  line: LineFromOutside,
  approved: readonly Approved[],
  healedAt: number,
): Promise<number | undefined> {
  while (Date.now() - healedAt < SETTLE_WITHIN_MS) {
    if (oneRightVoucherEach(line, approved).length + nothingElse(line).length === 0) {
      // Its events may be on their way yet.
      const seconds = (Date.now() - healedAt) / 1000;
      await pause(5_000);
      return seconds;
    }
    await pause(500);
  }
  return undefined;
}

/** I16: reads every topic again that its stage offers, and finds that books and inputs are what they were. */
async function replayEverything(line: LineFromOutside, say: Say): Promise<readonly Fault[]> {
  const books = () => JSON.stringify(COMPANIES.map((company) => line.book(company)));
  const before = books();
  const faults: Fault[] = [];
  const help = await voucherline(line.facts, 'replay', '--help');
  const topics = [...new Set(help.match(/[a-z]+\.[a-z]+\.v\d/g))];
  for (const topic of topics) {
    const said = await voucherline(line.facts, 'replay', '--topic', topic, '--from-offset', '0').catch(
      (error: unknown) => `failed: ${(error as Error).message}`,
    );
    const last = said.trim().split('\n').slice(-2).join('; ');
    say(`replay of ${topic}: ${last}`);
    if (!/ 0 conflicts/.test(said)) faults.push(`I16: replay of ${topic}: ${last}`);
  }
  // Workers look up what they were asked to do again in their own time.
  await pause(AFTER_REPLAY_MS);
  if (books() !== before) faults.push('I16: a replay changed the books');
  return faults;
}
