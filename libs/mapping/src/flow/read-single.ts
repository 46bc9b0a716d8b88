import { type Cursor, isObject, kindOf } from '../file/cursor.js';
import type { Formula, ValueType } from '../formula/formula.js';
import { FUNCTIONS } from '../formula/functions/registry.js';
import type { OnMissing, Single } from './flow.js';

/** Compiles the formula at a cursor with the names that are known there (`NameSpace`). */
export interface Formulas {
  formula(at: Cursor, expected?: readonly ValueType[]): Formula | undefined;
}

/** What may stand where a single value is read. */
export interface SingleRules {
  /** The types that a formula may give; absent: any. */
  readonly expected?: readonly ValueType[];
  /** What `$onMissing` may say beside `error`. */
  readonly gaps: readonly Gap[];
  readonly booleans?: boolean;
}

/** `omit` and `null` as they are written; any other value stands in. */
export type Gap = 'omit' | 'null' | 'standIn';

/** One value as one text of a payload or of a comparison. */
export const ONE_TEXT: readonly ValueType[] = ['text', 'number', 'date'];

export function isFormula(at: Cursor): boolean {
  return typeof at.value === 'string' && at.value.startsWith('=');
}

/** Reads a literal, a formula, or `{$value: …}` with what to do where it can't be had. */
export function readSingle(at: Cursor, space: Formulas, rules: SingleRules): Single | undefined {
  if (!isObject(at.value)) return readBare(at, space, rules, {});
  const { $value, $onMissing, $onMultiple } = at.members(['$value'], ['$onMissing', '$onMultiple']) ?? {};
  return $value && readBare($value, space, rules, { $onMissing, $onMultiple });
}

/** What may stand beside a value. */
export interface Ways {
  readonly $onMissing?: Cursor | undefined;
  readonly $onMultiple?: Cursor | undefined;
}

/** Reads the value itself, a literal or a formula; the ways are those that stand beside it. */
export function readBare(at: Cursor, space: Formulas, rules: SingleRules, ways: Ways): Single | undefined {
  if (!isFormula(at)) {
    for (const way of [ways.$onMissing, ways.$onMultiple]) {
      way?.fault('a literal is never missing', 'Take it out, or write a formula.');
    }
    return readLiteral(at, rules);
  }
  const formula = space.formula(at, rules.expected);
  const onMissing =
    ways.$onMissing === undefined ? 'error' : readOnMissing(ways.$onMissing, space, rules, formula?.type);
  const onMultiple = ways.$onMultiple === undefined ? 'error' : ways.$onMultiple.oneOf(['error', 'first']);
  if (formula === undefined || onMissing === undefined || onMultiple === undefined) return undefined;
  return { kind: 'formula', formula, onMissing, onMultiple };
}

function readLiteral(at: Cursor, { expected, booleans }: SingleRules): Single | undefined {
  const { value } = at;
  if (typeof value === 'boolean' && booleans) return { kind: 'literal', value };
  if (typeof value === 'string' && looksLikeFormula(value)) {
    return at.fault(
      'this looks like a formula without its =',
      'Write `=` before it; a text that is meant so is `="…"`.',
    );
  }
  if (typeof value === 'string' && (expected === undefined || expected.includes('text')))
    return { kind: 'literal', value };
  if (typeof value === 'number') {
    return at.fault(
      `the constant ${value} is a bare number`,
      'Put it into quotes, because YAML drops leading zeros of codes and changes long or decimal numbers; or calculate with it: `=0.06`.',
    );
  }
  return at.fault(`expected a text or a formula, found ${kindOf(value)}`, 'Write `"text"` or `=formula`.');
}

/** A call of a known function with a field or a text in it, and nothing around: nobody's explanation reads so, and it would be booked as it stands. */
function looksLikeFormula(text: string): boolean {
  const name = /^([A-Za-z]+)\(.*[["'].*\)$/s.exec(text)?.[1];
  return name !== undefined && FUNCTIONS.has(name);
}

/** @param type what the formula gives, where it is known: a value that stands in for it has to be the same */
function readOnMissing(
  at: Cursor,
  space: Formulas,
  rules: SingleRules,
  type: ValueType | undefined,
): OnMissing | undefined {
  const { value } = at;
  if (value === 'error') return 'error';
  const gap: Gap = value === 'omit' ? 'omit' : value === null ? 'null' : 'standIn';
  if (!rules.gaps.includes(gap)) {
    const known = ['error', ...rules.gaps.map((one) => (one === 'standIn' ? 'a value that stands in' : one))];
    return at.fault(
      `${gap === 'standIn' ? 'a value can not stand in' : `"${gap}" can not be`} here`,
      `Choose one of ${known.join(', ')}.`,
    );
  }
  if (gap !== 'standIn') return gap;
  // A name has one type, whether or not it had a value; in the payload either is written as it is.
  const alike = rules.expected ?? (type && [type === 'field' ? 'text' : type]);
  return readBare(at, space, { ...rules, gaps: [], ...(alike && { expected: alike }) }, {});
}
