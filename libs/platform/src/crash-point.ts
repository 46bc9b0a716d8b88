import { subscribe } from 'node:diagnostics_channel';
import { writeSync } from 'node:fs';

/** Steps of the line beside which a process may be told to die. Each is passed as `before-<step>`, done, and passed as `after-<step>`. */
export const CRASH_STEPS = [
  // webhook-ingestion: is it genuine · into the log with acks=all · the answer
  ...(['webhook.verify', 'webhook.append', 'webhook.answer'] as const),
  // a stage: own the shard · note that a batch is begun · read a record · fold and decide · commit · say
  ...(['stage.take-over', 'stage.attempt', 'stage.decode', 'stage.handle', 'stage.commit', 'stage.publish'] as const),
  // any member of a consumer group: tell the group how far it has come
  'group.offset',
  // a worker's intake: own the shard · read records · put mail into lanes
  ...(['intake.take-over', 'intake.decode', 'intake.commit'] as const),
  // a worker's leases
  ...(['lease.renew', 'lease.claim'] as const),
  // a lane: taken · planned · what has to be on record before a call · the call, sent and answered · where it waits again
  ...(['lane.take', 'lane.plan', 'lane.hold', 'call.send', 'call.answer', 'lane.wait'] as const),
  // a worker: group commit of lanes · say
  ...(['work.commit', 'work.publish'] as const),
] as const;

export type CrashStep = (typeof CRASH_STEPS)[number];
export type CrashLabel = `${'before' | 'after'}-${CrashStep}`;

export const CRASH_LABELS: readonly CrashLabel[] = CRASH_STEPS.flatMap(
  (step) => [`before-${step}`, `after-${step}`] as const,
);

/** What a process writes to its error stream as it passes a label for the first time, with `CRASH_AT=none`. */
export const PASSED = 'crash point passed: ';
/** What it writes right before it dies. */
export const DIED = 'crash point reached: ';

interface Armed {
  /** Absent: passings are only told. */
  readonly label?: CrashLabel;
  readonly nth: number;
}

/**
 * Reads `CRASH_AT`: `<label>`, `<label>:<n>` or `none`.
 * @throws for an unknown label, which would never be reached and so prove nothing, and in an image of production, where
 * nobody wants it
 */
export function armedBy(env: Readonly<Record<string, string | undefined>>): Armed | undefined {
  const given = env.CRASH_AT;
  if (given === undefined || given === '') return undefined;
  if (env.NODE_ENV === 'production') throw new Error('CRASH_AT kills this process, so production does not take it.');
  if (given === 'none') return { nth: 0 };
  const [name, nth = '1'] = given.split(':');
  const label = CRASH_LABELS.find((one) => one === name);
  if (label === undefined || !/^[1-9]\d{0,5}$/.test(nth)) {
    throw new Error(`CRASH_AT: "${given}" is no crash point. Write <label>[:n], n from 1; ${CRASH_LABELS.join(', ')}.`);
  }
  return { label, nth: Number(nth) };
}

/** What passing a label does for this arming. */
export function crashPointFor(
  { label, nth }: Armed,
  { say, die }: { say(line: string): void; die(): void },
): (label: CrashLabel) => void {
  const passed = new Map<CrashLabel, number>();
  return (here) => {
    const times = (passed.get(here) ?? 0) + 1;
    passed.set(here, times);
    if (label === undefined && times === 1) say(`${PASSED}${here}`);
    if (here !== label || times !== nth) return;
    say(`${DIED}${here}:${nth}`);
    die();
  };
}

const armed = armedBy(process.env);

/** Where tests may have this process killed, as by SIGKILL: see {@link CRASH_STEPS}. Does nothing unless `CRASH_AT` is set. */
export const crashPoint: (label: CrashLabel) => void =
  armed === undefined
    ? () => {}
    : crashPointFor(armed, {
        // Synchronous: a process that is killed writes nothing later.
        say: (line) => void writeSync(2, `${line}\n`),
        die: () => void process.kill(process.pid, 'SIGKILL'),
      });

// Only undici knows when a request has left for its socket, and it says so here. Nobody listens unless a test asked for it.
if (armed !== undefined) subscribe('undici:request:bodySent', () => crashPoint('after-call.send'));
