import type { FormField, LookupRow, Lookups } from '@voucherline/contracts';
import { Decimal } from 'decimal.js';
import { Cursor } from '../../file/cursor.js';
import type { Fault } from '../../file/fault.js';
import { compileFormula } from '../compile.js';
import type { Evaluation, Names, Scope, Value } from '../formula.js';
import { plain } from '../values/numbers.js';

function field(name: string, value: string | null, rows?: readonly (readonly FormField[])[]): FormField {
  return { id: `field-${name}`, name, type: 'text', value, ...(rows !== undefined && { rows }) };
}

function expense(category: string, amount: string, rate: string): readonly FormField[] {
  return [field('类别', category), field('金额', amount), field('汇率', rate), field('币种', 'CNY')];
}

/** The form of the reference's examples. */
export const EXAMPLE_FORM: readonly FormField[] = [
  field('部门', '研发'),
  field('金额', '1,000.50'),
  field('日期', '2026-11-24'),
  field('事由', '出差'),
  field('备注', null),
  field('费用明细', null, [expense('交通', '200.50', '1'), expense('住宿', '800', '1.375')]),
];

const ACCOUNTS: readonly LookupRow[] = [
  { columns: { category: '交通', account: '6602.01' }, validTo: '2025-12-31' },
  { columns: { category: '交通', account: '6602.03' }, validFrom: '2026-01-01' },
];

/** The one code table of the examples. */
export const EXAMPLE_TABLE = 'expense-accounts';

const lookups: Lookups = {
  find: (_, criteria, day) => ({
    kind: 'rows',
    rows: ACCOUNTS.filter(
      ({ columns, validFrom = '', validTo = '9999' }) =>
        criteria.every(({ column, value }) => columns[column] === value) && validFrom <= day && day <= validTo,
    ),
  }),
};

const evaluation: Evaluation = {
  form: EXAMPLE_FORM,
  fact: () => undefined,
  accountingDate: '2026-11-24',
  currency: 'CNY',
  lookups,
  lookupDay: '2026-11-24',
  onMultiple: 'error',
  path: ['example'],
  step: () => undefined,
  use: () => undefined,
};

const names: Names = {
  defined: new Map(),
  inRow: false,
  tables: [EXAMPLE_TABLE],
  columnsOf: (table) => (table === EXAMPLE_TABLE ? ['category', 'account'] : undefined),
  dated: true,
};

const scope: Scope = { evaluation, fields: EXAMPLE_FORM, defined: () => null };

/** What a formula gives for the form of the examples, as the reference shows it. @throws {Error} its first fault */
export function exampleResult(source: string): string {
  const faults: Fault[] = [];
  const formula = compileFormula(source, new Cursor(`=${source}`, faults), names);
  if (formula === undefined) throw new Error(faults.map(({ fault, mend }) => `${fault}. ${mend}`).join('\n'));
  return shown(formula.evaluate(scope), formula.type === 'date');
}

function shown(value: Value, isDate: boolean): string {
  if (typeof value === 'string') return isDate ? value : `"${value}"`;
  if (Array.isArray(value)) return `[${value.map((item) => `"${String(item)}"`).join(', ')}]`;
  return value instanceof Decimal ? plain(value) : String(value);
}
