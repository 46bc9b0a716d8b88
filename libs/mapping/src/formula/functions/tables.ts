import { inBoth } from '@voucherline/contracts';
import type { Decimal } from 'decimal.js';
import { MappingProblem } from '../../evaluate/problem.js';
import type { Call } from '../check/call.js';
import { bounded } from '../check/operators.js';
import type { Scope, Value } from '../formula.js';
import { LIMITS, limitProblem } from '../limits.js';
import type { Origin, Run, Term } from '../terms.js';
import { Num, quotient } from '../values/numbers.js';
import { asBoolean, asNumber, asText, asWritten, FIELD_READERS } from '../values/readers.js';
import type { FunctionDefinition } from './definition.js';
import { eachRow, walkOf } from './rows.js';
import { SHARE } from './share.js';

/** Functions over a detail table: all but the table and separators is evaluated once a row, in which fields are those of the row. */
export const TABLES: readonly FunctionDefinition[] = [
  {
    name: 'sum',
    signature: 'sum(table, number)',
    en: 'The sum of a number over all rows, exactly; 0 without rows.',
    zh: '各行数值之和（精确）；无行时为 0。',
    example: ['sum([费用明细], [金额] * [汇率])', '1300.5'],
    compile: (call) => totalled(call, (total) => total),
  },
  {
    name: 'count',
    signature: 'count(table[, condition])',
    en: 'How many rows there are, or for how many the condition holds; also the parts of a list.',
    zh: '行数，或满足条件的行数；也可用于列表。',
    example: ['count([费用明细], [类别] = "交通")', '1'],
    compile: compileCount,
  },
  {
    name: 'average',
    signature: 'average(table, number)',
    en: 'The mean of a number over all rows. A table without rows is a problem.',
    zh: '各行数值的平均；无行时转人工处理。',
    example: ['average([费用明细], [金额])', '500.25'],
    compile: (call) =>
      totalled(call, (total, count, scope) => (count === 0 ? noRows(call, scope) : quotient(total, new Num(count)))),
  },
  {
    name: 'smallest',
    signature: 'smallest(table, number)',
    en: 'The smallest number or date of all rows. A table without rows is a problem.',
    zh: '各行中最小的数值或日期；无行时转人工处理。',
    example: ['smallest([费用明细], [金额])', '200.5'],
    compile: (call) => extreme(call, -1),
  },
  {
    name: 'largest',
    signature: 'largest(table, number)',
    en: 'The largest number or date of all rows. A table without rows is a problem.',
    zh: '各行中最大的数值或日期；无行时转人工处理。',
    example: ['largest([费用明细], [金额])', '800'],
    compile: (call) => extreme(call, 1),
  },
  {
    name: 'any',
    signature: 'any(table, condition)',
    en: 'Whether the condition holds for a row.',
    zh: '是否有一行满足条件。',
    example: ['any([费用明细], [类别] = "招待")', 'false'],
    compile: (call) => quantified(call, true),
  },
  {
    name: 'all',
    signature: 'all(table, condition)',
    en: 'Whether the condition holds for every row; it does without rows.',
    zh: '是否每一行都满足条件；无行时为真。',
    example: ['all([费用明细], [金额] > 0)', 'true'],
    compile: (call) => quantified(call, false),
  },
  {
    name: 'first',
    signature: 'first(table, x[, condition])',
    en: 'A value of the first row, or of the first for which the condition holds. Without such a row it is a problem.',
    zh: '第一行（或第一个满足条件的行）的值；没有时转人工处理。',
    example: ['first([费用明细], [类别], [金额] > 500)', '"住宿"'],
    compile: compileFirst,
  },
  {
    name: 'join',
    signature: 'join(table, text, separator)',
    en: "The rows' texts with a separator between them; blank ones are left out.",
    zh: '用分隔符连接各行文本，空白的略去。',
    example: ['join([费用明细], [类别], "、")', '"交通、住宿"'],
    compile: (call) => joined(call, (texts) => texts),
  },
  {
    name: 'joinDistinct',
    signature: 'joinDistinct(table, text, separator)',
    en: 'The same, with each text once.',
    zh: '同上，相同文本只写一次。',
    example: ['joinDistinct([费用明细], [币种], ",")', '"CNY"'],
    compile: (call) => joined(call, (texts) => [...new Set(texts)]),
  },
  SHARE,
];

function noRows(call: Call, { evaluation }: Scope): never {
  throw new MappingProblem(
    'no-value',
    evaluation.path,
    inBoth(`${call.definition.name}(…) of a table without rows`, '明细表没有行'),
  );
}

function totalled(call: Call, result: (total: Decimal, count: number, scope: Scope) => Decimal): Term | undefined {
  if (!call.takes(2)) return undefined;
  const walk = walkOf(call);
  const item = call.argumentOfRow(1);
  const run = call.read(item, asNumber, 'number');
  if (walk === undefined || item === undefined || run === undefined) return undefined;
  return call.term(
    'number',
    (scope) => {
      const rows = walk.rows(scope);
      let total: Decimal = ZERO;
      eachRow(scope, rows, item.cost, (row) => {
        total = total.plus(run(row));
        return true;
      });
      return result(bounded(total, scope), rows.length, scope);
    },
    [walk.table],
  );
}

const ZERO = new Num(0);

function compileCount(call: Call): Term | undefined {
  if (!call.takes(1, 2)) return undefined;
  const first = call.argument(0);
  if (first?.type === 'list' && call.count === 1) {
    return call.term('number', (scope) => new Num((first.run(scope) as readonly string[]).length), [first]);
  }
  const walk = first && walkOf(call);
  if (walk === undefined) return undefined;
  if (call.count === 1) return call.term('number', (scope) => new Num(walk.rows(scope).length), [walk.table]);
  const condition = call.argumentOfRow(1);
  const holds = call.read(condition, asBoolean, 'boolean');
  if (condition === undefined || holds === undefined) return undefined;
  const run = (scope: Scope) => {
    let count = 0;
    eachRow(scope, walk.rows(scope), condition.cost, (row) => {
      if (holds(row)) count += 1;
      return true;
    });
    return new Num(count);
  };
  return call.term('number', run, [walk.table]);
}

function extreme(call: Call, sign: 1 | -1): Term | undefined {
  if (!call.takes(2)) return undefined;
  const walk = walkOf(call);
  const item = call.argumentOfRow(1);
  if (walk === undefined || item === undefined) return undefined;
  const isDate = item.type === 'date';
  const run = isDate ? (item.run as Run<string>) : call.read(item, asNumber, 'number');
  if (run === undefined) return undefined;
  const isBetter = (a: string | Decimal, b: string | Decimal) =>
    typeof a === 'string' ? (a > b ? 1 : -1) === sign : a.comparedTo(b as Decimal) === sign;
  const best: Run<Value> = (scope) => {
    let found: string | Decimal | undefined;
    eachRow(scope, walk.rows(scope), item.cost, (row) => {
      const value = run(row);
      if (found === undefined || isBetter(value, found)) found = value;
      return true;
    });
    return found ?? noRows(call, scope);
  };
  return call.term(isDate ? 'date' : 'number', best, [walk.table]);
}

/** @param decisive what a condition has to be to decide at once */
function quantified(call: Call, decisive: boolean): Term | undefined {
  if (!call.takes(2)) return undefined;
  const walk = walkOf(call);
  const condition = call.argumentOfRow(1);
  const holds = call.read(condition, asBoolean, 'boolean');
  if (walk === undefined || condition === undefined || holds === undefined) return undefined;
  const run = (scope: Scope) => {
    let result = !decisive;
    eachRow(scope, walk.rows(scope), condition.cost, (row) => {
      if (holds(row) !== decisive) return true;
      result = decisive;
      return false;
    });
    return result;
  };
  return call.term('boolean', run, [walk.table]);
}

function compileFirst(call: Call): Term | undefined {
  if (!call.takes(2, 3)) return undefined;
  const walk = walkOf(call);
  const item = call.argumentOfRow(1);
  const condition = call.count === 3 ? call.argumentOfRow(2) : undefined;
  const holds = call.count === 3 ? call.read(condition, asBoolean, 'boolean') : () => true;
  if (walk === undefined || item === undefined || holds === undefined) return undefined;
  const run = (scope: Scope) => {
    let value: Value | undefined;
    eachRow(scope, walk.rows(scope), item.cost + (condition?.cost ?? 0), (row) => {
      if (!holds(row)) return true;
      value = item.run(row);
      return false;
    });
    if (value !== undefined) return value;
    throw new MappingProblem(
      'no-value',
      scope.evaluation.path,
      inBoth('first(…) of a table without such a row', '明细表中没有符合条件的行'),
    );
  };
  return call.term(item.type, run, [walk.table], item.origin && { origin: item.origin });
}

function joined(call: Call, select: (texts: readonly string[]) => readonly string[]): Term | undefined {
  if (!call.takes(3)) return undefined;
  const walk = walkOf(call);
  const item = call.argumentOfRow(1);
  const separator = call.argument(2);
  const text = call.read(item, asWritten, 'text');
  const between = call.read(separator, asText, 'text');
  if (walk === undefined || item === undefined || text === undefined) return undefined;
  if (separator === undefined || between === undefined) return undefined;
  const given = item.origin === undefined ? text : unlessBlank(item.run, item.origin);
  const run = (scope: Scope) => {
    const texts: string[] = [];
    eachRow(scope, walk.rows(scope), item.cost, (row) => {
      const found = given(row);
      if (found !== '') texts.push(found);
      return true;
    });
    return joinedText(select(texts), between(scope), scope);
  };
  return call.term('text', run, [walk.table, separator]);
}

/** Measured before it is made: every row may add as much as a text is long. */
function joinedText(texts: readonly string[], separator: string, { evaluation }: Scope): string {
  const separators = Math.max(0, texts.length - 1) * separator.length;
  const length = texts.reduce((sum, text) => sum + text.length, separators);
  if (length > LIMITS.text) throw limitProblem(evaluation.path, `a text has ${length} characters`, 'text');
  return texts.join(separator);
}

/** A column that was left blank in a row is no problem, one that does not exist is. */
function unlessBlank(raw: Run<Value>, origin: Origin): Run<string> {
  return (scope) => {
    const value = raw(scope);
    return value === null || value === '' ? '' : FIELD_READERS.text(value, origin, scope);
  };
}
