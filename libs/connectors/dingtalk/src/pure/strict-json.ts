/** What JSON may hold here. Numbers are given as their text, so that no digit of an amount or an id is lost. */
export type Json = string | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json | undefined;
}

/** Deepest nesting, and most member names in the whole text. */
export interface JsonLimits {
  readonly depth: number;
  readonly names: number;
}

/** Limits for what anybody may send us (security.md W11). */
export const WEBHOOK_LIMITS: JsonLimits = { depth: 32, names: 5_000 };

/** Text that is no JSON, or JSON that could be read in two ways. The message never shows the text. */
export class UnsafeJson extends Error {
  override readonly name = 'UnsafeJson';
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads bytes as JSON that has one meaning only: UTF-8 without a byte order mark, nothing deeper or larger than the limits,
 * no name twice in an object, no `__proto__`, no half characters (security.md W11). @throws {UnsafeJson}
 */
export function parseJson(bytes: Uint8Array, limits: JsonLimits): Json {
  try {
    return parseJsonText(utf8.decode(bytes), limits);
  } catch (error) {
    if (error instanceof UnsafeJson) throw error;
    throw new UnsafeJson('the bytes are no UTF-8');
  }
}

/** The same for text, e.g. of a table inside a form value. @throws {UnsafeJson} */
export function parseJsonText(text: string, limits: JsonLimits): Json {
  checkNames(text, limits);
  try {
    return JSON.parse(text, keepDigits as (name: string, value: unknown) => unknown) as Json;
  } catch (error) {
    if (error instanceof UnsafeJson) throw error;
    throw new UnsafeJson('the text is no JSON');
  }
}

function keepDigits(_name: string, value: unknown, context: { readonly source?: string }): unknown {
  if (typeof value === 'number') return context.source;
  if (typeof value === 'string' && !value.isWellFormed()) throw new UnsafeJson('a text has half a character');
  return value;
}

/** One pass over the text before it is parsed: afterwards a name that came twice can't be seen any more. */
function checkNames(text: string, limits: JsonLimits): void {
  const open: (Set<string> | undefined)[] = [];
  let names = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '{' || character === '[') {
      open.push(character === '{' ? new Set() : undefined);
      if (open.length > limits.depth) throw new UnsafeJson(`nested deeper than ${limits.depth}`);
    } else if (character === '}' || character === ']') {
      open.pop();
    } else if (character === '"') {
      const end = endOfText(text, at + 1);
      const known = open.at(-1);
      if (known !== undefined && /^\s*:/.test(text.slice(end + 1, end + 9))) {
        names += 1;
        if (names > limits.names) throw new UnsafeJson(`more than ${limits.names} names`);
        remember(known, text.slice(at, end + 1));
      }
      at = end;
    }
  }
}

function remember(known: Set<string>, literal: string): void {
  let name: string;
  try {
    name = JSON.parse(literal) as string;
  } catch {
    throw new UnsafeJson('the text is no JSON');
  }
  if (name === '__proto__') throw new UnsafeJson('the name "__proto__" is not allowed');
  if (known.has(name)) throw new UnsafeJson('a name comes twice in one object');
  known.add(name);
}

/** Index of the quotation mark that closes a text: the first one behind an even number of backslashes. */
function endOfText(text: string, from: number): number {
  for (let quote = text.indexOf('"', from); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let slashes = 0;
    while (text[quote - 1 - slashes] === '\\') slashes += 1;
    if (slashes % 2 === 0) return quote;
  }
  throw new UnsafeJson('the text is no JSON');
}
