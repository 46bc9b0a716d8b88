import { LIMITS } from '../limits.js';
import { Num } from '../values/numbers.js';
import type { BinaryOperator, CallNode, ChainOperator, Node } from './ast.js';
import { SyntaxFault } from './fault.js';
import { type Token, tokens } from './tokens.js';

const COMPARISONS = ['=', '<>', '<', '<=', '>', '>='] as const;
const SUMS = ['+', '-'] as const;
const PRODUCTS = ['*', '/'] as const;

/** Parses a formula without its leading `=`. @throws {SyntaxFault} the first fault */
export function parse(source: string): Node {
  if (source.length > LIMITS.source) {
    throw new SyntaxFault(
      0,
      `the formula has ${source.length} characters, at most ${LIMITS.source} are allowed`,
      'Split it: name parts of it with `let`.',
    );
  }
  return new Parser(tokens(source)).formula();
}

/** Recursive descent, a method for each level of operators from the weakest to the strongest. */
class Parser {
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(all: readonly Token[]) {
    this.#tokens = all;
  }

  formula(): Node {
    if (this.#tokens.length === 1) throw new SyntaxFault(0, 'the formula is empty', 'Write one after the =.');
    const node = this.#or();
    if (this.#token.kind !== 'end') throw unexpected(this.#token, 'an operator or the end');
    return node;
  }

  #or(): Node {
    return this.#chain('or', () => this.#chain('and', () => this.#not()));
  }

  #not(): Node {
    const { at } = this.#token;
    if (!this.#takes('not')) return this.#comparison();
    return { kind: 'unary', at, operator: 'not', operand: this.#nested(at, () => this.#not()) };
  }

  #comparison(): Node {
    const left = this.#joined();
    const { at } = this.#token;
    const operator = this.#takesOneOf(COMPARISONS);
    if (operator === undefined) return left;
    const node: Node = { kind: 'binary', at, operator, left, right: this.#joined() };
    // `1 < [a] < 5` would compare a boolean with a number.
    if (this.#token.kind === 'sign' && (COMPARISONS as readonly string[]).includes(this.#token.text)) {
      throw new SyntaxFault(this.#token.at, 'comparisons do not follow each other', 'Join them by `and`.');
    }
    return node;
  }

  #joined(): Node {
    return this.#chain('&', () => this.#leftToRight(SUMS, () => this.#leftToRight(PRODUCTS, () => this.#signed())));
  }

  #signed(): Node {
    const { at } = this.#token;
    if (this.#takes('+')) return this.#nested(at, () => this.#signed());
    if (!this.#takes('-')) return this.#single();
    return { kind: 'unary', at, operator: '-', operand: this.#nested(at, () => this.#signed()) };
  }

  #single(): Node {
    const token = this.#token;
    this.#next += 1;
    const { at, text } = token;
    switch (token.kind) {
      case 'number':
        return { kind: 'literal', at, value: numberOf(token) };
      case 'text':
        return { kind: 'literal', at, value: text };
      case 'field':
        return field(token, false);
      case 'name':
        return this.#named(token);
      case 'sign':
        if (text === '(') return this.#nested(at, () => this.#closed(this.#or()));
    }
    throw unexpected(token, 'a value');
  }

  #named(token: Token): Node {
    const { at, text: name } = token;
    if (this.#token.kind === 'field') {
      if (name !== 'form') {
        throw new SyntaxFault(at, `"${name}[…]" is not known`, 'Write [name], or form[name] for a field of the form.');
      }
      this.#next += 1;
      return field(this.#tokens[this.#next - 1] ?? token, true);
    }
    if (this.#takes('(')) return { kind: 'call', at, name, args: this.#nested(at, () => this.#arguments(name)) };
    if (name === 'true' || name === 'false') return { kind: 'literal', at, value: name === 'true' };
    if (OPERATOR_WORDS.has(name) || name === 'form') throw unexpected(token, 'a value');
    return { kind: 'name', at, name };
  }

  #arguments(name: string): CallNode['args'] {
    const args: Node[] = [];
    if (this.#takes(')')) return args;
    do {
      if (args.length === LIMITS.arguments) {
        throw new SyntaxFault(
          this.#token.at,
          `${name} has more than ${LIMITS.arguments} arguments`,
          'Use a table (`lookup`), or split the formula with `let`.',
        );
      }
      args.push(this.#or());
    } while (this.#takes(','));
    this.#close();
    return args;
  }

  #closed(node: Node): Node {
    this.#close();
    return node;
  }

  #close(): void {
    if (!this.#takes(')')) throw unexpected(this.#token, '")", "," or an operator');
  }

  #chain(operator: ChainOperator, operand: () => Node): Node {
    const first = operand();
    const { at } = this.#token;
    if (!this.#takes(operator)) return first;
    const items = [first, operand()];
    while (this.#takes(operator)) items.push(operand());
    return { kind: 'chain', at, operator, items };
  }

  #leftToRight(operators: readonly BinaryOperator[], operand: () => Node): Node {
    let left = operand();
    for (;;) {
      const { at } = this.#token;
      const operator = this.#takesOneOf(operators);
      if (operator === undefined) return left;
      left = { kind: 'binary', at, operator, left, right: operand() };
    }
  }

  #nested<T>(at: number, inner: () => T): T {
    this.#depth += 1;
    if (this.#depth > LIMITS.nesting) {
      throw new SyntaxFault(at, `more than ${LIMITS.nesting} levels inside each other`, 'Name parts of it with `let`.');
    }
    const result = inner();
    this.#depth -= 1;
    return result;
  }

  get #token(): Token {
    return this.#tokens[this.#next] ?? END;
  }

  #takes(text: string): boolean {
    return this.#takesOneOf([text]) !== undefined;
  }

  #takesOneOf<T extends string>(texts: readonly T[]): T | undefined {
    const { kind, text } = this.#token;
    if (kind !== 'sign' && kind !== 'name') return undefined;
    const taken = texts.find((candidate) => candidate === text);
    if (taken !== undefined) this.#next += 1;
    return taken;
  }
}

const END: Token = { kind: 'end', at: 0, text: '' };

const OPERATOR_WORDS = new Set(['and', 'or', 'not']);

/** Words that mean something by themselves, so nothing can be named by them. */
export const RESERVED: ReadonlySet<string> = new Set([...OPERATOR_WORDS, 'true', 'false', 'form']);

function field({ at, text }: Token, ofForm: boolean): Node {
  if (text === '') throw new SyntaxFault(at, 'a field without a name', 'Write its id or name between the brackets.');
  return { kind: 'field', at, name: text, ofForm };
}

function numberOf({ at, text }: Token) {
  const [before = '', after = ''] = text.split('.');
  if (before.length > LIMITS.digitsBefore || after.length > LIMITS.digitsAfter) {
    throw new SyntaxFault(
      at,
      `the number has more than ${LIMITS.digitsBefore} digits before or ${LIMITS.digitsAfter} after its point`,
      'Shorten it, or put it into quotes where it is a code.',
    );
  }
  return new Num(text);
}

function unexpected({ kind, at, text }: Token, expected: string): SyntaxFault {
  const found = { end: 'the formula ends', text: 'a text', field: `[${text}]` }[kind as string] ?? `"${text}"`;
  const fault = kind === 'end' ? `the formula ends, expected ${expected}` : `found ${found}, expected ${expected}`;
  const lower = text.toLowerCase();
  const mend =
    kind === 'name' && lower !== text && RESERVED.has(lower)
      ? `Did you mean ${lower}?`
      : 'Look for a missing operator, comma, quote or parenthesis just before.';
  return new SyntaxFault(at, fault, mend);
}
