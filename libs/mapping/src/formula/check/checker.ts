import { MappingProblem } from '../../evaluate/problem.js';
import type { Cursor } from '../../file/cursor.js';
import type { Names, Value, ValueType } from '../formula.js';
import type { FunctionDefinition } from '../functions/definition.js';
import { type CallNode, isComparison, type Node } from '../syntax/ast.js';
import { RESERVED } from '../syntax/parse.js';
import { type Term, TYPE_WORDS } from '../terms.js';
import { Call } from './call.js';
import type { Checking } from './checking.js';
import { constantScope, NotConstant } from './constants.js';
import { fieldTerm, nameTerm } from './names.js';
import { nearest } from './nearest.js';
import { chainTerm, comparisonTerm, negated, sumTerm } from './operators.js';

/** Types a parsed formula and makes its functions. Every fault is noted at the cursor; what has one gives undefined. */
export class Checker implements Checking {
  readonly names: Names;
  readonly used: Checking['used'] = { names: [], lookups: [], dated: false };
  readonly #at: Cursor;
  readonly #functions: ReadonlyMap<string, FunctionDefinition>;

  constructor(at: Cursor, names: Names, functions: ReadonlyMap<string, FunctionDefinition>) {
    this.#at = at;
    this.names = names;
    this.#functions = functions;
  }

  fault(at: number, fault: string, mend: string): undefined {
    return this.#at.fault(`character ${at + 1} after the =: ${fault}`, mend, { offset: at + 1 });
  }

  mismatch({ at, type }: Term, expected: ValueType, where: string): undefined {
    return this.fault(at, `${where} takes ${TYPE_WORDS[expected]}, found ${TYPE_WORDS[type]}`, MENDS[expected]);
  }

  term(node: Node, inRow: boolean): Term | undefined {
    switch (node.kind) {
      case 'literal':
        return literalTerm(node.at, node.value);
      case 'field':
        return fieldTerm(node);
      case 'name':
        return nameTerm(this, node, inRow);
      case 'unary': {
        const operand = this.term(node.operand, inRow);
        return operand && this.folded(negated(this, node, operand), [operand]);
      }
      case 'binary': {
        const left = this.term(node.left, inRow);
        const right = this.term(node.right, inRow);
        if (left === undefined || right === undefined) return undefined;
        const { operator, at } = node;
        const term = isComparison(operator)
          ? comparisonTerm(this, { at, operator, left, right })
          : sumTerm(this, { at, operator, left, right });
        return this.folded(term, [left, right]);
      }
      case 'chain': {
        const items = node.items.map((item) => this.term(item, inRow));
        if (!items.every((item) => item !== undefined)) return undefined;
        return this.folded(chainTerm(this, node, items), items);
      }
      case 'call':
        return this.#call(node, inRow);
    }
  }

  #call(node: CallNode, inRow: boolean): Term | undefined {
    const definition = this.#functions.get(node.name);
    if (definition === undefined) return this.fault(node.at, `"${node.name}" is no function`, this.#mendOf(node.name));
    return definition.compile(new Call(this, definition, node, inRow));
  }

  #mendOf(name: string): string {
    const operator = name.toLowerCase();
    if (RESERVED.has(operator)) return `Write \`${operator}\` between or before values: a and b, a or b, not a.`;
    return nearest(name, this.#functions.keys()) ?? 'FUNCTIONS.md lists them all.';
  }

  folded(term: Term | undefined, parts: readonly Term[]): Term | undefined {
    if (term === undefined || !parts.every(({ constant }) => constant !== undefined)) return term;
    try {
      const value = term.run(constantScope());
      return { ...term, run: () => value, constant: { value }, cost: 1 };
    } catch (error) {
      if (error instanceof NotConstant) return term;
      if (!(error instanceof MappingProblem)) throw error;
      return this.fault(term.at, `this always fails${error.fault.reason}`, 'Mend the constants.');
    }
  }
}

const MENDS: Readonly<Record<ValueType, string>> = {
  text: 'Put it into quotes, or write text(x) or formatDate(x, "yyyy-MM-dd").',
  field: 'Write [name].',
  number: 'Write number(x) where a text holds one.',
  boolean: 'Compare it, e.g. x = "是".',
  date: 'Write date(x) where a text holds one.',
  table: 'Write the name of a detail table, e.g. [明细].',
  list: 'Write split(x, ",") where a text holds one.',
};

function literalTerm(at: number, value: Value & (string | boolean | object)): Term {
  const type = typeof value === 'string' ? 'text' : typeof value === 'boolean' ? 'boolean' : 'number';
  return { type, at, run: () => value, cost: 0, constant: { value } };
}
