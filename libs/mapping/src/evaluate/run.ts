import type { Lookups, UsedRow } from '@voucherline/contracts';
import type { Path } from '../file/fault.js';
import type { Evaluation, FieldRead, Fields, Scope } from '../formula/formula.js';
import { LIMITS, limitProblem } from '../formula/limits.js';

/** How one value came about. */
export interface TracedField {
  /** Where in what was made, e.g. `payload.entries[2].debit` or `amount`. */
  readonly path: string;
  /** The rule as the author wrote it. */
  readonly rule: string;
  /** Each once, as `lookups` are. */
  readonly reads: readonly FieldRead[];
  readonly lookups: readonly UsedRow[];
  /** Absent: left out. */
  readonly value?: unknown;
}

/** What a value was made of. */
export interface Sources {
  readonly reads: FieldRead[];
  readonly lookups: UsedRow[];
}

/** A value, and what it was made of. */
export type Made<T> = readonly [T, Sources];

interface RunFacts {
  readonly form: Fields;
  readonly lookups: Lookups;
  readonly trace: boolean;
  fact(name: string): string | undefined;
  /** Called at most once, when it is first needed. */
  dates(): Dates;
  currency(): string | undefined;
}

export interface Dates {
  /** The voucher's. */
  readonly accountingDate: string;
  /** As of which is looked up. */
  readonly lookupDay: string;
}

/** One evaluation: what it has used so far, and where in the output it is. */
export class Run implements Evaluation {
  readonly form: Fields;
  readonly lookups: Lookups;
  readonly fact: (name: string) => string | undefined;
  readonly read?: (field: FieldRead) => void;
  path: Path = [];
  onMultiple: 'error' | 'first' = 'error';
  readonly #facts: RunFacts;
  readonly #used = new Map<string, UsedRow>();
  #dates: Made<Dates> | undefined;
  #currency: Made<string | undefined> | undefined;
  #steps = 0;
  #sources: Sources = { reads: [], lookups: [] };

  constructor(facts: RunFacts) {
    this.#facts = facts;
    this.form = facts.form;
    this.lookups = facts.lookups;
    this.fact = (name) => facts.fact(name);
    if (facts.trace) this.read = (field) => this.#sources.reads.push(field);
  }

  get accountingDate(): string {
    const [{ accountingDate }, sources] = this.#datesMade();
    this.sourcedFrom(sources);
    return accountingDate;
  }

  get lookupDay(): string {
    return this.#datesMade()[0].lookupDay;
  }

  #datesMade(): Made<Dates> {
    this.#dates ??= this.#apart(() => this.#facts.dates());
    return this.#dates;
  }

  /** Undefined inside the formula that gives it. */
  get currency(): string | undefined {
    if (this.#currency === undefined) {
      this.#currency = [undefined, { reads: [], lookups: [] }];
      this.#currency = this.#apart(() => this.#facts.currency());
    }
    const [currency, sources] = this.#currency;
    this.sourcedFrom(sources);
    return currency;
  }

  step(count = 1): void {
    this.#steps += count;
    if (this.#steps > LIMITS.steps) throw limitProblem(this.path, 'too many steps', 'steps');
  }

  use(row: UsedRow): void {
    if (this.read !== undefined) this.#sources.lookups.push(row);
    const key = keyOf(row);
    if (!this.#used.has(key)) this.#used.set(key, row);
  }

  /** Each once, in the order of their first use. */
  get used(): readonly UsedRow[] {
    return [...this.#used.values()];
  }

  /** Evaluates something at its place. */
  at<T>(path: Path, onMultiple: 'error' | 'first', evaluate: () => T): T {
    const before = { path: this.path, onMultiple: this.onMultiple };
    this.path = path;
    this.onMultiple = onMultiple;
    try {
      return evaluate();
    } finally {
      this.path = before.path;
      this.onMultiple = before.onMultiple;
    }
  }

  /** Evaluates something and says what it was made of; that also counts for what is being made around it. */
  sourced<T>(evaluate: () => T): Made<T> {
    const made = this.#apart(evaluate);
    this.sourcedFrom(made[1]);
    return made;
  }

  #apart<T>(evaluate: () => T): Made<T> {
    const around = this.#sources;
    const own: Sources = { reads: [], lookups: [] };
    this.#sources = own;
    try {
      return [evaluate(), own];
    } finally {
      this.#sources = around;
    }
  }

  /** Something that was made before is used. */
  sourcedFrom({ reads, lookups }: Sources): void {
    for (const read of reads) this.#sources.reads.push(read);
    for (const row of lookups) this.#sources.lookups.push(row);
  }
}

/** Where formulas are evaluated: the form, or a row of a table, and the names of that place. */
export interface FlowScope extends Scope {
  readonly evaluation: Run;
}

/** The same question has the same answer for as long as an evaluation lasts. */
function keyOf({ table, day, criteria }: UsedRow): string {
  const columns = Object.keys(criteria).sort();
  return JSON.stringify([table, day, columns, columns.map((column) => criteria[column])]);
}
