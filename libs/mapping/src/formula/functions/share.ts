import { inBoth, minorUnits } from '@voucherline/contracts';
import type { Decimal } from 'decimal.js';
import { MappingProblem } from '../../evaluate/problem.js';
import type { Call } from '../check/call.js';
import type { Evaluation, Fields, Scope } from '../formula.js';
import type { Run, Term } from '../terms.js';
import { Num, plain } from '../values/numbers.js';
import { asNumber, asTable, asText } from '../values/readers.js';
import { type FunctionDefinition, wholeOf } from './definition.js';
import { currencyOf } from './numbers.js';
import { eachRow } from './rows.js';

/** This row's part of a total. */
export const SHARE: FunctionDefinition = {
  name: 'share',
  signature: 'share(total, table, weight, digits)',
  en: "This row's part of a total by its weight among the table's rows, with so many digits (or those of a currency). Parts are rounded by largest remainders, so they always add up to the total. The table is the one that the row is of: form[…].",
  zh: '按权重分摊合计数中本行的份额，保留指定小数位（或币种小数位）。按最大余数法取整，各行之和恒等于合计数。明细表须为本行所在的表，写作 form[…]。',
  example: ['join([费用明细], share(100, form[费用明细], [金额], 2), " + ")', '"20.04 + 79.96"'],
  compile: compileShare,
};

function compileShare(call: Call): Term | undefined {
  if (!call.takes(4)) return undefined;
  if (!call.inRow) return call.refuse('share is the part of a row, and there is no row here');
  const total = call.argument(0);
  const table = call.argument(1);
  const before = call.checker.used.names.length;
  const weight = call.argumentOfRow(2);
  // Names may mean something else in another row, so what was divided for one row counts for others only without them.
  const isSame = call.checker.used.names.length === before;
  const scale = call.argument(3);
  const sum = call.read(total, asNumber, 'number');
  const rows = call.read(table, asTable, 'table');
  const weigh = call.read(weight, asNumber, 'number');
  const digits = scale && digitsOf(call, scale);
  if (total === undefined || table === undefined || weight === undefined || scale === undefined) return undefined;
  if (sum === undefined || rows === undefined || weigh === undefined || digits === undefined) return undefined;
  const divided = new WeakMap<Evaluation, Division>();
  const run: Run<Decimal> = (scope) => {
    const wanted = { rows: rows(scope), total: sum(scope), digits: digits(scope) };
    const index = placeOf(wanted.rows, scope);
    let division = isSame ? divided.get(scope.evaluation) : undefined;
    if (division === undefined || !matches(division, wanted)) {
      division = { ...wanted, parts: parts(wanted, weights(wanted.rows, weigh, weight.cost, scope), scope) };
      divided.set(scope.evaluation, division);
    }
    return division.parts[index] as Decimal;
  };
  return call.term('number', run, [total, table, scale]);
}

interface Wanted {
  readonly rows: readonly Fields[];
  readonly total: Decimal;
  readonly digits: number;
}

interface Division extends Wanted {
  readonly parts: readonly Decimal[];
}

function matches({ rows, total, digits }: Division, wanted: Wanted): boolean {
  return rows === wanted.rows && digits === wanted.digits && total.equals(wanted.total);
}

function digitsOf(call: Call, scale: Term): Run<number> | undefined {
  if (scale.type !== 'number') {
    const currency = call.read(scale, asText, 'number');
    return currency && ((scope) => minorUnits(currencyOf(currency(scope), scope)));
  }
  const range = { name: 'digits of share', least: 0, most: 20 };
  return (scope) => wholeOf((scale.run as Run<Decimal>)(scope), range, scope);
}

function placeOf(rows: readonly Fields[], { row, fields, evaluation }: Scope): number {
  const index = row?.rows === rows ? row.index : rows.indexOf(fields);
  if (index !== -1) return index;
  throw new MappingProblem(
    'bad-argument',
    evaluation.path,
    inBoth('the table of share(…) is not the one that this row is of', '不是当前行所属的明细表'),
  );
}

function weights(rows: readonly Fields[], weigh: Run<Decimal>, cost: number, scope: Scope): readonly Decimal[] {
  const found: Decimal[] = [];
  // Sorting and dividing are a few steps more for each row.
  eachRow(scope, rows, cost + 4, (row) => {
    found.push(weigh(row));
    return true;
  });
  return found;
}

/** Largest remainders, in whole units of the last digit, so nothing is lost; of equal remainders the earlier row gets more. */
function parts({ total, digits }: Wanted, weights: readonly Decimal[], scope: Scope): readonly Decimal[] {
  const { path } = scope.evaluation;
  if (total.decimalPlaces() > digits) {
    throw new MappingProblem('too-precise', path, 'the total of share(…)', { found: plain(total) });
  }
  if (weights.some((weight) => weight.isNegative() && !weight.isZero())) {
    throw new MappingProblem('no-value', path, inBoth('share(…) by a weight below zero', '分摊权重为负数'));
  }
  const units = wholeUnits(total.abs(), digits);
  const places = Math.max(0, ...weights.map((weight) => weight.decimalPlaces()));
  const wholes = weights.map((weight) => wholeUnits(weight, places));
  const sum = wholes.reduce((a, b) => a + b, 0n);
  if (sum === 0n) {
    if (units === 0n) return weights.map(() => new Num(0));
    throw new MappingProblem('no-value', path, inBoth('share(…) by weights that add up to zero', '分摊权重合计为零'));
  }
  const exact = wholes.map((weight, index) => ({ index, part: (units * weight) / sum, rest: (units * weight) % sum }));
  const left = Number(units - exact.reduce((given, { part }) => given + part, 0n));
  const byRest = exact.toSorted((a, b) => (a.rest === b.rest ? a.index - b.index : a.rest > b.rest ? -1 : 1));
  const more = new Set(byRest.slice(0, left).map(({ index }) => index));
  const unit = new Num(10).pow(-digits).times(total.isNegative() ? -1 : 1);
  return exact.map(({ index, part }) => unit.times(String(more.has(index) ? part + 1n : part)));
}

function wholeUnits(value: Decimal, digits: number): bigint {
  return BigInt(value.times(new Num(10).pow(digits)).toFixed(0));
}
