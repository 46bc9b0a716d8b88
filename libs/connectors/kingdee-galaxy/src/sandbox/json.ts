/** Parsed JSON whose numbers are kept as the text they were sent as, so that no float stands between request and book. */
export type Json = string | boolean | null | readonly Json[] | { readonly [name: string]: Json };
export type JsonObject = { readonly [name: string]: Json };

type Reviver = (name: string, value: unknown) => unknown;

/** @throws {SyntaxError} when the text is no JSON */
export function parseJson(text: string): Json {
  const keepDigits = (_: string, value: unknown, context: { source: string }) =>
    typeof value === 'number' ? context.source : value;
  return JSON.parse(text, keepDigits as unknown as Reviver) as Json;
}

/** A JSON number with exactly these digits, for `JSON.stringify`. */
export const jsonNumber: (digits: string) => unknown = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON;

export const isObject = (value: Json | undefined): value is JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** A scalar as text; everything else as undefined. */
export function asText(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : typeof value === 'boolean' ? String(value) : undefined;
}

/** Booleans come as such or as text (kingdee.md §4.1). */
export function asFlag(value: Json | undefined, absent: boolean): boolean {
  const text = asText(value)?.toLowerCase();
  return text === undefined || text === '' ? absent : text === 'true' || text === '1';
}

/** A member whatever the case of its name. */
export function member(object: JsonObject, name: string): Json | undefined {
  if (Object.hasOwn(object, name)) return object[name];
  const found = Object.keys(object).find((key) => key.toLowerCase() === name.toLowerCase());
  return found === undefined ? undefined : object[found];
}
