import { FIGURES, type Figure } from './chronicle.js';
import type { History } from './history.js';
import { NEMESIS_NAMES, type Nemesis } from './nemeses.js';

const WORDS: Readonly<Record<Figure, string>> = {
  approvals: 'approvals',
  vouchers: 'vouchers',
  attempts: 'attempts',
  unknowns: 'unknowns',
  revisions: 'later revisions',
  generations: 'later generations',
  cancelled: 'cancelled',
  reversed: 'reversed',
  takeOvers: 'take-overs',
  epochRejections: 'epoch rejections',
  lateExecutions: 'late executions',
  events: 'steps of the clock',
};

/** What has to have happened, or the campaign says nothing. */
const MUST_BE_THERE: readonly Figure[] = FIGURES.filter((name) => name !== 'events');

/** Adds histories up. */
export class Campaign {
  readonly #figures = Object.fromEntries(FIGURES.map((name) => [name, 0])) as Record<Figure, number>;
  readonly #bites = new Map<Nemesis, number>();
  readonly #begunAt = Date.now();
  #histories = 0;

  add({ figures, bites }: History): void {
    this.#histories += 1;
    for (const name of FIGURES) this.#figures[name] += figures[name];
    for (const [name, count] of bites) this.#bites.set(name, (this.#bites.get(name) ?? 0) + count);
  }

  /** Nemeses and figures that were met in no history. */
  get missing(): readonly string[] {
    return [
      ...NEMESIS_NAMES.filter((name) => (this.#bites.get(name) ?? 0) === 0),
      ...MUST_BE_THERE.filter((name) => this.#figures[name] === 0),
    ];
  }

  progress(of: number): string {
    return `${this.#histories} of ${of} seeds, ${this.#rate().toFixed(2)} a second, ${this.#figures.vouchers} vouchers`;
  }

  table(): string {
    return NEMESIS_NAMES.map((name) => `${String(this.#bites.get(name) ?? 0).padStart(9)}  ${name}`).join('\n');
  }

  summary(): string {
    const figures = FIGURES.map((name) => `${this.#figures[name]} ${WORDS[name]}`).join(', ');
    return `${this.#histories} seeds (${this.#rate().toFixed(2)} a second), ${figures}`;
  }

  #rate(): number {
    return this.#histories / ((Date.now() - this.#begunAt) / 1_000);
  }
}
