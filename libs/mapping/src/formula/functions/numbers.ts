import { inBoth, minorUnits } from '@voucherline/contracts';
import { Decimal } from 'decimal.js';
import { MappingProblem } from '../../evaluate/problem.js';
import type { Call } from '../check/call.js';
import { runsOf } from '../check/operators.js';
import type { Scope } from '../formula.js';
import type { Run, Term } from '../terms.js';
import { Num, numberIn, plain, ROUNDING_MODES, rounded, withDigits } from '../values/numbers.js';
import { asNumber } from '../values/readers.js';
import { type FunctionDefinition, number, optional, plainFunction, text, whole, written } from './definition.js';

/** Digits to round to or to keep: below zero, before the point. */
const digits = whole('digits', -40, 40);
const MODES = Object.keys(ROUNDING_MODES) as (keyof typeof ROUNDING_MODES)[];

/** Arithmetic beside the operators. Nothing but these rounds. */
export const NUMBERS: readonly FunctionDefinition[] = [
  {
    name: 'round',
    signature: 'round(x, digits[, mode])',
    en: `Rounds to so many digits after the point (below 0: before it). Modes: ${MODES.join(', ')}; halfUp unless said otherwise.`,
    zh: `四舍五入到指定小数位（负数为小数点前）。方式：${MODES.join('、')}，默认 halfUp。`,
    example: ['round(2.345, 2)', '2.35'],
    compile: (call) => {
      if (!call.takes(2, 3)) return undefined;
      const terms = call.arguments();
      const [value, places, mode] = terms ?? [];
      const x = call.read(value, asNumber, 'number');
      const to = places && digits.read(call, places);
      const chosen = mode === undefined ? 'halfUp' : call.choice(mode, 'mode', MODES);
      if (terms === undefined || x === undefined || to === undefined || chosen === undefined) return undefined;
      const rounding = ROUNDING_MODES[chosen];
      return call.term('number', (scope) => rounded(x(scope), to(scope), rounding), terms);
    },
  },
  plainFunction({
    name: 'floor',
    takes: [number('x'), optional(digits)],
    gives: 'number',
    en: 'The next lower number with so many digits after the point (0 unless said).',
    zh: '向下取到指定小数位（默认 0 位）。',
    example: ['floor(-1.5)', '-2'],
    evaluate: (_, x, to) => rounded(x, to ?? 0, Decimal.ROUND_FLOOR),
  }),
  plainFunction({
    name: 'ceiling',
    takes: [number('x'), optional(digits)],
    gives: 'number',
    en: 'The next higher number with so many digits after the point (0 unless said).',
    zh: '向上取到指定小数位（默认 0 位）。',
    example: ['ceiling(1.201, 2)', '1.21'],
    evaluate: (_, x, to) => rounded(x, to ?? 0, Decimal.ROUND_CEIL),
  }),
  plainFunction({
    name: 'abs',
    takes: [number('x')],
    gives: 'number',
    en: 'The number without its sign.',
    zh: '绝对值。',
    example: ['abs(-3)', '3'],
    evaluate: (_, x) => x.abs(),
  }),
  {
    name: 'min',
    signature: 'min(a, b, …)',
    en: 'The smallest of several numbers (of a table: `smallest`).',
    zh: '若干数中的最小值（明细表请用 smallest）。',
    example: ['min(3, 1, 2)', '1'],
    compile: (call) => extreme(call, (a, b) => a.lt(b)),
  },
  {
    name: 'max',
    signature: 'max(a, b, …)',
    en: 'The largest of several numbers (of a table: `largest`).',
    zh: '若干数中的最大值（明细表请用 largest）。',
    example: ['max(3, [金额])', '1000.5'],
    compile: (call) => extreme(call, (a, b) => a.gt(b)),
  },
  plainFunction({
    name: 'mod',
    takes: [number('x'), number('divisor')],
    gives: 'number',
    en: 'The remainder, with the sign of the divisor.',
    zh: '余数，符号与除数相同。',
    example: ['mod(-7, 3)', '2'],
    evaluate: ({ evaluation }, x, divisor) => {
      if (divisor.isZero())
        throw new MappingProblem(
          'no-value',
          evaluation.path,
          inBoth('a remainder of a division by zero', '求余时除数为零'),
        );
      return x.mod(divisor);
    },
  }),
  plainFunction({
    name: 'number',
    takes: [text('text')],
    gives: 'number',
    en: 'The number that a text holds, with or without separators between thousands. Of `13%` take the sign off: number(replace(x, "%", "")) / 100.',
    zh: '把文本转为数字，允许千分位逗号。百分数（13%）先去掉百分号再除以 100。',
    example: ['number("1,000.50")', '1000.5'],
    evaluate: ({ evaluation }, value) => {
      const number = numberIn(value);
      if (number !== undefined) return number;
      throw new MappingProblem('not-an-amount', evaluation.path, 'the text for number(…)', { found: value });
    },
  }),
  plainFunction({
    name: 'text',
    takes: [written('x')],
    gives: 'text',
    en: 'A number in plain form, or a date as yyyy-MM-dd, as a text.',
    zh: '把数字（不带千分位和多余的零）或日期（yyyy-MM-dd）写成文本。',
    example: ['text(1.50)', '"1.5"'],
    evaluate: (_, value) => value,
  }),
  plainFunction({
    name: 'fixed',
    takes: [number('x'), whole('digits', 0, 40)],
    gives: 'text',
    en: 'A number as a text with exactly so many digits after the point. It never rounds: a digit other than 0 that would be dropped is a problem.',
    zh: '把数字写成固定小数位的文本。不做四舍五入：若会丢掉非零位则转人工处理。',
    example: ['fixed(1.5, 2)', '"1.50"'],
    evaluate: (scope, x, to) => kept(x, to, scope),
  }),
  plainFunction({
    name: 'money',
    takes: [number('x'), optional(text('currency'))],
    gives: 'text',
    en: "A number as a text with exactly the digits of the currency (the voucher's unless said). It never rounds.",
    zh: '按币种的小数位写成金额文本（默认为凭证币种）。不做四舍五入。',
    example: ['money([金额])', '"1000.50"'],
    evaluate: (scope, x, currency) =>
      kept(x, minorUnits(currencyOf(currency ?? scope.evaluation.currency, scope)), scope),
  }),
  plainFunction({
    name: 'digitsOf',
    takes: [text('currency')],
    gives: 'number',
    en: 'Digits after the point in which a currency is kept.',
    zh: '币种的小数位数。',
    example: ['digitsOf("JPY")', '0'],
    evaluate: (scope, currency) => new Num(minorUnits(currencyOf(currency, scope))),
  }),
];

function extreme(call: Call, isBetter: (a: Decimal, b: Decimal) => boolean): Term | undefined {
  if (!call.takes(1, Number.POSITIVE_INFINITY)) return undefined;
  const terms = call.arguments();
  const runs = terms && runsOf(terms, asNumber, (term) => call.checker.mismatch(term, 'number', call.definition.name));
  const [first, ...others] = runs ?? [];
  if (terms === undefined || first === undefined) return undefined;
  const run: Run<Decimal> = (scope) => {
    let best = first(scope);
    for (const other of others) {
      const candidate = other(scope);
      if (isBetter(candidate, best)) best = candidate;
    }
    return best;
  };
  return call.term('number', run, terms);
}

function kept(value: Decimal, to: number, { evaluation }: Scope): string {
  const written = withDigits(value, to);
  if (written !== undefined) return written;
  throw new MappingProblem('too-precise', evaluation.path, 'the amount', { found: plain(value) });
}

export function currencyOf(text: string | undefined, { evaluation }: Scope): string {
  if (text !== undefined && /^[A-Z]{3}$/.test(text)) return text;
  if (text === undefined) throw new MappingProblem('not-a-currency', evaluation.path, 'the voucher');
  throw new MappingProblem('not-a-currency', evaluation.path, 'the text', { found: text });
}
