import type { Criterion, LookupRow } from '@voucherline/contracts';
import { MappingProblem } from '../../evaluate/problem.js';
import type { Call } from '../check/call.js';
import { nearest } from '../check/nearest.js';
import type { Scope, Value } from '../formula.js';
import type { Origin, Run, Term } from '../terms.js';
import { asDay, asWritten } from '../values/readers.js';
import type { FunctionDefinition } from './definition.js';
import { ambiguousRow, missingRow } from './look-up-problems.js';

/** Rows of code tables and of master data, found by what their columns hold. */
export const LOOK_UPS: readonly FunctionDefinition[] = [
  {
    name: 'lookup',
    signature: 'lookup("table", "column", "column1", value1[, "column2", value2, …])',
    en: 'A column of the row in which the other columns hold these values, as of the document\'s day. No row, or several, is a problem that names the code. A table is a code table, or "connection/kind" of master data.',
    zh: '按单据日期查表：取其余各列等于给定值的那一行的某列。查不到或查到多行时转人工处理并指明代码。表为代码表，或主数据 "连接/类别"。',
    example: ['lookup("expense-accounts", "account", "category", "交通")', '"6602.03"'],
    compile: (call) => compileLookup(call, 0),
  },
  {
    name: 'lookupOn',
    signature: 'lookupOn(day, "table", "column", "column1", value1[, "column2", value2, …])',
    en: 'The same, as of another day.',
    zh: '同上，按指定日期查表。',
    example: ['lookupOn(date("2025-06-30"), "expense-accounts", "account", "category", "交通")', '"6602.01"'],
    compile: (call) => compileLookup(call, 1),
  },
];

/** @param from where the arguments of `lookup` begin */
function compileLookup(call: Call, from: 0 | 1): Term | undefined {
  const pairs = call.count - from - 2;
  if (pairs < 2 || pairs % 2 !== 0) {
    return call.refuse(`${call.definition.name} takes a table, a column, and pairs of a column and a value`);
  }
  const terms = call.arguments();
  const day = from === 1 ? call.read(terms?.[0], asDay, 'date') : documentDay(call);
  const [table, column, ...rest] = terms?.slice(from) ?? [];
  const name = call.literal(table, 'the table');
  const columns = [column, ...rest.filter((_, index) => index % 2 === 0)];
  const named = columns.map((term) => call.literal(term, 'the column'));
  const values = rest.filter((_, index) => index % 2 === 1).map((term) => call.read(term, asWritten, 'text'));
  if (terms === undefined || table === undefined || name === undefined || day === undefined) return undefined;
  if (!named.every((text) => text !== undefined) || !values.every((run) => run !== undefined)) return undefined;
  if (!isKnown(call, name, table, named, columns)) return undefined;
  call.checker.used.lookups.push({ table: name, columns: named });
  const [wanted = '', ...keys] = named;
  const run = lookup({ table: name, column: wanted, keys, values, day });
  return call.term('field', run, terms, { origin: originOf(name, wanted) });
}

function documentDay(call: Call): Run<string> | undefined {
  const { checker } = call;
  if (!checker.names.dated) {
    return checker.fault(
      call.at,
      'the day as of which tables are read is not known here',
      'Write lookupOn(approval.approvedOn, …) or another day.',
    );
  }
  checker.used.dated = true;
  return ({ evaluation }) => {
    if (evaluation.lookupDay !== undefined) return evaluation.lookupDay;
    throw new MappingProblem('missing-fact', evaluation.path, 'the day as of which tables are read');
  };
}

function isKnown(
  call: Call,
  table: string,
  { at }: Term,
  named: readonly string[],
  terms: readonly (Term | undefined)[],
): boolean {
  const { checker } = call;
  const columns = checker.names.columnsOf(table);
  if (columns === undefined) {
    const mend = nearest(table, checker.names.tables) ?? `Add tables/${table}.csv, or write "<connection>/<kind>".`;
    checker.fault(at, `there is no table "${table}"`, mend);
    return false;
  }
  const twice = named.findIndex((column, index) => index > 0 && named.indexOf(column, 1) !== index);
  if (twice !== -1) checker.fault(terms[twice]?.at ?? at, `"${named[twice]}" is named twice`, 'Name each column once.');
  if (columns === 'later') return twice === -1;
  const unknown = named.findIndex((column) => !columns.includes(column));
  if (unknown === -1) return twice === -1;
  const column = named[unknown] ?? '';
  checker.fault(
    terms[unknown]?.at ?? at,
    `table "${table}" has no column "${column}"`,
    nearest(column, columns) ?? `It has ${columns.join(', ')}.`,
  );
  return false;
}

interface Lookup {
  readonly table: string;
  readonly column: string;
  readonly keys: readonly string[];
  readonly values: readonly Run<string>[];
  readonly day: Run<string>;
}

function lookup({ table, column, keys, values, day }: Lookup): Run<Value> {
  return (scope) => {
    const criteria = keys.map((key, index) => ({ column: key, value: values[index]?.(scope) ?? '' }));
    const on = day(scope);
    const { columns } = rowOf(table, criteria, on, scope);
    const text = Object.hasOwn(columns, column) ? columns[column]?.trim() : undefined;
    return text ?? null;
  };
}

function rowOf(table: string, criteria: readonly Criterion[], day: string, scope: Scope): LookupRow {
  const { evaluation } = scope;
  evaluation.step(criteria.length);
  const found = evaluation.lookups.find(table, criteria, day);
  if (found.kind !== 'rows') {
    const what = found.kind === 'pending' ? 'table-pending' : 'unknown-table';
    throw new MappingProblem(what, evaluation.path, `table "${table}"`, { cause: table });
  }
  const [row, another] = found.rows;
  const asked = { table, criteria, day };
  if (row === undefined) throw missingRow(asked, evaluation.path);
  if (another !== undefined && evaluation.onMultiple === 'error') throw ambiguousRow(asked, evaluation.path);
  evaluation.use({
    table,
    criteria: Object.fromEntries(criteria.map(({ column, value }) => [column, value])),
    day,
    row: row.columns,
    ...(row.validFrom !== undefined && { validFrom: row.validFrom }),
    ...(row.validTo !== undefined && { validTo: row.validTo }),
  });
  return row;
}

function originOf(table: string, column: string): Origin {
  const subject = `"${column}" in the row of table "${table}"`;
  return {
    subject: () => subject,
    absent: (_, { evaluation }) => new MappingProblem('empty-field', evaluation.path, subject),
  };
}
