import { inBoth } from '@voucherline/contracts';
import { MappingProblem } from '../../evaluate/problem.js';
import type { Call } from '../check/call.js';
import { equality } from '../check/equality.js';
import type { Scope, Value, ValueType } from '../formula.js';
import { type Run, type Term, TYPE_WORDS } from '../terms.js';
import { asBoolean, FIELD_READERS, isAbsent, isReadable } from '../values/readers.js';
import { attempted } from './attempt.js';
import type { FunctionDefinition } from './definition.js';
import { type Alternatives, inOneType } from './one-type.js';

/** Functions that choose, and those that take what is missing or blank. */
export const LOGIC: readonly FunctionDefinition[] = [
  {
    name: 'if',
    signature: 'if(condition, value[, condition, value, …], otherwise)',
    en: 'The value of the first condition that holds, else the last. Only what is chosen is evaluated.',
    zh: '返回第一个成立的条件所对应的值，都不成立时返回最后一个值。只计算被选中的部分。',
    example: ['if([金额] >= 1000, "大额", "小额")', '"大额"'],
    compile: (call) => {
      if (call.count < 3 || call.count % 2 === 0) return call.refuse('if takes an odd number of arguments, at least 3');
      const terms = call.arguments();
      if (terms === undefined) return undefined;
      const conditions = terms.filter((_, index) => index % 2 === 0 && index < terms.length - 1);
      const values = terms.filter((_, index) => index % 2 === 1 || index === terms.length - 1);
      const tests = conditions.map((term) => call.read(term, asBoolean, 'boolean'));
      const chosen = inOneType(call, values);
      if (chosen === undefined || !tests.every((test) => test !== undefined)) return undefined;
      return oneOf(call, chosen, chooser(tests, chosen.runs), terms);
    },
  },
  {
    name: 'case',
    signature: 'case(value, match, result[, match, result, …][, otherwise])',
    en: 'The result of the first match that equals the value, else the last; without one, a value that nothing matches is a problem.',
    zh: '返回第一个与值相等的匹配项所对应的结果，否则返回最后一个值；未写默认值而又无匹配时转人工处理。',
    example: ['case([部门], "研发", "6602.01", "销售", "6601.01", "6602.99")', '"6602.01"'],
    compile: compileCase,
  },
  {
    name: 'coalesce',
    signature: 'coalesce(a, b, …)',
    en: 'The first value that can be had and is not blank: not of a missing or blank field, nor of a look-up without a row.',
    zh: '返回第一个可取得且不为空的值：跳过缺失或空白的字段以及查不到行的查表。',
    example: ['coalesce([备注], [事由], "无")', '"出差"'],
    compile: compileCoalesce,
  },
  {
    name: 'isBlank',
    signature: 'isBlank(x)',
    en: 'Whether there is nothing to use: a missing, empty or blank field, a table without rows, a look-up without a row.',
    zh: '是否没有可用的值：字段缺失或空白、明细表无行、查表无结果。',
    example: ['isBlank([备注])', 'true'],
    compile: (call) => absence(call, (value) => isAbsent(value) || isEmptyList(value) || isBlankText(value)),
  },
  {
    name: 'isMissing',
    signature: 'isMissing(x)',
    en: 'Whether the form has no such field, or the table no such row; a field that was left blank is not missing.',
    zh: '表单没有该字段（或查表没有该行）时为真；仅为空白的字段不算缺失。',
    example: ['isMissing([不存在])', 'true'],
    compile: (call) => absence(call, (value) => typeof value === 'symbol'),
  },
];

function chooser(tests: readonly Run<boolean>[], values: readonly Run<Value>[]): Run<Value> {
  const otherwise = values[values.length - 1] as Run<Value>;
  const [test] = tests;
  const [value] = values;
  if (tests.length === 1 && test !== undefined && value !== undefined) {
    return (scope) => (test(scope) ? value(scope) : otherwise(scope));
  }
  return (scope) => {
    const chosen = tests.findIndex((holds) => holds(scope));
    return (values[chosen] ?? otherwise)(scope);
  };
}

function compileCase(call: Call): Term | undefined {
  if (!call.takes(3, Number.POSITIVE_INFINITY)) return undefined;
  const terms = call.arguments();
  const [value, ...rest] = terms ?? [];
  if (terms === undefined || value === undefined) return undefined;
  const hasDefault = rest.length % 2 === 1;
  const pairs = hasDefault ? rest.slice(0, -1) : rest;
  const matches = pairs.filter((_, index) => index % 2 === 0).map((match) => equality(call.checker, value, match));
  const chosen = inOneType(
    call,
    rest.filter((_, index) => index % 2 === 1 || (hasDefault && index === rest.length - 1)),
  );
  if (chosen === undefined || !matches.every((match) => match !== undefined)) return undefined;
  const results = hasDefault ? chosen.runs : [...chosen.runs, nothingMatches(value)];
  return oneOf(call, chosen, chooser(matches, results), terms);
}

function nothingMatches(value: Term): Run<never> {
  return (scope) => {
    const subject = value.origin?.subject(scope) ?? 'the value';
    throw new MappingProblem(
      'no-value',
      scope.evaluation.path,
      inBoth(`${subject} is none of those that case(…) lists`, '不在 case(…) 所列的值中'),
    );
  };
}

function compileCoalesce(call: Call): Term | undefined {
  if (!call.takes(2, Number.POSITIVE_INFINITY)) return undefined;
  const terms = call.arguments();
  const chosen = terms && inOneType(call, terms);
  if (terms === undefined || chosen === undefined) return undefined;
  const attempts = terms.slice(0, -1).map((term) => alternative(term, chosen.type));
  const last = chosen.runs.at(-1) as Run<Value>;
  const run = (scope: Scope): Value => {
    for (const attempt of attempts) {
      const value = attempt(scope);
      if (value !== undefined) return value;
    }
    return last(scope);
  };
  return oneOf(call, chosen, run, terms);
}

/** The value of one of several, as their type; undefined where there is none. */
function alternative(term: Term, type: ValueType): Run<Value | undefined> {
  const attempt = attempted(term);
  const { origin } = term;
  const read = origin !== undefined && isReadable(type) ? FIELD_READERS[type] : undefined;
  return (scope) => {
    const value = attempt(scope);
    if (isAbsent(value) || isBlankText(value)) return undefined;
    return read === undefined || origin === undefined ? value : read(value, origin, scope);
  };
}

function oneOf(call: Call, { type, origin }: Alternatives, run: Run<Value>, terms: readonly Term[]): Term | undefined {
  return call.term(type, run, terms, origin && { origin });
}

function absence(call: Call, test: (value: Value) => boolean): Term | undefined {
  if (!call.takes(1)) return undefined;
  const term = call.argument(0);
  if (term === undefined) return undefined;
  if (term.constant !== undefined) {
    return call.checker.fault(term.at, `${TYPE_WORDS[term.type]} is never missing`, 'Name a field.');
  }
  const attempt = attempted(term);
  return call.term('boolean', (scope) => test(attempt(scope)), [term]);
}

function isBlankText(value: Value): boolean {
  return typeof value === 'string' && value.trim() === '';
}

function isEmptyList(value: Value): boolean {
  return Array.isArray(value) && value.length === 0;
}
