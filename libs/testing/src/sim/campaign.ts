import { FIGURES, type Figure } from './chronicle.js';
import type { History } from './history.js';
import { NEMESIS_NAMES, type Nemesis } from './nemeses.js';

/** Figures that count faults that bit: each has to be above zero, or the campaign says nothing. */
const MUST_BE_THERE: readonly Figure[] = ['unknowns', 'takeOvers', 'epochRejections', 'lateExecutions'];

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
    const { approvals, vouchers, attempts, unknowns, takeOvers, epochRejections, lateExecutions, events } = this.#figures;
    return (
      `${this.#histories} seeds (${this.#rate().toFixed(2)} a second), ${approvals} approvals, ${vouchers} vouchers, ` +
      `${attempts} attempts, ${unknowns} unknowns, ${takeOvers} take-overs, ${epochRejections} epoch rejections, ` +
      `${lateExecutions} late executions, ${events} events: no invariant broken`
    );
  }

  #rate(): number {
    return this.#histories / ((Date.now() - this.#begunAt) / 1_000);
  }
}
