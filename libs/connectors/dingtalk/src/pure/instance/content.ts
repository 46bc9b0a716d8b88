import { UnreadableDocument } from '@voucherline/connector-kit';
import { type JsonLimits, type JsonObject, parseJson, UnsafeJson } from '../strict-json.js';
import { objectAt, textAt } from './reading.js';

/**
 * What was asked for. The vendor's answer names neither its instance nor its form (dingtalk.md §6.1), so a collected document
 * keeps both beside the answer.
 */
export interface Asked {
  readonly processInstanceId: string;
  readonly processCode: string;
}

/** A form may hold 200 fields, tables inside them are text; the answer of a long approval has some thousand records. */
const DOCUMENT_LIMITS: JsonLimits = { depth: 32, names: 50_000 };

/** A collected document: the answer's bytes as read, beside what was asked. `answer` must be JSON. */
export function collectedContent(asked: Asked, answer: Buffer): Buffer {
  const { processInstanceId, processCode } = asked;
  const head = `{"asked":${JSON.stringify({ processInstanceId, processCode })},"answer":`;
  return Buffer.concat([Buffer.from(head), answer, Buffer.from('}')]);
}

/** Reads an answer of the vendor, from `topapi/processinstance/get` or another call. @throws {UnreadableDocument} */
export function parseAnswer(bytes: Buffer): JsonObject {
  try {
    return objectAt(parseJson(bytes, DOCUMENT_LIMITS), 'answer');
  } catch (error) {
    if (error instanceof UnsafeJson) throw new UnreadableDocument(`answer: ${error.message}`);
    throw error;
  }
}

/** Takes a collected document apart. @throws {UnreadableDocument} */
export function parseContent(content: Buffer): { asked: Asked; instance: JsonObject } {
  const document = parseAnswer(content);
  const asked = objectAt(document.asked, 'asked');
  const answer = objectAt(document.answer, 'answer');
  return {
    asked: {
      processInstanceId: textAt(asked.processInstanceId, 'asked.processInstanceId'),
      processCode: textAt(asked.processCode, 'asked.processCode'),
    },
    instance: objectAt(answer.process_instance, 'process_instance'),
  };
}
