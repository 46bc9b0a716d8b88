import type { Decimal } from 'decimal.js';

/** A formula as it is written. `at` is the offset of its first character, from 0. */
export type Node =
  | { readonly kind: 'literal'; readonly at: number; readonly value: string | Decimal | boolean }
  /** `[name]`, or `form[name]`, which reaches the form from within a row. */
  | { readonly kind: 'field'; readonly at: number; readonly name: string; readonly ofForm: boolean }
  | { readonly kind: 'name'; readonly at: number; readonly name: string }
  | { readonly kind: 'unary'; readonly at: number; readonly operator: '-' | 'not'; readonly operand: Node }
  | {
      readonly kind: 'binary';
      readonly at: number;
      readonly operator: BinaryOperator;
      readonly left: Node;
      readonly right: Node;
    }
  /** Operators that take any number of operands: they are not nested, so a long text is not a deep one. */
  | { readonly kind: 'chain'; readonly at: number; readonly operator: ChainOperator; readonly items: readonly Node[] }
  | CallNode;

export interface CallNode {
  readonly kind: 'call';
  readonly at: number;
  readonly name: string;
  readonly args: readonly Node[];
}

export type ChainOperator = 'or' | 'and' | '&';
export type Comparison = '=' | '<>' | '<' | '<=' | '>' | '>=';
export type BinaryOperator = Comparison | '+' | '-' | '*' | '/';

const COMPARISONS: readonly string[] = ['=', '<>', '<', '<=', '>', '>='];

export function isComparison(operator: BinaryOperator): operator is Comparison {
  return COMPARISONS.includes(operator);
}
