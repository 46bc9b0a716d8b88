import type { Chronicle } from './chronicle.js';
import type { Fate } from './fate.js';
import { NEMESES, NEMESIS_NAMES, type Nemesis } from './nemeses.js';

/** Each nemesis is at work in so many of all seeds: some faults show only where others don't get in their way. */
const AT_WORK = 0.6;
/** Histories that have to wait for a last resort, an open document's next read after ten minutes or more, are long. */
const LONG: Partial<Record<Nemesis, number>> = { 'callback lost': 0.15 };

/** What may go wrong in this history: a random part of all nemeses, each of a random strength, until all is healed. */
export class Weather {
  isHealed = false;
  readonly #fate: Fate;
  readonly #chronicle: Chronicle;
  readonly #rates = new Map<Nemesis, number>();

  constructor(fate: Fate, chronicle: Chronicle) {
    this.#fate = fate;
    this.#chronicle = chronicle;
    for (const name of NEMESIS_NAMES) {
      if (fate.chance(LONG[name] ?? AT_WORK))
        this.#rates.set(name, NEMESES[name] * (0.1 + 0.9 * fate.randomness.float()));
    }
  }

  /** Whether it strikes now; one that does is counted. @param weight makes it rarer than it is elsewhere */
  strikes(name: Nemesis, weight = 1): boolean {
    const rate = this.#rates.get(name);
    if (rate === undefined || !this.#fate.chance(rate * weight)) return false;
    this.#chronicle.bitten(name);
    return true;
  }

  /** Nothing goes wrong any more. What is on its way already arrives late all the same. */
  heal(): void {
    this.isHealed = true;
    this.#rates.clear();
  }

  /** How long something takes, in ms. */
  between(least: number, most: number): number {
    return this.#fate.between(least, most);
  }

  chance(probability: number): boolean {
    return this.#fate.chance(probability);
  }

  pick<T>(items: readonly T[]): T | undefined {
    return this.#fate.pick(items);
  }
}
