import { GalaxyRefusal } from '../reply.js';

/** A parsed `FilterString`: the part of SQL that hubs use (kingdee.md §5.1). */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Filter[] }
  | { readonly kind: 'compare'; readonly field: string; readonly operator: Operator; readonly value: string }
  | { readonly kind: 'in'; readonly field: string; readonly values: readonly string[]; readonly negated: boolean }
  | { readonly kind: 'like'; readonly field: string; readonly pattern: string; readonly negated: boolean };

export type Operator = '=' | '<>' | '>=' | '<=' | '>' | '<';

type Token = { readonly kind: 'word' | 'text' | 'number' | 'sign'; readonly text: string };

const TOKEN = /\s*(?:'((?:[^']|'')*)'|([A-Za-z_][\w.]*)|(-?\d+(?:\.\d+)?)|(<>|!=|>=|<=|[=<>(),]))/y;

/** @throws {GalaxyRefusal} for what the database would not take */
export function parseFilter(text: string): Filter | undefined {
  const tokens = tokenize(text);
  if (tokens.length === 0) return undefined;
  const parser = new Parser(tokens);
  const filter = parser.either();
  parser.end();
  return filter;
}

/** Every field that a filter names. */
export function fieldsOf(filter: Filter | undefined): string[] {
  if (filter === undefined) return [];
  return 'parts' in filter ? filter.parts.flatMap(fieldsOf) : [filter.field];
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (text.slice(TOKEN.lastIndex).trim() !== '') {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) throw syntaxError(text.slice(at, at + 20));
    const [, quoted, word, number, sign] = match;
    if (quoted !== undefined) tokens.push({ kind: 'text', text: quoted.replaceAll("''", "'") });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else tokens.push({ kind: 'sign', text: sign === '!=' ? '<>' : (sign as string) });
  }
  return tokens;
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  either(): Filter {
    return this.#chain('or', () => this.#chain('and', () => this.#term()));
  }

  end(): void {
    if (this.#at < this.#tokens.length) throw syntaxError(this.#tokens[this.#at]?.text ?? '');
  }

  #chain(kind: 'and' | 'or', part: () => Filter): Filter {
    const first = part();
    const parts = [first];
    while (this.#takes('word', kind)) parts.push(part());
    return parts.length === 1 ? first : { kind, parts };
  }

  #term(): Filter {
    if (this.#takes('sign', '(')) {
      const inner = this.either();
      this.#expect(')');
      return inner;
    }
    const field = this.#next('word').text;
    const negated = this.#takes('word', 'not');
    if (this.#takes('word', 'like')) return { kind: 'like', field, pattern: this.#next('text').text, negated };
    if (this.#takes('word', 'in')) return { kind: 'in', field, values: this.#list(), negated };
    const { text } = this.#next('sign');
    if (negated || !['=', '<>', '>=', '<=', '>', '<'].includes(text)) throw syntaxError(text);
    return { kind: 'compare', field, operator: text as Operator, value: this.#value() };
  }

  #list(): string[] {
    this.#expect('(');
    const values = [this.#value()];
    while (this.#takes('sign', ',')) values.push(this.#value());
    this.#expect(')');
    return values;
  }

  #value(): string {
    const token = this.#tokens[this.#at++];
    if (token?.kind !== 'text' && token?.kind !== 'number') throw syntaxError(token?.text ?? '');
    return token.text;
  }

  #next(kind: Token['kind']): Token {
    const token = this.#tokens[this.#at++];
    if (token?.kind !== kind) throw syntaxError(token?.text ?? '');
    return token;
  }

  #takes(kind: Token['kind'], text: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== kind || token.text.toLowerCase() !== text) return false;
    this.#at += 1;
    return true;
  }

  #expect(sign: string): void {
    if (!this.#takes('sign', sign)) throw syntaxError(this.#tokens[this.#at]?.text ?? '');
  }
}

const syntaxError = (near: string) => new GalaxyRefusal(4, `“${near}”附近有语法错误。`);
