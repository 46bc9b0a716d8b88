import type { Names, TableUse, ValueType } from '../formula.js';
import type { Node } from '../syntax/ast.js';
import type { Term } from '../terms.js';

/** The check of one formula, as those see it who check a part of it. */
export interface Checking {
  readonly names: Names;
  /** What the formula uses, for those who ask without evaluating it. */
  readonly used: { readonly names: string[]; readonly lookups: TableUse[]; dated: boolean };
  /** Notes a fault. @param at offset in the formula, from 0 */
  fault(at: number, fault: string, mend: string): undefined;
  /** The fault of a value of another type than is expected. */
  mismatch(term: Term, expected: ValueType, where: string): undefined;
  /** Undefined for what has a fault. @param inRow whether fields are those of a table's row */
  term(node: Node, inRow: boolean): Term | undefined;
  /** Evaluates what depends on nothing but constants at once. What always fails then is a fault of the formula. */
  folded(term: Term | undefined, parts: readonly Term[]): Term | undefined;
}
