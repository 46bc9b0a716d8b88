import type { Timers } from '../ports.js';

/** Tells what is wrong in a few words without secrets, or `undefined` when all is well. */
export type HealthCheck = () => string | undefined | Promise<string | undefined>;

/** `live`: a restart would help when this fails. `ready`: the process can do its work at this moment. */
export type HealthKind = 'live' | 'ready';

export interface HealthReport {
  ok: boolean;
  /** By name of the check: `ok`, or what is wrong. */
  checks: Record<string, string>;
}

export interface Health {
  /** Registers a check; a second one of the same kind and name throws. */
  live(name: string, check: HealthCheck): void;
  ready(name: string, check: HealthCheck): void;
  /** Runs all checks of a kind side by side; one that throws or gives no answer within two seconds counts as failed. */
  report(kind: HealthKind): Promise<HealthReport>;
}

const PATIENCE_MS = 2000;

export function createHealth(timers: Timers): Health {
  const checks = { live: new Map<string, HealthCheck>(), ready: new Map<string, HealthCheck>() };
  const register = (kind: HealthKind, name: string, check: HealthCheck) => {
    if (checks[kind].has(name))
      throw new Error(`health: the ${kind} check "${name}" is registered twice; give it another name`);
    checks[kind].set(name, check);
  };
  return {
    live: (name, check) => register('live', name, check),
    ready: (name, check) => register('ready', name, check),
    report: async (kind) => {
      const states = await Promise.all(
        [...checks[kind]].map(async ([name, check]) => [name, (await outcomeOf(check, timers)) ?? 'ok'] as const),
      );
      return { ok: states.every(([, state]) => state === 'ok'), checks: Object.fromEntries(states) };
    },
  };
}

/** The thrown message is not shown: it may hold an address with a password; the check says what may be known. */
async function outcomeOf(check: HealthCheck, timers: Timers): Promise<string | undefined> {
  let cancel = () => {};
  const late = new Promise<string>((resolve) => {
    cancel = timers.after(PATIENCE_MS, () => resolve(`no answer within ${PATIENCE_MS} ms`));
  });
  try {
    return await Promise.race([check(), late]);
  } catch (error) {
    return `check threw ${error instanceof Error ? error.name : typeof error}`;
  } finally {
    cancel();
  }
}
