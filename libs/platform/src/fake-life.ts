import type { Cancel, Timers } from './ports.js';

const never = new Promise<never>(() => {});

/** The life of a simulated process: what it does, it does only while it lives and is not paused. */
export class FakeLife {
  /** Called once, when it is killed. */
  onKilled = (): void => {};
  readonly #timers = new Set<Cancel>();
  #isDead = false;
  #paused: { promise: Promise<void>; resolve: () => void } | undefined;

  get isDead(): boolean {
    return this.#isDead;
  }

  get isGoing(): boolean {
    return !this.#isDead && this.#paused === undefined;
  }

  /** Resolves when it goes on; for the dead, never. */
  async going(): Promise<void> {
    if (this.#isDead) await never;
    while (this.#paused !== undefined) await this.#paused.promise;
    if (this.#isDead) await never;
  }

  /** As by `kill -9`. */
  kill(): void {
    if (this.#isDead) return;
    this.#isDead = true;
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    this.onKilled();
  }

  /** As by SIGSTOP. */
  pause(): void {
    this.#paused ??= Promise.withResolvers<void>();
  }

  resume(): void {
    this.#paused?.resolve();
    this.#paused = undefined;
  }

  /** Timers of its own: those of a paused process ring when it goes on, those of a dead one not at all. */
  timers(timers: Timers): Timers {
    const later = (fn: () => void) => () => (this.isGoing ? fn() : void this.going().then(fn));
    const kept = (plan: (forget: () => void) => Cancel): Cancel => {
      const cancel: Cancel = () => {
        this.#timers.delete(cancel);
        stop();
      };
      const stop = plan(() => this.#timers.delete(cancel));
      this.#timers.add(cancel);
      return cancel;
    };
    return {
      sleep: async (ms, signal) => {
        await timers.sleep(ms, signal);
        await this.going();
      },
      after: (ms, fn) =>
        kept((forget) =>
          timers.after(ms, () => {
            forget();
            later(fn)();
          }),
        ),
      every: (ms, fn) => kept(() => timers.every(ms, later(fn))),
    };
  }
}
