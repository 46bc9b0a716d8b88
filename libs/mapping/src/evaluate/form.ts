import { type FormField, parseDecimal } from '@voucherline/contracts';
import type { Path } from '../file/fault.js';
import { dayOfField } from './dates.js';
import { MappingProblem } from './problem.js';

export type Fields = readonly FormField[];

/** Finds a field by id, else by its name: ids are unique, names are what people see and may be given twice (dingtalk.md §8). */
function find(fields: Fields, field: string, path: Path): FormField | undefined {
  const byId = fields.find(({ id }) => id === field);
  if (byId !== undefined) return byId;
  const named = fields.filter(({ name }) => name === field);
  if (named.length > 1) throw new MappingProblem('ambiguous-field', path, quoted(field));
  return named[0];
}

/** The text of a field without blanks around it; undefined when the form lacks the field or it is empty. */
export function optionalText(fields: Fields, field: string, path: Path): string | undefined {
  return find(fields, field, path)?.value?.trim() || undefined;
}

export function textOf(fields: Fields, field: string, path: Path): string {
  const found = find(fields, field, path);
  if (found === undefined) throw new MappingProblem('unknown-field', path, quoted(field));
  const text = found.value?.trim();
  if (!text) throw new MappingProblem('empty-field', path, quoted(field));
  return text;
}

export function amountOf(fields: Fields, field: string, path: Path): string {
  const amount = parseDecimal(textOf(fields, field, path));
  if (amount === undefined) throw new MappingProblem('not-an-amount', path, quoted(field));
  return amount;
}

export function dateOf(fields: Fields, field: string, path: Path): string {
  const day = dayOfField(textOf(fields, field, path));
  if (day === undefined) throw new MappingProblem('not-a-date', path, quoted(field));
  return day;
}

/** The rows of a table; undefined when the form lacks the table or it has no row. */
export function rowsOf(fields: Fields, table: string, path: Path): readonly Fields[] | undefined {
  const found = find(fields, table, path);
  if (found === undefined) return undefined;
  if (found.rows === undefined && found.value !== null) throw new MappingProblem('not-a-table', path, quoted(table));
  return found.rows?.length ? found.rows : undefined;
}

export function missing(fields: Fields, field: string, path: Path): MappingProblem {
  return new MappingProblem(
    find(fields, field, path) === undefined ? 'unknown-field' : 'empty-field',
    path,
    quoted(field),
  );
}

function quoted(field: string): string {
  return `"${field}"`;
}
