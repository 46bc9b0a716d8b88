import type { Cancel, Clock, Timers } from '@voucherline/platform';
import { TokenBucket } from './token-bucket.js';

export type Priority = 'finish' | 'sweep';

/** One call may be made. `release` gives its place to the next. */
export interface Pass {
  release(): void;
}

/** Share of the bucket that sweeps leave to finishing work. */
const SWEEP_RESERVE = 0.2;

interface Waiting {
  readonly priority: Priority;
  readonly resolve: (pass: Pass | undefined) => void;
}

/**
 * Lets the calls of one connection through: at most `concurrency` at a time and `perSecond`, finishing work before sweeps.
 * It stands outside the circuit breaker, whose own semaphore would count a full house as failures (stack.md §10.1).
 */
export class Gate {
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #waiting: Record<Priority, Waiting[]> = { finish: [], sweep: [] };
  #bucket: TokenBucket;
  #concurrency: number;
  #ramp: { allowed: number; successes: number } | undefined;
  #inside = 0;
  #cancelTimer: Cancel | undefined;

  readonly #onLetIn: () => void;

  /** @param onLetIn called after a call was let in: there is room for another to wait */
  constructor(
    limits: { perSecond: number; concurrency: number },
    ports: { clock: Clock; timers: Timers },
    onLetIn: () => void = () => {},
  ) {
    this.#onLetIn = onLetIn;
    this.#clock = ports.clock;
    this.#timers = ports.timers;
    this.#concurrency = limits.concurrency;
    this.#bucket = new TokenBucket(limits.perSecond, ports.clock.now());
  }

  /** Calls under way. */
  get inside(): number {
    return this.#inside;
  }

  /** Calls that wait for their turn. */
  get waiting(): number {
    return this.#waiting.finish.length + this.#waiting.sweep.length;
  }

  /** Calls that may be under way at a time, at this moment. */
  get capacity(): number {
    return Math.min(this.#concurrency, this.#ramp?.allowed ?? Infinity);
  }

  setLimits(limits: { perSecond: number; concurrency: number }): void {
    this.#concurrency = limits.concurrency;
    this.#bucket = new TokenBucket(limits.perSecond, this.#clock.now());
    this.#letIn();
  }

  /** Resolves when a call may be made; with undefined when the gate was emptied meanwhile (the connection rests). */
  enter(priority: Priority): Promise<Pass | undefined> {
    return new Promise((resolve) => {
      this.#waiting[priority].push({ priority, resolve });
      this.#letIn();
    });
  }

  /** Sends everybody who waits away. */
  empty(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    for (const priority of ['finish', 'sweep'] as const) {
      for (const waiting of this.#waiting[priority].splice(0)) waiting.resolve(undefined);
    }
  }

  /** After a rest: one call at a time, then two, four … so that a vendor that just came back is not run down. */
  startRamp(): void {
    this.#ramp = { allowed: 1, successes: 0 };
  }

  /** An answered call; enough of them widen the gate again. */
  succeeded(): void {
    const ramp = this.#ramp;
    if (ramp === undefined) return;
    ramp.successes += 1;
    if (ramp.successes < ramp.allowed) return;
    this.#ramp = ramp.allowed * 2 >= this.#concurrency ? undefined : { allowed: ramp.allowed * 2, successes: 0 };
    this.#letIn();
  }

  #letIn(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    while (this.#inside < this.capacity) {
      const priority: Priority = this.#waiting.finish.length > 0 ? 'finish' : 'sweep';
      const next = this.#waiting[priority][0];
      if (next === undefined) return;
      const now = this.#clock.now();
      const wait = this.#bucket.waitMs(now, priority === 'sweep' ? SWEEP_RESERVE : 0);
      if (wait > 0) {
        this.#cancelTimer = this.#timers.after(wait, () => this.#letIn());
        return;
      }
      this.#waiting[priority].shift();
      this.#bucket.draw(now);
      this.#inside += 1;
      next.resolve({ release: this.#releaseOnce() });
      this.#onLetIn();
    }
  }

  #releaseOnce(): () => void {
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.#inside -= 1;
      this.#letIn();
    };
  }
}
