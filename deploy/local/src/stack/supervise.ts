import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { portTable } from '../ports.js';
import { livingProcess, writePidFile } from '../processes/pid-file.js';
import type { Say } from '../say.js';
import { endLeftovers } from './leftovers.js';
import { stackEnvironment, startOrder } from './members.js';
import type { StackPlaces } from './places.js';
import { type Stack, startStack } from './start-stack.js';

/** Two signals within this time are one: npm passes on what the terminal sent to all of us already. */
const sameSignalMs = 1_000;

/**
 * Runs the stack in this process: takes the checkout's lock, starts all, does `work`, and stops all when that is done or
 * a signal asks for it; a second signal forces. Resolves with the exit code. At its end nothing runs any more.
 * @throws when the stack runs already or does not start.
 */
export async function supervise(
  places: StackPlaces,
  say: Say,
  work: (stack: Stack, stopped: Promise<void>) => Promise<number>,
): Promise<number> {
  const ports = portTable(process.env);
  takeLock(places);
  process.once('exit', () => rmSync(places.lock, { force: true }));
  const asked = onceAskedToStop(say);

  const left = await endLeftovers(places);
  if (left.length > 0) say(`ended what an earlier run had left: ${left.join(', ')}`);
  const options = { ports, places, given: process.env };
  const environment = stackEnvironment(options);
  const stack = await startStack({ ports, environment, order: startOrder(options), say });
  // It holds passwords.
  writeFileSync(places.environment, `${JSON.stringify(environment, null, 2)}\n`, { mode: 0o600 });
  try {
    return await work(stack, asked.orderly());
  } finally {
    say('stopping …');
    rmSync(places.environment, { force: true });
    await stack.stop();
    say('nothing runs any more');
  }
}

function takeLock({ run, lock }: StackPlaces): void {
  mkdirSync(run, { recursive: true });
  if (writePidFile(lock, process.pid, { exclusive: true })) return;
  if (livingProcess(lock) !== undefined) {
    throw new Error('already running in this checkout: `npm run down` stops it.');
  }
  // Left by a supervisor that was killed.
  rmSync(lock, { force: true });
  if (!writePidFile(lock, process.pid, { exclusive: true }))
    throw new Error('another start is under way in this checkout.');
}

/**
 * Until `orderly` is called (the stack is up) a signal ends this process at once, and its exit kills what it started:
 * nothing has been written yet that a crash could hurt. After, the first one settles the promise.
 */
function onceAskedToStop(say: Say): { orderly(): Promise<void> } {
  let stop: (() => void) | undefined;
  let firstAt: number | undefined;
  const onSignal = () => {
    const now = Date.now();
    if (firstAt !== undefined && now - firstAt < sameSignalMs) return;
    if (stop === undefined || firstAt !== undefined) {
      say(stop === undefined ? 'stopped before all had started' : 'forced: everything is killed');
      process.exit(1);
    }
    firstAt = now;
    stop();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  return {
    orderly: () =>
      new Promise((resolve) => {
        stop = resolve;
      }),
  };
}
