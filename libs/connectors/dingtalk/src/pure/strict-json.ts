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
  const readable = numbersAsTexts(text, limits);
  let value: Json;
  try {
    value = JSON.parse(readable) as Json;
  } catch {
    throw new UnsafeJson('the text is no JSON');
  }
  // Half a character stands in the text itself or behind an escape; most texts have neither.
  if (text.includes('\\u') || !text.isWellFormed()) checkCharacters(value);
  return value;
}

const QUOTE = 0x22;
const COLON = 0x3a;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;
const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;

/**
 * One pass over the text before it is parsed: afterwards neither a name that came twice nor the digits of a number can be
 * seen any more. Gives the text with its numbers as texts. A reviver that did it while parsing took four times as long.
 */
function numbersAsTexts(text: string, limits: JsonLimits): string {
  const open: (Set<string> | undefined)[] = [];
  let names = 0;
  let done = '';
  let copied = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = endOfText(text, at + 1);
      const known = open.at(-1);
      if (known !== undefined && isFollowedByColon(text, end + 1)) {
        names += 1;
        if (names > limits.names) throw new UnsafeJson(`more than ${limits.names} names`);
        remember(known, text.slice(at, end + 1));
      }
      at = end;
    } else if (code === OPENING_BRACE || code === OPENING_BRACKET) {
      open.push(code === OPENING_BRACE ? new Set() : undefined);
      if (open.length > limits.depth) throw new UnsafeJson(`nested deeper than ${limits.depth}`);
    } else if (code === CLOSING_BRACE || code === CLOSING_BRACKET) {
      open.pop();
    } else if (isPartOfNumber(code)) {
      const end = endOfNumber(text, at);
      done += `${text.slice(copied, at)}"${text.slice(at, end)}"`;
      copied = end;
      at = end - 1;
    }
  }
  return copied === 0 ? text : done + text.slice(copied);
}

/** A digit or a minus sign. */
function isPartOfNumber(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || code === 0x2d;
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

function endOfNumber(text: string, at: number): number {
  NUMBER.lastIndex = at;
  // As a text it could stand for a member's name, which it can't as a number.
  if (!NUMBER.test(text) || isFollowedByColon(text, NUMBER.lastIndex)) throw new UnsafeJson('the text is no JSON');
  return NUMBER.lastIndex;
}

function isFollowedByColon(text: string, from: number): boolean {
  let at = from;
  while (text.charCodeAt(at) <= 0x20) at += 1;
  return text.charCodeAt(at) === COLON;
}

function remember(known: Set<string>, literal: string): void {
  const name = literal.includes('\\') ? unescaped(literal) : literal.slice(1, -1);
  if (name === '__proto__') throw new UnsafeJson('the name "__proto__" is not allowed');
  if (known.has(name)) throw new UnsafeJson('a name comes twice in one object');
  known.add(name);
}

function unescaped(literal: string): string {
  try {
    return JSON.parse(literal) as string;
  } catch {
    throw new UnsafeJson('the text is no JSON');
  }
}

function checkCharacters(value: Json | undefined): void {
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw new UnsafeJson('a text has half a character');
  } else if (value !== null && typeof value === 'object') {
    for (const member of Object.values(value)) checkCharacters(member as Json | undefined);
  }
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
