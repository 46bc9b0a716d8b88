import { UnreadableDocument } from '@voucherline/connector-kit';
import type { Json, JsonObject } from '../strict-json.js';

/** Readers of one member of a document. Each names the place when the document is not as the vendor describes it. */

export function objectAt(value: Json | undefined, place: string): JsonObject {
  if (value === undefined || value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new UnreadableDocument(`${place}: must be an object`);
  }
  return value as JsonObject;
}

/** A list; the vendor leaves empty ones out. */
export function listAt(value: Json | undefined, place: string): readonly Json[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new UnreadableDocument(`${place}: must be a list`);
  return value as readonly Json[];
}

/** A text; undefined when it is missing, null or empty, which the vendor does not tell apart. */
export function optionalTextAt(value: Json | undefined, place: string): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string') throw new UnreadableDocument(`${place}: must be a text`);
  return value;
}

export function textAt(value: Json | undefined, place: string): string {
  const text = optionalTextAt(value, place);
  if (text === undefined) throw new UnreadableDocument(`${place}: is missing`);
  return text;
}
