import { createHash } from 'node:crypto';
import type { Clock } from '@voucherline/platform';
import type { Nemesis } from './nemeses.js';

/** What is counted of a history beside what struck it. */
export const FIGURES = [
  'approvals',
  'vouchers',
  'attempts',
  'unknowns',
  'revisions',
  'generations',
  'cancelled',
  'reversed',
  'takeOvers',
  'epochRejections',
  'lateExecutions',
  'events',
] as const;
export type Figure = (typeof FIGURES)[number];

/** What happened in one history: every step in order as a hash (and as lines, where somebody wants to read it), and counts. */
export class Chronicle {
  readonly bites = new Map<Nemesis, number>();
  readonly figures = Object.fromEntries(FIGURES.map((name) => [name, 0])) as Record<Figure, number>;
  readonly #clock: Clock;
  readonly #start: number;
  readonly #hash = createHash('sha256');
  readonly #lines: string[] | undefined;

  /** @param keepsLines whether steps are kept to be read */
  constructor(clock: Clock, keepsLines: boolean) {
    this.#clock = clock;
    this.#start = clock.now();
    this.#lines = keepsLines ? [] : undefined;
  }

  note(line: string): void {
    const stamped = `${((this.#clock.now() - this.#start) / 1000).toFixed(3)} ${line}\n`;
    this.#hash.update(stamped);
    this.#lines?.push(stamped);
  }

  bitten(name: Nemesis): void {
    this.bites.set(name, (this.bites.get(name) ?? 0) + 1);
    this.note(`! ${name}`);
  }

  count(figure: Figure, by = 1): void {
    this.figures[figure] += by;
  }

  /** Equal for equal histories. Ends the hash: to be asked once. */
  hash(): string {
    return this.#hash.digest('hex');
  }

  get lines(): readonly string[] {
    return this.#lines ?? [];
  }
}
