import type { MappingProblem } from '../evaluate/problem.js';
import type { Scope, Value, ValueType } from './formula.js';

/** What a checked piece of a formula became: a function of the scope. It was made once; evaluating it interprets nothing. */
export type Run<T> = (scope: Scope) => T;

/** A checked piece of a formula. */
export interface Term {
  readonly type: ValueType;
  /** Offset of its first character. */
  readonly at: number;
  readonly run: Run<Value>;
  /** Steps that one evaluation counts at most; rows of tables count for themselves. */
  readonly cost: number;
  /** Its value where that is known when it is compiled. */
  readonly constant?: { readonly value: Value };
  /** Of type `field` only: where its text comes from, for problems. */
  readonly origin?: Origin;
}

/** Where the text of a `field` comes from: a form's field, a fact of the approval, a column of a row that was looked up, a name. */
export interface Origin {
  /** How problems call it, e.g. `"金额"`. */
  subject(scope: Scope): string;
  /** The problem when a value is needed and there is none: `value` is null, blank or `MISSING`. */
  absent(value: Value, scope: Scope): MappingProblem;
}

/** How faults call the types. */
export const TYPE_WORDS: Readonly<Record<ValueType, string>> = {
  text: 'a text',
  field: 'a field',
  number: 'a number',
  boolean: 'true or false',
  date: 'a date',
  table: 'a table',
  list: 'a list',
};
