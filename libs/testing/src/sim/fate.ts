import { type Randomness, seededRandomness } from '@voucherline/platform';

/** What decides by chance, repeatably. */
export class Fate {
  readonly randomness: Randomness;

  constructor(seed: number) {
    this.randomness = seededRandomness(seed);
  }

  /** Another stream of chance, so that one part of a simulation that draws once more does not shift all others. */
  fork(): Fate {
    return new Fate(this.below(2 ** 32));
  }

  chance(probability: number): boolean {
    return this.randomness.float() < probability;
  }

  /** A whole number 0 ≤ x < n. */
  below(n: number): number {
    return Math.floor(this.randomness.float() * n);
  }

  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  pick<T>(items: readonly T[]): T | undefined {
    return items[this.below(items.length)];
  }
}
