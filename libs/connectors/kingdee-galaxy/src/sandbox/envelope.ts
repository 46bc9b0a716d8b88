import { asText, isObject, type Json, type JsonObject, member, parseJson } from './json.js';

/** A request body without its wrapping. */
export interface Envelope {
  /** Positional parameters (shapes 2 and 3), else undefined. */
  readonly parameters: readonly Json[] | undefined;
  readonly named: JsonObject;
}

/** A body that the server can't take at all: HTTP 500. */
export class UnreadableBody extends Error {
  override readonly name = 'UnreadableBody';
}

/** Takes the three envelopes of kingdee.md §1.2. @throws {UnreadableBody} */
export function openEnvelope(body: Buffer): Envelope {
  const json = parse(body.toString('utf8'));
  if (!isObject(json))
    throw new UnreadableBody('Additional text found in JSON string after finishing deserializing object.');
  const parameters = member(json, 'parameters');
  if (parameters === undefined) return { parameters: undefined, named: json };
  const list = typeof parameters === 'string' ? parse(parameters) : parameters;
  if (!Array.isArray(list)) throw new UnreadableBody('parameters is no array');
  return { parameters: list as readonly Json[], named: json };
}

/** What a form's operation is asked for. Positional: form, [operation,] data; queries have only data. */
export interface Call {
  readonly formId: string;
  readonly opNumber: string;
  readonly data: JsonObject;
}

const QUERIES = new Set(['ExecuteBillQuery', 'BillQuery', 'QueryBusinessInfo']);

export function callOf(operation: string, { parameters, named }: Envelope): Call {
  const positional = parameters === undefined ? undefined : [...parameters];
  const data = dataOf(positional === undefined ? member(named, 'data') : positional.pop());
  if (QUERIES.has(operation)) return { formId: asText(member(data, 'FormId')) ?? '', opNumber: '', data };
  const formId = asText(positional === undefined ? member(named, 'formid') : positional.shift()) ?? '';
  const opNumber = asText(positional === undefined ? member(named, 'opNumber') : positional.shift()) ?? '';
  return { formId, opNumber, data };
}

/** `data` is an object, or text that holds one. */
function dataOf(value: Json | undefined): JsonObject {
  const data = typeof value === 'string' ? parse(value) : value;
  if (!isObject(data)) throw new UnreadableBody('data is no JSON object');
  return data;
}

function parse(text: string): Json {
  try {
    return parseJson(text);
  } catch (cause) {
    throw new UnreadableBody('Unexpected character encountered while parsing value.', { cause });
  }
}
