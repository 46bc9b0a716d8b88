import { type FormField, inBoth } from '@voucherline/contracts';
import { MappingProblem } from '../../evaluate/problem.js';
import { type Evaluation, type Fields, MISSING, type Scope, type Value } from '../formula.js';
import { LIMITS, limitProblem } from '../limits.js';
import type { Origin } from '../terms.js';

/** Up to so many fields, comparing all of them is faster than an index, and rows seldom have more. */
const SCANNED = 12;

/** More than one field has this name. */
const SEVERAL = Symbol('several');

const indices = new WeakMap<Fields, ReadonlyMap<string, FormField | typeof SEVERAL>>();

/**
 * Finds a field by id, else by its name: ids are unique, names are what people see and may be given twice (dingtalk.md §8).
 * @throws {MappingProblem} `ambiguous-field` for a name that several fields have, unless the first is asked for
 */
export function findField(fields: Fields, name: string, evaluation: Evaluation): FormField | undefined {
  const found = fields.length <= SCANNED ? scan(fields, name) : indexOf(fields).get(name);
  if (found !== SEVERAL) return found;
  if (evaluation.onMultiple === 'first') return fields.find((field) => field.name === name);
  throw new MappingProblem('ambiguous-field', evaluation.path, `"${name}"`);
}

function scan(fields: Fields, name: string): FormField | undefined | typeof SEVERAL {
  let named: FormField | undefined;
  let several = false;
  for (let index = 0; index < fields.length; index += 1) {
    const field = fields[index] as FormField;
    if (field.id === name) return field;
    if (field.name !== name) continue;
    several = named !== undefined;
    named ??= field;
    if (several) return fields.find(({ id }) => id === name) ?? SEVERAL;
  }
  return named;
}

/** An index of a long form, made once. */
function indexOf(fields: Fields): ReadonlyMap<string, FormField | typeof SEVERAL> {
  const known = indices.get(fields);
  if (known !== undefined) return known;
  const index = new Map<string, FormField | typeof SEVERAL>();
  for (const field of fields) index.set(field.name, index.has(field.name) ? SEVERAL : field);
  // Ids win over names, so they are put in last; of two fields with one id the first is found.
  for (const field of fields.toReversed()) index.set(field.id, field);
  indices.set(fields, index);
  return index;
}

/** A field's text without blanks around it, null where it was left blank, `MISSING` where there is no field, or a table's rows. */
export function fieldValue(field: FormField | undefined, name: string, scope: Scope): Value {
  if (field === undefined) return MISSING;
  const { evaluation } = scope;
  const { value, rows } = field;
  const row = scope.row && { row: scope.row.index + 1 };
  evaluation.read?.({ name, value, ...row, ...(rows && { rows: rows.length }) });
  if (rows !== undefined) return checkedRows(rows, name, evaluation);
  if (value === null) return null;
  if (value.length > LIMITS.text) {
    throw limitProblem(evaluation.path, `"${name}" has ${value.length} characters`, 'text');
  }
  return value.trim();
}

export function checkedRows(rows: readonly Fields[], name: string, { path }: Evaluation): readonly Fields[] {
  if (rows.length > LIMITS.rows) throw limitProblem(path, `"${name}" has ${rows.length} rows`, 'rows');
  return rows;
}

/** How problems speak about a field. */
export function originOf(name: string, ofForm: boolean): Origin {
  const subject: Origin['subject'] = ({ row }) =>
    `"${name}"${row === undefined || ofForm ? '' : ` in row ${row.index + 1}`}`;
  const { absent } = originAs(subject);
  return {
    subject,
    absent: (value, scope) => {
      const { row, evaluation } = scope;
      const ofFormOnly = value === MISSING && row !== undefined && !ofForm && hasField(evaluation.form, name);
      if (!ofFormOnly) return absent(value, scope);
      const words = inBoth(
        `is no column of that table; the form has it: form[${name}]`,
        `该明细表没有此列；表单中有此字段，应写作 form[${name}]`,
      );
      return new MappingProblem('unknown-field', evaluation.path, subject(scope), { words });
    },
  };
}

function hasField(fields: Fields, name: string): boolean {
  return fields.some((field) => field.id === name || field.name === name);
}

/** How problems speak about a value that a form may lack. */
export function originAs(subject: Origin['subject']): Origin {
  return {
    subject,
    absent: (value, scope) =>
      new MappingProblem(value === MISSING ? 'unknown-field' : 'empty-field', scope.evaluation.path, subject(scope)),
  };
}
