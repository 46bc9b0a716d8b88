/**
 * Calls per second of one connection. Holds a tenth of a second's calls (at least one), so that a pause is never
 * answered by a full second's burst on top of the steady rate.
 */
export class TokenBucket {
  readonly #perMs: number;
  readonly #size: number;
  #level: number;
  #at: number;

  /** @param perSecond more than 0; fractions are fine (0.5: one call in two seconds). */
  constructor(perSecond: number, now: number) {
    this.#perMs = perSecond / 1000;
    this.#size = Math.max(1, perSecond / 10);
    this.#level = this.#size;
    this.#at = now;
  }

  /**
   * How long until a token can be drawn, in ms; 0: now. `reserve` is the share of the bucket that is left for others,
   * so that finishing work finds tokens while sweeps go on.
   */
  waitMs(now: number, reserve = 0): number {
    this.#refill(now);
    const wanted = Math.min(this.#size, 1 + reserve * this.#size);
    // The tiny allowance keeps rounding from asking for a wait of next to nothing for ever.
    return this.#level + 1e-9 >= wanted ? 0 : Math.ceil((wanted - this.#level) / this.#perMs);
  }

  draw(now: number): void {
    this.#refill(now);
    this.#level -= 1;
  }

  /** A clock that was set back must not drain the bucket. */
  #refill(now: number): void {
    this.#level = Math.min(this.#size, this.#level + Math.max(0, now - this.#at) * this.#perMs);
    this.#at = now;
  }
}
