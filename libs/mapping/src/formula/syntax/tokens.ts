import { SyntaxFault } from './fault.js';

export interface Token {
  readonly kind: 'number' | 'text' | 'field' | 'name' | 'sign' | 'end';
  /** Offset of its first character, from 0. */
  readonly at: number;
  /** A text or field without its quotes or brackets; everything else as it is written. */
  readonly text: string;
}

const BLANK = /[\s\u3000\ufeff]+/y;
const NUMBER = /\d+(?:\.\d+)?/y;
const NAME = /[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*/uy;
const SIGN = /<>|<=|>=|[=<>&+\-*/(),]/y;
const TEXT = { '"': /"((?:[^"]|"")*)"/y, "'": /'((?:[^']|'')*)'/y } as const;
const FIELD = /\[((?:[^\]]|\]\])*)\]/y;

/** What people write for a sign of this language: other languages' signs, and full-width ones from a Chinese keyboard. */
const INSTEAD: readonly (readonly [string, string])[] = [
  ['==', '='],
  ['!=', '<>'],
  ['≠', '<>'],
  ['≤', '<='],
  ['≥', '>='],
  ['&&', 'and'],
  ['||', 'or'],
  ['!', 'not'],
  ['×', '*'],
  ['÷', '/'],
  ['%', '/ 100'],
  ['“', '"'],
  ['”', '"'],
  ['‘', "'"],
  ['’', "'"],
  ['「', '"'],
  ['【', '['],
  ['】', ']'],
  ['、', ','],
  [';', ','],
  ['。', '.'],
  ['−', '-'],
  ['–', '-'],
];

/** Cuts a formula into tokens; the last is the end. @throws {SyntaxFault} at the first character that begins none */
export function tokens(source: string): readonly Token[] {
  const found: Token[] = [];
  let at = 0;
  while (at < source.length) {
    const blank = matchAt(BLANK, source, at);
    if (blank !== undefined) {
      at += blank[0].length;
      continue;
    }
    refuseForeign(source, at);
    const [token, length] = tokenAt(source, at);
    found.push(token);
    at += length;
  }
  found.push({ kind: 'end', at, text: '' });
  return found;
}

function tokenAt(source: string, at: number): readonly [Token, number] {
  const first = source.charAt(at);
  if (first === '"' || first === "'") {
    const text = matchAt(TEXT[first], source, at);
    if (text === undefined) throw new SyntaxFault(at, 'this text does not end', `Close it with ${first}.`);
    return [{ kind: 'text', at, text: (text[1] ?? '').replaceAll(first + first, first) }, text[0].length];
  }
  if (first === '[') {
    const field = matchAt(FIELD, source, at);
    if (field === undefined) throw new SyntaxFault(at, "this field's name does not end", 'Close it with ].');
    return [{ kind: 'field', at, text: (field[1] ?? '').replaceAll(']]', ']').trim() }, field[0].length];
  }
  for (const [kind, pattern] of [['number', NUMBER] as const, ['name', NAME] as const, ['sign', SIGN] as const]) {
    const text = matchAt(pattern, source, at)?.[0];
    if (text !== undefined) return [{ kind, at, text }, text.length];
  }
  const character = String.fromCodePoint(source.codePointAt(at) ?? 0);
  throw new SyntaxFault(at, `"${character}" is not known here`, 'Remove it, or put it into quotes.');
}

function refuseForeign(source: string, at: number): void {
  const foreign = INSTEAD.find(([wrong]) => source.startsWith(wrong, at));
  if (foreign !== undefined) throw new SyntaxFault(at, `"${foreign[0]}" is not known here`, `Write ${foreign[1]}.`);
  const character = source.charAt(at);
  const plain = character.normalize('NFKC');
  // Full-width letters and digits look like plain ones, so they would make names that nobody finds.
  if (character >= '\uff01' && character <= '\uff5e') {
    throw new SyntaxFault(at, `"${character}" is a full-width character`, `Write ${plain}.`);
  }
}

function matchAt(pattern: RegExp, source: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(source) ?? undefined;
}
