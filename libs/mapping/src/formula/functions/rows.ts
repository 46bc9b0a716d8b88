import type { Call } from '../check/call.js';
import type { Fields, Scope, Value } from '../formula.js';
import type { Run, Term } from '../terms.js';
import { asTable } from '../values/readers.js';

/** The scope of a table's rows, one after the other: one object for all, because nothing keeps a scope once it was evaluated. */
class RowsScope implements Scope {
  readonly evaluation: Scope['evaluation'];
  readonly row: { readonly rows: readonly Fields[]; index: number };
  fields: Fields = [];
  readonly #around: Scope;

  constructor(around: Scope, rows: readonly Fields[]) {
    this.evaluation = around.evaluation;
    this.row = { rows, index: -1 };
    this.#around = around;
  }

  goTo(index: number): void {
    this.row.index = index;
    this.fields = this.row.rows[index] ?? [];
  }

  /** Names belong to where the table is gone through, not to its rows. */
  defined(name: string): Value {
    return this.#around.defined(name);
  }
}

/** What a function over a table does with one row; `false` ends it. */
export type Visit = (row: Scope, index: number) => boolean | undefined;

/** A table to go through and what is evaluated once a row, of which the steps are counted at once. */
export interface Walk {
  readonly table: Term;
  readonly rows: Run<readonly Fields[]>;
}

/** The first argument of a function over a table. */
export function walkOf(call: Call): Walk | undefined {
  const table = call.argument(0);
  const rows = call.read(table, asTable, 'table');
  return table && rows && { table, rows };
}

/** @param cost steps of one row */
export function eachRow(scope: Scope, rows: readonly Fields[], cost: number, visit: Visit): void {
  scope.evaluation.step(rows.length * (cost + 1));
  const row = new RowsScope(scope, rows);
  for (let index = 0; index < rows.length; index += 1) {
    row.goTo(index);
    if (visit(row, index) === false) return;
  }
}
