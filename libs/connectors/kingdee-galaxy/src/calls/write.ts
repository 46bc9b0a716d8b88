import type { CallContext, WriteOutcome } from '@voucherline/connector-kit';
import { type KingdeeRefusal, meaningOf } from '../pure/error-table.js';
import type { Json } from '../pure/lossless-json.js';
import { type ResponseStatus, responseStatus } from '../pure/reply.js';
import { type GalaxyCall, galaxyCall } from './galaxy-call.js';

const inDoubt = (reason: string): WriteOutcome => ({ kind: 'inDoubt', reason });

/** Sends a write and reads its answer with `outcomeOf`; everything that is no answer is in doubt. */
export async function write(
  context: CallContext,
  call: GalaxyCall,
  outcomeOf: (json: Json) => WriteOutcome,
): Promise<WriteOutcome> {
  const answer = await galaxyCall(context, call);
  switch (answer.kind) {
    case 'json':
      return outcomeOf(answer.json);
    case 'unclear':
      return inDoubt(answer.reason);
    case 'sessionLost':
      return inDoubt('session lost (MsgCode 1); it may have been executed before');
    default:
      return answer;
  }
}

/** What a refusal means for a write. Refused for some and done for others is in doubt (F19). */
export function refused(refusal: KingdeeRefusal, { entities }: Pick<ResponseStatus, 'entities'>): WriteOutcome {
  if (entities.length > 0) return inDoubt('refused, but it also names documents that were done');
  const meaning = meaningOf(refusal);
  if (meaning.kind === 'sessionLost') return inDoubt('session lost (MsgCode 1)');
  return meaning.kind === 'unclear' ? inDoubt(meaning.reason) : meaning;
}

/** The outcome of a write that does one document: `done` only when the answer names exactly that one. */
export function doneWith(json: Json, id?: string): WriteOutcome {
  const status = responseStatus(json);
  if (status === undefined) return inDoubt('the answer has no ResponseStatus');
  if (!status.isSuccess) return refused(status.refusal, status);
  return onlyDocument(status, id);
}

/** `done` with the one document that a successful status names. */
export function onlyDocument({ entities }: ResponseStatus, id?: string): WriteOutcome {
  const [entity, ...more] = entities;
  if (entity === undefined || more.length > 0) return inDoubt(`the answer names ${entities.length} documents, not one`);
  if (id !== undefined && entity.id !== id) return inDoubt(`the answer names document ${entity.id}, not ${id}`);
  return { kind: 'done', documentId: entity.id, number: entity.number };
}
