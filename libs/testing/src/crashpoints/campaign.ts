import { type Say, SERVICES } from '@voucherline/local';
import { readTopic } from '@voucherline/pipeline';
import { CRASH_STEPS, type CrashLabel, PASSED } from '@voucherline/platform';
import {
  acknowledgedIsKept,
  endedHasEvidence,
  type Fault,
  nothingElse,
  oneRightVoucherEach,
  parkedSaysWhy,
  told,
} from '../line/invariants.js';
import { type Case, LineFromOutside } from '../line/line-from-outside.js';
import { ProcessLog } from '../line/process-log.js';
import { type RunningStack, startTestStack } from '../line/start-test-stack.js';
import { Crasher, DEED_OF, holdsWithin } from './crash.js';
import { Elapse } from './elapse.js';
import { type CrashRun, labelsOf } from './runs.js';

/** A run that is not settled by then is looked at again at the end, beside the others: it may wait out a create that could come late. */
const SETTLES_WITHIN_MS = 4_000;
/** A create in doubt is waited for a minute before another is made. */
const ALL_SETTLE_WITHIN_MS = 180_000;
const CLEAN_RUN_MS = 60_000;
/** From so many runs of a flavour on, its faults must have bitten. */
const FLAVOURED_RUNS = 4;

interface Result {
  readonly run: CrashRun;
  readonly cases: readonly Case[];
  readonly died: boolean;
  readonly seconds: number;
  readonly settled: boolean;
}

/** Plays the runs on a stack of their own. Resolves with the exit code: 0 when each process died where it should and the books are right. */
export async function campaign(runs: readonly CrashRun[], say: Say): Promise<number> {
  const started = Date.now();
  const running = await startTestStack({ name: 'crashpoints', timeScale: 0.1 });
  const line = new LineFromOutside(running.facts, 'crashpoints');
  const elapse = await Elapse.open(running.facts);
  let faults: readonly Fault[] = ['it was not finished'];
  try {
    const crasher = new Crasher(running, line, elapse);
    const clean = await cleanRun(running, line, crasher);
    say(`clean run: ${clean.length === 0 ? `each of ${CRASH_STEPS.length} steps is passed on both sides` : 'FAILED'}`);
    const results: Result[] = [];
    for (const run of runs) {
      results.push(await play(run, crasher, line));
      say(progress(results, runs.length));
    }
    await crasher.calm();
    faults = [...clean, ...(await judge(results, line, say)), ...withoutBite(results, crasher.bitten)];
    say(table(results));
    say(`faults that bit: ${[...crasher.bitten].map(([kind, times]) => `${kind} ${times}`).join(', ') || 'none'}`);
  } finally {
    await Promise.all([line.close(), elapse.close()]);
    await running.stop({ keep: faults.length > 0 });
  }
  for (const fault of faults) say(`FAILED  ${fault}`);
  const minutes = ((Date.now() - started) / 60_000).toFixed(1);
  say(`crashpoints: ${runs.length} runs in ${minutes} min, ${faults.length} failures`);
  return faults.length === 0 ? 0 : 1;
}

/** Nobody dies, and each label of the table is passed by the process that it is of, and no other: the table is complete. */
async function cleanRun(
  { stack, facts }: RunningStack,
  line: LineFromOutside,
  crasher: Crasher,
): Promise<readonly Fault[]> {
  // The first walk over the table of contacts says something with each page, so each is committed before the next (lane.hold). The
  // next walk is an hour away, and no other lane of the collector says anything between two calls.
  if (!(await holdsWithin(CLEAN_RUN_MS, () => isTableRead(line)))) return ['the table of contacts was not read'];
  const logs = new Map(SERVICES.map((service) => [service, new ProcessLog(facts, service)]));
  for (const service of SERVICES) {
    await stack.rest(service);
    await stack.resume(service, { CRASH_AT: 'none' });
  }
  const cases = [...(await crasher.play()), ...(await crasher.play())];
  await holdsWithin(CLEAN_RUN_MS, () => oneRightVoucherEach(line, cases).length === 0);
  const differences = () =>
    SERVICES.flatMap((service) => {
      const text = logs.get(service)?.text() ?? '';
      const passed = [...text.matchAll(new RegExp(`^${PASSED}(.*)$`, 'gm'))].map(([, label]) => label as CrashLabel);
      const expected = labelsOf(service);
      return [
        ...expected.filter((label) => !passed.includes(label)).map((label) => `${service} never passed ${label}`),
        ...passed
          .filter((label) => !expected.includes(label))
          .map((label) => `${service} passed ${label}, which the table does not say`),
      ];
    });
  await holdsWithin(CLEAN_RUN_MS, () => differences().length === 0);
  return [...differences(), ...oneRightVoucherEach(line, cases)].map((fault) => `clean run: ${fault}`);
}

/** The one table that is pulled here (`line/configuration`) has been walked to its end. */
async function isTableRead(line: LineFromOutside): Promise<boolean> {
  for await (const { message } of readTopic(line.broker, 'masterdata.entries.v1')) {
    if (message.type === 'MasterDataPulled') return true;
  }
  return false;
}

async function play(run: CrashRun, crasher: Crasher, line: LineFromOutside): Promise<Result> {
  const began = Date.now();
  const { cases, died } = await crasher.crash(run);
  const settled = await holdsWithin(SETTLES_WITHIN_MS, () => oneRightVoucherEach(line, cases).length === 0);
  return { run, cases, died, settled, seconds: (Date.now() - began) / 1000 };
}

/** Waits until the books are right, then looks at everything. */
async function judge(results: readonly Result[], line: LineFromOutside, say: Say): Promise<readonly Fault[]> {
  const waiting = results.filter(({ settled }) => !settled).length;
  say(`settling: ${waiting} runs wait, most of them for a create that could still come late`);
  const all = results.flatMap(({ cases }) => cases);
  await holdsWithin(ALL_SETTLE_WITHIN_MS, () => [...oneRightVoucherEach(line, all), ...nothingElse(line)].length === 0);
  const confirmed = async () => endedHasEvidence(line, await told(line), all).length === 0;
  await holdsWithin(10_000, confirmed);
  const log = await told(line);
  const faults = results.flatMap(({ run, cases, died }) =>
    [
      ...(died ? [] : ['it did not die there, so the run does not count']),
      ...oneRightVoucherEach(line, cases),
      ...endedHasEvidence(line, log, cases),
    ].map((fault) => `${fault}\n        again: ${again(run)}`),
  );
  return [...faults, ...nothingElse(line), ...(await acknowledgedIsKept(line, log)), ...parkedSaysWhy(log)];
}

/** A flavour that was played some times and never bit an ERP document was none. */
function withoutBite(results: readonly Result[], bitten: ReadonlyMap<string, number>): readonly Fault[] {
  return (['reply-lost', 'late'] as const)
    .filter((flavour) => results.filter(({ run }) => run.flavour === flavour).length >= FLAVOURED_RUNS)
    .filter((flavour) => (bitten.get(DEED_OF[flavour]) ?? 0) === 0)
    .map((flavour) => `${flavour}: ${DEED_OF[flavour]} never bit, so these runs do not count`);
}

function again({ id }: CrashRun): string {
  return `npm run crashpoints -- --only ${id}`;
}

function progress(results: readonly Result[], of: number): string {
  const { run, died, settled, seconds } = results.at(-1) as Result;
  const what = died ? (settled ? 'settled' : 'waits') : 'DID NOT DIE';
  return `${String(results.length).padStart(4)}/${of}  ${run.id.padEnd(58)} ${what.padEnd(8)} ${seconds.toFixed(1)} s`;
}

/** Deaths by service and flavour. */
function table(results: readonly Result[]): string {
  const rows = SERVICES.map((service) => {
    const of = results.filter(({ run }) => run.service === service);
    const labels = new Set(of.map(({ run }) => run.label)).size;
    const deaths = of.filter(({ died }) => died).length;
    const mean = of.length === 0 ? 0 : of.reduce((sum, { seconds }) => sum + seconds, 0) / of.length;
    return [service, of.length, deaths, labels, `${mean.toFixed(1)} s`].map((cell) => String(cell).padEnd(18)).join('');
  });
  const head = ['service', 'runs', 'deaths', 'labels', 'mean'].map((cell) => cell.padEnd(18)).join('');
  return [head, ...rows].join('\n');
}
