/** In SQL: `chr(30)`. JSON text has no control characters. */
const SEPARATOR = '\x1e';
const SEPARATOR_BYTE = Buffer.from(SEPARATOR);

/**
 * JSON texts as one parameter, for `string_to_array($n, chr(30), '')`: as elements of an array literal each quotation mark in
 * them would be escaped here and unescaped there, which took longer than the rest of the statement. null stays null.
 */
export function joined(texts: readonly (string | null)[]): string {
  return texts.join(SEPARATOR);
}

/** The same for texts that are UTF-8 already, which pg sends as they are. */
export function joinedBytes(texts: readonly Buffer[]): Buffer {
  return Buffer.concat(texts.flatMap((text, i) => (i === 0 ? [text] : [SEPARATOR_BYTE, text])));
}

/** Takes apart what `string_agg(…, chr(30))` has put together. */
export function apart(texts: string): readonly string[] {
  return texts.split(SEPARATOR);
}
