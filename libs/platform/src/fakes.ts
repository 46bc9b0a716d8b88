import { type Clock, type Randomness, sleepOn, type Timers } from './ports.js';

/** A clock that stands still until a test moves it, and the timers that hang on it. */
export interface FakeClock extends Clock, Timers {
  /**
   * Moves the time on by `ms`, running what falls due in order of its due time (equal times: order of planning).
   * Between two timers every promise that can settle does, so code that plans its next wait after an `await` is met.
   */
  advance(ms: number): Promise<void>;
  /** How many timers are planned; 0 means that nothing waits any more. */
  pending(): number;
}

interface Planned {
  due: number;
  order: number;
  fn: () => void;
  everyMs?: number;
}

/** Builds a {@link FakeClock} that shows `startMs` (ms since 1970). */
export function fakeClock(startMs = 1_700_000_000_000): FakeClock {
  let now = startMs;
  let order = 0;
  const planned = new Set<Planned>();

  const plan = (timer: Omit<Planned, 'order'>) => {
    const entry = { ...timer, order: order++ };
    planned.add(entry);
    return () => void planned.delete(entry);
  };
  const nextUntil = (limit: number): Planned | undefined =>
    [...planned].filter((timer) => timer.due <= limit).sort((a, b) => a.due - b.due || a.order - b.order)[0];

  const fire = (timer: Planned) => {
    now = Math.max(now, timer.due);
    if (timer.everyMs === undefined) planned.delete(timer);
    else Object.assign(timer, { due: timer.due + timer.everyMs, order: order++ });
    timer.fn();
  };

  const clock: FakeClock = {
    now: () => now,
    after: (ms, fn) => plan({ due: now + Math.max(0, ms), fn }),
    every: (ms, fn) => {
      if (!(ms > 0)) throw new RangeError(`every: ${ms} ms is not an interval; give more than 0`);
      return plan({ due: now + ms, everyMs: ms, fn });
    },
    sleep: (ms, signal) => sleepOn(clock, ms, signal),
    pending: () => planned.size,
    advance: async (ms) => {
      const end = now + ms;
      await settle();
      for (let timer = nextUntil(end); timer; timer = nextUntil(end)) {
        fire(timer);
        await settle();
      }
      now = end;
    },
  };
  return clock;
}

/** One turn of the event loop: every promise chain that waits for nothing outside is finished after it. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Repeatable {@link Randomness}: the same seed gives the same values (mulberry32). For tests only. */
export function seededRandomness(seed: number): Randomness {
  let state = seed >>> 0;
  const float = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const bytes = (n: number) => Buffer.from(Array.from({ length: n }, () => Math.floor(float() * 256)));
  const uuid = () => {
    const raw = bytes(16);
    raw[6] = ((raw[6] ?? 0) & 0x0f) | 0x40;
    raw[8] = ((raw[8] ?? 0) & 0x3f) | 0x80;
    return raw.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  };
  return { float, bytes, uuid };
}
