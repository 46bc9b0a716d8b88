import { Agenda, type Planned } from './fake-agenda.js';
import { type Clock, type Randomness, sleepOn, type Timers } from './ports.js';

/** A clock that stands still until a test moves it, and the timers that hang on it. */
export interface FakeClock extends Clock, Timers {
  /**
   * Moves the time on by `ms`, running what falls due in order of its due time (equal times: order of planning).
   * Between two timers every promise that can settle does, so code that plans its next wait after an `await` is met.
   */
  advance(ms: number): Promise<void>;
  /** Moves the time on to the next timer and runs it, with all that follows; says whether there was one. */
  next(): Promise<boolean>;
  /** How many timers are planned; 0 means that nothing waits any more. */
  pending(): number;
}

/**
 * Builds a {@link FakeClock} that shows `startMs` (ms since 1970).
 * @param rank orders timers of equal time, lower first, before the order of planning counts: a simulation's scheduler
 */
export function fakeClock(startMs = 1_700_000_000_000, rank: () => number = () => 0): FakeClock {
  let now = startMs;
  let order = 0;
  const agenda = new Agenda();

  const plan = (due: number, fn: () => void): Planned => {
    const planned: Planned = { due, rank: rank(), order: order++, fn, cancelled: false };
    agenda.add(planned);
    return planned;
  };
  const fire = (timer: Planned) => {
    agenda.take();
    now = Math.max(now, timer.due);
    timer.fn();
  };
  const every = (ms: number, fn: () => void) => {
    let timer: Planned;
    const again = () => {
      timer = plan(timer.due + ms, again);
      fn();
    };
    timer = plan(now + ms, again);
    return () => agenda.cancel(timer);
  };

  const clock: FakeClock = {
    now: () => now,
    after: (ms, fn) => {
      const timer = plan(now + Math.max(0, ms), fn);
      return () => agenda.cancel(timer);
    },
    every: (ms, fn) => {
      if (!(ms > 0)) throw new RangeError(`every: ${ms} ms is not an interval; give more than 0`);
      return every(ms, fn);
    },
    sleep: (ms, signal) => sleepOn(clock, ms, signal),
    pending: () => agenda.size,
    next: async () => {
      const timer = agenda.peek();
      if (timer !== undefined) fire(timer);
      await settle();
      return timer !== undefined;
    },
    advance: async (ms) => {
      const end = now + ms;
      await settle();
      for (let timer = agenda.peek(); timer !== undefined && timer.due <= end; timer = agenda.peek()) {
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
