import type { ValueType } from '../formula.js';
import type { CallNode } from '../syntax/ast.js';
import type { Run, Term } from '../terms.js';
import type { Checking } from './checking.js';
import { nearest } from './nearest.js';

/** What is called. */
export interface Called {
  readonly name: string;
  /** With its arguments, optional ones in brackets: `round(x, digits[, mode])`. */
  readonly signature: string;
}

/** A call of a function while it is checked: its arguments as terms, and its faults. */
export class Call {
  readonly checker: Checking;
  readonly definition: Called;
  readonly at: number;
  /** How many arguments were written. */
  readonly count: number;
  readonly inRow: boolean;
  readonly #node: CallNode;

  constructor(checker: Checking, definition: Called, node: CallNode, inRow: boolean) {
    this.checker = checker;
    this.definition = definition;
    this.at = node.at;
    this.count = node.args.length;
    this.inRow = inRow;
    this.#node = node;
  }

  /** Whether so many arguments were written; otherwise a fault is noted. */
  takes(least: number, most = least): boolean {
    if (this.count >= least && this.count <= most) return true;
    const expected =
      least === most ? String(least) : most === Number.POSITIVE_INFINITY ? `at least ${least}` : `${least} to ${most}`;
    this.refuse(`${this.definition.name} takes ${expected} arguments, found ${this.count}`);
    return false;
  }

  /** The call as a whole is at fault. */
  refuse(fault: string): undefined {
    return this.checker.fault(this.at, fault, `Write ${this.definition.signature}.`);
  }

  /** An argument in the scope of the call. Faults in it are noted; a missing one counts as one. */
  argument(index: number): Term | undefined {
    return this.#argument(index, this.inRow);
  }

  /** An argument that is evaluated once a row. */
  argumentOfRow(index: number): Term | undefined {
    return this.#argument(index, true);
  }

  #argument(index: number, inRow: boolean): Term | undefined {
    const node = this.#node.args[index];
    return node && this.checker.term(node, inRow);
  }

  arguments(from = 0): readonly Term[] | undefined {
    const terms = this.#node.args.slice(from).map((node) => this.checker.term(node, this.inRow));
    return terms.every((term) => term !== undefined) ? terms : undefined;
  }

  /** Reads a term as the type that is expected, or notes the fault. */
  read<T>(term: Term | undefined, as: (term: Term) => Run<T> | undefined, type: ValueType): Run<T> | undefined {
    return term && (as(term) ?? this.checker.mismatch(term, type, this.definition.name));
  }

  /** A text that has to be written out, because it is compiled or checked once. */
  literal(term: Term | undefined, what: string): string | undefined {
    if (term === undefined) return undefined;
    if (typeof term.constant?.value === 'string') return term.constant.value;
    return this.checker.fault(term.at, `${what} is not written out here`, 'Write it as a text in quotes.');
  }

  /** A text that has to be written out and is one of these. */
  choice<C extends string>(term: Term | undefined, what: string, choices: readonly C[]): C | undefined {
    const text = this.literal(term, what);
    if (term === undefined || text === undefined) return undefined;
    const found = choices.find((choice) => choice === text);
    if (found !== undefined) return found;
    return this.checker.fault(
      term.at,
      `"${text}" is no ${what}`,
      nearest(text, choices) ?? `Choose one of ${choices.join(', ')}.`,
    );
  }

  /** The call as a term; folded when all its parts are constant. */
  term(type: ValueType, run: Term['run'], parts: readonly Term[], more: Partial<Term> = {}): Term | undefined {
    const cost = parts.reduce((sum, part) => sum + part.cost, 1);
    return this.checker.folded({ type, at: this.at, run, cost, ...more }, parts);
  }
}
