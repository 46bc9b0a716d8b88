import { inBoth } from '@voucherline/contracts';
import type { Decimal } from 'decimal.js';
import { MappingProblem } from '../../evaluate/problem.js';
import { type Fields, MISSING, type Scope, type Value, type ValueType } from '../formula.js';
import type { Origin, Run, Term } from '../terms.js';
import { dayIn } from './days.js';
import { numberIn, plain } from './numbers.js';

/** Whether there is nothing to read: no such field, left blank, or emptied. Texts of fields come without blanks around them. */
export function isAbsent(value: Value): boolean {
  return value === null || value === '' || value === MISSING;
}

/** A field as the text it holds. @throws {MappingProblem} when it is absent or a table */
function fieldText(value: Value, origin: Origin, scope: Scope): string {
  if (typeof value === 'string' && value !== '') return value;
  throw notText(value, origin, scope);
}

function notText(value: Value, origin: Origin, scope: Scope): MappingProblem {
  if (isAbsent(value)) return origin.absent(value, scope);
  return new MappingProblem(
    'bad-argument',
    scope.evaluation.path,
    inBoth(`${origin.subject(scope)} is a table, not one value`, '是明细表，不是单个值'),
  );
}

/** A field's text as a number. @throws {MappingProblem} `not-an-amount` */
export function fieldNumber(value: Value, origin: Origin, scope: Scope): Decimal {
  const found = fieldText(value, origin, scope);
  const number = numberIn(found);
  if (number !== undefined) return number;
  throw new MappingProblem('not-an-amount', scope.evaluation.path, origin.subject(scope), { found });
}

/** A field's text as a day. @throws {MappingProblem} `not-a-date` */
export function fieldDay(value: Value, origin: Origin, scope: Scope): string {
  const found = fieldText(value, origin, scope);
  const day = dayIn(found);
  if (day !== undefined) return day;
  throw new MappingProblem('not-a-date', scope.evaluation.path, origin.subject(scope), { found });
}

/** A field's rows; a table that was left blank has none. @throws {MappingProblem} `not-a-table`, `unknown-field` */
export function fieldRows(value: Value, origin: Origin, scope: Scope): readonly Fields[] {
  if (Array.isArray(value)) return value as readonly Fields[];
  if (value === null || value === '') return [];
  if (value === MISSING) throw origin.absent(value, scope);
  throw new MappingProblem('not-a-table', scope.evaluation.path, origin.subject(scope));
}

/** How a field's value is read as another type. */
export const FIELD_READERS = { text: fieldText, number: fieldNumber, date: fieldDay, table: fieldRows } as const;

export function isReadable(type: ValueType): type is keyof typeof FIELD_READERS {
  return Object.hasOwn(FIELD_READERS, type);
}

type Reader<T> = (term: Term) => Run<T> | undefined;

function reader<T>(type: Term['type'], read: (value: Value, origin: Origin, scope: Scope) => T): Reader<T> {
  return ({ type: found, run, origin }) => {
    if (found === type) return run as Run<T>;
    if (found !== 'field' || origin === undefined) return undefined;
    return (scope) => read(run(scope), origin, scope);
  };
}

/** A field as one of the types that it can be read as; undefined for others and for what is no field. */
export function fieldAs({ type, run, origin }: Term, wanted: ValueType): Run<Value> | undefined {
  if (type !== 'field' || origin === undefined || !isReadable(wanted)) return undefined;
  const read = FIELD_READERS[wanted];
  return (scope) => read(run(scope), origin, scope);
}

/** The term as a function that gives this type; undefined where its type does not allow it. */
export const asText: Reader<string> = reader('text', fieldText);
export const asNumber: Reader<Decimal> = reader('number', fieldNumber);
export const asDay: Reader<string> = reader('date', fieldDay);
export const asTable: Reader<readonly Fields[]> = reader('table', fieldRows);

export const asBoolean: Reader<boolean> = ({ type, run }) => (type === 'boolean' ? (run as Run<boolean>) : undefined);
export const asList: Reader<readonly string[]> = ({ type, run }) =>
  type === 'list' ? (run as Run<readonly string[]>) : undefined;

/** What has one obvious text: texts, fields, numbers in plain form, days as `yyyy-MM-dd`. */
export const asWritten: Reader<string> = (term) => {
  if (term.type !== 'number') return term.type === 'date' ? (term.run as Run<string>) : asText(term);
  const number = term.run as Run<Decimal>;
  return (scope) => plain(number(scope));
};
