import type { Cursor } from '../file/cursor.js';
import { Checker } from './check/checker.js';
import type { Formula, Names, Scope, Value, ValueType } from './formula.js';
import { FUNCTIONS } from './functions/registry.js';
import type { Node } from './syntax/ast.js';
import { SyntaxFault } from './syntax/fault.js';
import { parse } from './syntax/parse.js';
import { type Run, type Term, TYPE_WORDS } from './terms.js';
import { fieldAs } from './values/readers.js';

/**
 * Compiles a formula, once: what comes out evaluates it without interpreting anything. Faults are noted at the cursor, with their
 * place in the formula and the mend.
 * @param source without the leading `=`
 * @param expected see `CompileFormula`
 */
export function compileFormula(
  source: string,
  at: Cursor,
  names: Names,
  expected?: readonly ValueType[],
): Formula | undefined {
  const checker = new Checker(at, names, FUNCTIONS);
  const node = parsed(source, checker);
  if (node === undefined) return undefined;
  const term = checker.term(node, names.inRow);
  const read = term && (expected === undefined ? term : readAs(term, expected, checker));
  if (read === undefined) return undefined;
  const { names: used, lookups, dated } = checker.used;
  const evaluate = counted(read.run, read.cost + 1);
  return { type: read.type, source, names: [...new Set(used)], lookups, dated, asks: asksOf(node), evaluate };
}

function parsed(source: string, checker: Checker): Node | undefined {
  try {
    return parse(source);
  } catch (error) {
    if (error instanceof SyntaxFault) return checker.fault(error.at, error.message, error.mend);
    throw error;
  }
}

function counted(run: Run<Value>, cost: number): (scope: Scope) => Value {
  return (scope) => {
    scope.evaluation.step(cost);
    return run(scope);
  };
}

/** The term as one of the types that are expected; a field is read as the first of them that it can be. */
function readAs(term: Term, expected: readonly ValueType[], checker: Checker): Term | undefined {
  if (expected.includes(term.type)) return term;
  for (const type of expected) {
    const run = fieldAs(term, type);
    if (run !== undefined) return { type, at: term.at, run, cost: term.cost };
  }
  const [first = 'text'] = expected;
  if (expected.length === 1) return checker.mismatch(term, first, 'this place');
  const words = expected.map((type) => TYPE_WORDS[type]).join(' or ');
  return checker.fault(term.at, `this place takes ${words}, found ${TYPE_WORDS[term.type]}`, 'Write another formula.');
}

/** `[field] = "text"`, alone or joined by `and`. */
function asksOf(node: Node): Formula['asks'] {
  if (node.kind === 'chain' && node.operator === 'and') return node.items.flatMap(asksOf);
  if (node.kind !== 'binary' || node.operator !== '=') return [];
  const { left, right } = node;
  const field = left.kind === 'field' ? left : right;
  const literal = left.kind === 'field' ? right : left;
  if (field.kind !== 'field' || literal.kind !== 'literal' || typeof literal.value !== 'string') return [];
  return [{ field: field.name, equals: literal.value }];
}
