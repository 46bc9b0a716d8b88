import { randomBytes, randomUUID } from 'node:crypto';

/** The time of day. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
}

/** Stops what `after` or `every` has planned; calling it twice does no harm. */
export type Cancel = () => void;

/** Waiting. Every wait of the product goes through this port, so that a test can drive it. */
export interface Timers {
  /** Resolves after `ms` milliseconds; rejects with the signal's reason as soon as it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls `fn` once, `ms` milliseconds from now. */
  after(ms: number, fn: () => void): Cancel;
  /** Calls `fn` every `ms` milliseconds, the first time after `ms`. */
  every(ms: number, fn: () => void): Cancel;
}

/** Chance. Nothing else in the product may draw random values. */
export interface Randomness {
  /** A random (version 4) UUID, lower case. */
  uuid(): string;
  /** `n` random bytes. */
  bytes(n: number): Buffer;
  /** A number from 0 (included) to 1 (excluded); for jitter, not for secrets. */
  float(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** Node fires longer timeouts at once (delays are 32-bit), so long waits are made of several. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

export const systemTimers: Timers = {
  sleep: (ms, signal) => sleepOn(systemTimers, ms, signal),
  after: (ms, fn) => {
    let handle: NodeJS.Timeout;
    const plan = (left: number) => {
      const step = Math.min(left, LONGEST_TIMEOUT_MS);
      handle = setTimeout(() => (left > step ? plan(left - step) : fn()), step);
    };
    plan(ms);
    return () => clearTimeout(handle);
  },
  every: (ms, fn) => {
    if (!(ms > 0 && ms <= LONGEST_TIMEOUT_MS))
      throw new RangeError(`every: ${ms} ms is not an interval; give 1 to 2^31-1`);
    const handle = setInterval(fn, ms);
    return () => clearInterval(handle);
  },
};

const POOL_BYTES = 4_096;
let pool: Buffer = Buffer.alloc(0);
let drawn = 0;

/** A draw from the system costs the same for 8 bytes and for thousands, so small ones share it; no byte is given twice. */
function pooledBytes(n: number): Buffer {
  if (n > POOL_BYTES / 8) return randomBytes(n);
  if (drawn + n > pool.length) {
    pool = randomBytes(POOL_BYTES);
    drawn = 0;
  }
  const bytes = Buffer.from(pool.subarray(drawn, drawn + n));
  pool.fill(0, drawn, drawn + n);
  drawn += n;
  return bytes;
}

export const systemRandomness: Randomness = {
  uuid: () => randomUUID(),
  bytes: pooledBytes,
  float: () => Math.random(),
};

/** `Timers.sleep` made of `Timers.after`; shared by the real and the fake timers. */
export function sleepOn(timers: Pick<Timers, 'after'>, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = () => {
      cancel();
      reject(signal?.reason);
    };
    const cancel = timers.after(ms, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
