import type { FormField, Lookups } from '@voucherline/contracts';
import { Decimal } from 'decimal.js';
import { MappingProblem } from '../evaluate/problem.js';
import { Cursor } from '../file/cursor.js';
import type { Fault } from '../file/fault.js';
import { compileFormula } from './compile.js';
import type { Evaluation, Fields, Formula, Names, Scope, Value, ValueType } from './formula.js';
import { LIMITS, limitProblem } from './limits.js';
import { plain } from './values/numbers.js';

/** For specs: a form from names and texts; a list of such is a detail table. */
export interface FormSketch {
  readonly [name: string]: string | null | readonly FormSketch[];
}

export function formOf(sketch: FormSketch): Fields {
  return Object.entries(sketch).map(([name, value], index): FormField => {
    const head = { id: `F${index}-${name}`, name, type: 'text' };
    if (value === null || typeof value === 'string') return { ...head, value };
    return { ...head, value: null, rows: value.map(formOf) };
  });
}

export interface Surroundings {
  readonly form?: FormSketch | Fields;
  /** Names the row of a table in which the formula stands. */
  readonly row?: { readonly table: string; readonly index: number };
  readonly defined?: Readonly<Record<string, readonly [ValueType, Value]>>;
  readonly evaluation?: Partial<Evaluation>;
  readonly names?: Partial<Names>;
  readonly expected?: readonly ValueType[];
  readonly lookups?: Lookups;
}

export function compiled(
  source: string,
  { defined = {}, names, expected, row }: Surroundings = {},
): { readonly formula: Formula | undefined; readonly faults: readonly Fault[] } {
  const faults: Fault[] = [];
  const known: Names = {
    defined: new Map(Object.entries(defined).map(([name, [type]]) => [name, type])),
    inRow: row !== undefined,
    tables: ['codes'],
    columnsOf: (table) => (table.includes('/') ? 'later' : { codes: ['code', 'name'] }[table]),
    dated: true,
    ...names,
  };
  return { formula: compileFormula(source, new Cursor(`=${source}`, faults), known, expected), faults };
}

/** `fault. mend` of each fault. */
export function faultsOf(source: string, surroundings?: Surroundings): readonly string[] {
  return compiled(source, surroundings).faults.map(({ fault, mend }) => `${fault}. ${mend}`);
}

export function scopeOf(surroundings: Surroundings): Scope {
  const { form = {}, row, defined = {}, lookups } = surroundings;
  const fields: Fields = Array.isArray(form) ? (form as Fields) : formOf(form as FormSketch);
  let steps = 0;
  const evaluation: Evaluation = {
    form: fields,
    fact: (name) => (name === 'approval.approvedOn' ? '2026-11-24' : undefined),
    accountingDate: '2026-11-30',
    currency: 'CNY',
    lookups: lookups ?? { find: () => ({ kind: 'unknown' }) },
    lookupDay: '2026-11-30',
    onMultiple: 'error',
    path: ['payload', 'x'],
    step: (count = 1) => {
      steps += count;
      if (steps > LIMITS.steps) throw limitProblem(['payload', 'x'], 'too many steps', 'steps');
    },
    use: () => undefined,
    ...surroundings.evaluation,
  };
  const around: Scope = { evaluation, fields, defined: (name) => defined[name]?.[1] ?? null };
  if (row === undefined) return around;
  const rows = fields.find(({ name }) => name === row.table)?.rows ?? [];
  return { ...around, fields: rows[row.index] ?? [], row: { rows, index: row.index } };
}

/** The value of a formula. @throws {MappingProblem} of its evaluation @throws {Error} with its faults */
export function evaluated(source: string, surroundings: Surroundings = {}): Value {
  const { formula, faults } = compiled(source, surroundings);
  if (formula === undefined) throw new Error(faults.map(({ fault, mend }) => `${fault}. ${mend}`).join('\n'));
  return formula.evaluate(scopeOf(surroundings));
}

/** The value, numbers in plain form; of a problem its code. */
export function outcome(source: string, surroundings: Surroundings = {}): unknown {
  try {
    const value = evaluated(source, surroundings);
    return value instanceof Decimal ? plain(value) : value;
  } catch (error) {
    if (error instanceof MappingProblem) return error.fault.code;
    throw error;
  }
}
