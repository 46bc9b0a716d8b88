import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { fileURLToPath } from 'node:url';

type Trapped = readonly [owner: object, names: readonly string[]];

const PLACES: readonly Trapped[] = [
  [Date, ['now']],
  [Math, ['random']],
  [performance, ['now']],
  [globalThis, ['setTimeout', 'setInterval']],
  [crypto, ['randomBytes', 'randomUUID', 'randomInt']],
];

/** Code of ours: what others measure for themselves (opossum its latencies) decides nothing. */
const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

/** Runs a history while the machine's own time and chance are out of bounds for code of ours. @throws when some was drawn */
export async function trapped<T>(work: () => Promise<T>): Promise<T> {
  const drawn: string[] = [];
  const releases = PLACES.flatMap(([owner, names]) => names.map((name) => trap(owner, name, drawn)));
  syncBuiltinESMExports();
  const result = await work().finally(() => {
    for (const release of releases) release();
    syncBuiltinESMExports();
  });
  if (drawn.length > 0) throw new Error(`not repeatable: ${drawn[0]}`);
  return result;
}

function trap(owner: object, name: string, drawn: string[]): () => void {
  const members = owner as Record<string, (...args: unknown[]) => unknown>;
  const real = members[name] as (...args: unknown[]) => unknown;
  members[name] = function guarded(this: unknown, ...args: unknown[]) {
    const caller = callerOf(guarded);
    if (caller.includes(ROOT) && !caller.includes('node_modules')) drawn.push(`${name} was called ${caller.trim()}`);
    return real.apply(this, args);
  };
  return () => {
    members[name] = real;
  };
}

function callerOf(callee: (...args: never[]) => unknown): string {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = 1;
  const trace: { stack?: string } = {};
  Error.captureStackTrace(trace, callee);
  Error.stackTraceLimit = before;
  return (trace.stack ?? '').split('\n')[1] ?? '';
}
