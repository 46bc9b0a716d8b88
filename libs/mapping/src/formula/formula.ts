import type { FormField, Lookups, UsedRow } from '@voucherline/contracts';
import type { Decimal } from 'decimal.js';
import type { Cursor } from '../file/cursor.js';

/**
 * What a formula gives. `field` is the text of a form field, which is read as a number or a date where one is expected;
 * `table` the rows of a detail table; `list` several texts. Dates are days.
 */
export type ValueType = 'text' | 'field' | 'number' | 'boolean' | 'date' | 'table' | 'list';

/** The form has no such field, or the row no such column: another thing than a field that was left blank (null) or emptied (''). */
export const MISSING = Symbol('missing');

/** By type: text and field as string, number as Decimal, date as `yyyy-MM-dd`, table as rows of fields, list as texts. */
export type Value = string | Decimal | boolean | null | typeof MISSING | readonly Fields[] | readonly string[];

export type Fields = readonly FormField[];

/** A formula that was checked. Evaluating it is total: it ends, within the limits of the evaluation, with a value or a `MappingProblem`. */
export interface Formula {
  readonly type: ValueType;
  /** As the author wrote it, without the leading `=`. */
  readonly source: string;
  /** What it looks up itself (not what the names it uses look up). */
  readonly lookups: readonly TableUse[];
  /** What has to hold for it to be true, as far as it says so by `[field] = "text"` joined by `and`. */
  readonly asks: readonly { readonly field: string; readonly equals: string }[];
  /** The names it uses itself that the flow has defined: a circle of them is a fault. */
  readonly names: readonly string[];
  /** Whether it uses the accounting date itself, or looks something up as of it. */
  readonly dated: boolean;
  /** @throws {MappingProblem} whose path is the evaluation's current one */
  evaluate(scope: Scope): Value;
}

/** A table and the columns of it that one look-up names. */
export interface TableUse {
  readonly table: string;
  readonly columns: readonly string[];
}

/**
 * The compiler's signature (H1: `compileFormula` in this folder). The source has no leading `=`; `at` is the YAML text that has it, and
 * faults name an offset in that text, `at.fault(fault, mend, { offset: 1 + index })`.
 * @param expected the types that may come out. A form field is read as the first of them (a table where that is `table`), and what then
 *   is missing or blank is a problem, so that the value is never null or missing; absent (for `let`): the value stays as it is
 */
export type CompileFormula = (
  source: string,
  at: Cursor,
  names: Names,
  expected?: readonly ValueType[],
) => Formula | undefined;

/** What a formula may refer to, known when it is compiled. */
export interface Names {
  /** Values that the flow has named (`let`), with their types. */
  readonly defined: ReadonlyMap<string, ValueType>;
  /** How a name is made, for problems with what it stands for. */
  sourceOf?(name: string): string | undefined;
  /** Whether fields are those of a table's row (`form[…]` then reaches the form, and `row.number` is known). */
  readonly inRow: boolean;
  /** The tables whose columns are known, for those who misspelt one. */
  readonly tables: readonly string[];
  /** Columns of each table that may be looked up; `later` where they are only known when the flow is published; undefined: no such table. */
  columnsOf(table: string): readonly string[] | 'later' | undefined;
  /** Whether `accountingDate` and look-ups as of it may be used: not in the formula of the accounting date itself. */
  readonly dated: boolean;
}

/** What a formula reads while it is evaluated. */
export interface Scope {
  readonly evaluation: Evaluation;
  /** The form's fields, or the row's. */
  readonly fields: Fields;
  /** Which row of which table, where there is one; the index counts from 0. */
  readonly row?: { readonly rows: readonly Fields[]; readonly index: number };
  /** A value that the flow has named; evaluated once a scope. */
  defined(name: string): Value;
}

/** A field that was read, with its raw text. */
export interface FieldRead {
  readonly name: string;
  /** Which row of its table it is of, from 1. */
  readonly row?: number;
  readonly value: string | null;
  /** Of a detail table: how many it has. */
  readonly rows?: number;
}

/** One evaluation of a flow for one approval: what is the same in all its formulas, and what it has used so far. */
export interface Evaluation {
  /** The whole form. */
  readonly form: Fields;
  /** Facts by the names formulas use, e.g. `approval.businessId`; instants are not among them, days are (`approval.approvedOn`). */
  fact(name: string): string | undefined;
  /** The accounting date, once it stands. */
  readonly accountingDate: string | undefined;
  /** ISO 4217 of the voucher's amount; `money` keeps its digits. */
  readonly currency: string | undefined;
  readonly lookups: Lookups;
  /** The day as of which look-ups are made unless they name another: the document's accounting date before any period moved it. */
  readonly lookupDay: string | undefined;
  /** What `$onMultiple` says at the current place: of fields with one name, and of rows that a look-up found. */
  readonly onMultiple: 'error' | 'first';
  /** Where in the flow's output the evaluation is, for problems and traces. */
  readonly path: readonly (string | number)[];
  /** Counts a step. @throws {MappingProblem} `mapping.limit` above the bound */
  step(count?: number): void;
  /** A row was used. */
  use(row: UsedRow): void;
  /** A field was read. Absent where nobody traces. */
  read?(field: FieldRead): void;
}
