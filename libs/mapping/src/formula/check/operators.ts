import { inBoth } from '@voucherline/contracts';
import type { Decimal } from 'decimal.js';
import { MappingProblem } from '../../evaluate/problem.js';
import type { Scope } from '../formula.js';
import { LIMITS, limitProblem } from '../limits.js';
import type { BinaryOperator, ChainOperator, Comparison, Node } from '../syntax/ast.js';
import type { Run, Term } from '../terms.js';
import { isTooLarge, quotient } from '../values/numbers.js';
import { asBoolean, asDay, asNumber, asWritten } from '../values/readers.js';
import type { Checking } from './checking.js';
import { equality } from './equality.js';

interface Binary<O> {
  readonly at: number;
  readonly operator: O;
  readonly left: Term;
  readonly right: Term;
}

export function negated(checker: Checking, node: Node & { kind: 'unary' }, operand: Term): Term | undefined {
  const { at, operator } = node;
  const cost = operand.cost + 1;
  if (operator === 'not') {
    const run = asBoolean(operand);
    if (run === undefined) return checker.mismatch(operand, 'boolean', '"not"');
    return { type: 'boolean', at, run: (scope) => !run(scope), cost };
  }
  const run = asNumber(operand);
  if (run === undefined) return checker.mismatch(operand, 'number', '"-"');
  return { type: 'number', at, run: (scope) => run(scope).negated(), cost };
}

type Sum = Exclude<BinaryOperator, Comparison>;

export function sumTerm(checker: Checking, { operator, left, right }: Binary<Sum>): Term | undefined {
  const a = asNumber(left);
  const b = asNumber(right);
  if (a === undefined) return checker.mismatch(left, 'number', `"${operator}"`);
  if (b === undefined) return checker.mismatch(right, 'number', `"${operator}"`);
  return { type: 'number', at: left.at, run: arithmetic(operator, a, b), cost: left.cost + right.cost + 1 };
}

function arithmetic(operator: Sum, a: Run<Decimal>, b: Run<Decimal>): Run<Decimal> {
  switch (operator) {
    case '+':
      return (scope) => bounded(a(scope).plus(b(scope)), scope);
    case '-':
      return (scope) => bounded(a(scope).minus(b(scope)), scope);
    case '*':
      return (scope) => bounded(a(scope).times(b(scope)), scope);
    case '/':
      return (scope) => {
        const divisor = b(scope);
        if (divisor.isZero())
          throw new MappingProblem('no-value', scope.evaluation.path, inBoth('a division by zero', '除数为零'));
        return bounded(quotient(a(scope), divisor), scope);
      };
  }
}

/** @throws {MappingProblem} `mapping.limit` for a number with more digits than any amount has */
export function bounded(value: Decimal, { evaluation }: Scope): Decimal {
  if (!isTooLarge(value)) return value;
  throw limitProblem(evaluation.path, `a number has ${value.e + 1} digits before its point`, 'digitsBefore');
}

export function comparisonTerm(checker: Checking, binary: Binary<Comparison>): Term | undefined {
  const { operator, left, right } = binary;
  const run = operator === '=' || operator === '<>' ? equalTo(checker, binary) : orderOf(checker, binary);
  return run && { type: 'boolean', at: left.at, run, cost: left.cost + right.cost + 1 };
}

function equalTo(checker: Checking, { operator, left, right }: Binary<Comparison>): Run<boolean> | undefined {
  const equal = equality(checker, left, right);
  if (equal === undefined || operator === '=') return equal;
  return (scope) => !equal(scope);
}

/** Texts have no order here: which of two is the lesser depends on the language. Two fields might be texts. */
function orderOf(checker: Checking, { at, operator, left, right }: Binary<Comparison>): Run<boolean> | undefined {
  if (left.type === 'date' || right.type === 'date') {
    const a = asDay(left);
    const b = asDay(right);
    if (a === undefined) return checker.mismatch(left, 'date', `"${operator}" with a date`);
    if (b === undefined) return checker.mismatch(right, 'date', `"${operator}" with a date`);
    return ordered(operator, (scope) => compareText(a(scope), b(scope)));
  }
  const a = asNumber(left);
  const b = asNumber(right);
  if (a === undefined) return checker.mismatch(left, 'number', `"${operator}"`);
  if (b === undefined) return checker.mismatch(right, 'number', `"${operator}"`);
  if (left.type === 'field' && right.type === 'field') {
    return checker.fault(
      at,
      `it is not clear whether "${operator}" compares numbers or dates`,
      'Write number([a]) or date([a]) on one side.',
    );
  }
  return ordered(operator, (scope) => a(scope).comparedTo(b(scope)));
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function ordered(operator: Comparison, compare: Run<number>): Run<boolean> {
  switch (operator) {
    case '<':
      return (scope) => compare(scope) < 0;
    case '<=':
      return (scope) => compare(scope) <= 0;
    case '>':
      return (scope) => compare(scope) > 0;
    default:
      return (scope) => compare(scope) >= 0;
  }
}

export function chainTerm(
  checker: Checking,
  { at, operator }: { readonly at: number; readonly operator: ChainOperator },
  items: readonly Term[],
): Term | undefined {
  const cost = items.reduce((sum, item) => sum + item.cost, items.length - 1);
  const start = items[0]?.at ?? at;
  if (operator === '&') {
    const texts = runsOf(items, asWritten, (item) => checker.mismatch(item, 'text', '"&"'));
    return texts && { type: 'text', at: start, run: joined(texts), cost };
  }
  const conditions = runsOf(items, asBoolean, (item) => checker.mismatch(item, 'boolean', `"${operator}"`));
  if (conditions === undefined) return undefined;
  return {
    type: 'boolean',
    at: start,
    run: operator === 'and' ? conjunction(conditions) : disjunction(conditions),
    cost,
  };
}

/** Two are the usual number, and need no loop. */
function conjunction(conditions: readonly Run<boolean>[]): Run<boolean> {
  const [a, b] = conditions;
  if (conditions.length === 2 && a !== undefined && b !== undefined) return (scope) => a(scope) && b(scope);
  return (scope) => conditions.every((condition) => condition(scope));
}

function disjunction(conditions: readonly Run<boolean>[]): Run<boolean> {
  const [a, b] = conditions;
  if (conditions.length === 2 && a !== undefined && b !== undefined) return (scope) => a(scope) || b(scope);
  return (scope) => conditions.some((condition) => condition(scope));
}

function joined(texts: readonly Run<string>[]): Run<string> {
  return (scope) => {
    let text = '';
    for (const run of texts) text += run(scope);
    return boundedText(text, scope);
  };
}

/** @throws {MappingProblem} `mapping.limit` for a text that is too long */
export function boundedText(text: string, { evaluation }: Scope): string {
  if (text.length <= LIMITS.text) return text;
  throw limitProblem(evaluation.path, `a text has ${text.length} characters`, 'text');
}

/** All terms read alike; every one that can't be is a fault. */
export function runsOf<T>(
  terms: readonly Term[],
  read: (term: Term) => Run<T> | undefined,
  refuse: (term: Term) => undefined,
): readonly Run<T>[] | undefined {
  const runs = terms.map((term) => read(term) ?? refuse(term));
  return runs.every((run) => run !== undefined) ? runs : undefined;
}
