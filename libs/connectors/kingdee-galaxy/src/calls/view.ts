import type { CallContext, ReadOutcome } from '@voucherline/connector-kit';
import { isObject, type JsonObject } from '../pure/lossless-json.js';
import { responseStatus } from '../pure/reply.js';
import { readBy, refusedRead } from './read.js';

/** Reads a whole document (kingdee.md §4.3). One that is not there is refused, as Kingdee does it. */
export function view(context: CallContext, form: string, id: string): Promise<ReadOutcome<JsonObject>> {
  const body = { formid: form, data: { CreateOrgId: 0, Number: '', Id: id, IsSortBySeq: 'true' } };
  return readBy<JsonObject>(context, { operation: 'View', body }, (json) => {
    const status = responseStatus(json);
    const result = isObject(json) && isObject(json.Result) ? json.Result.Result : undefined;
    if (status?.isSuccess === false) return refusedRead(status);
    // A lost session may show as an empty result without an error.
    if (!isObject(result)) return { kind: 'unavailable', detail: 'the answer shows no document' };
    return { kind: 'read', value: result };
  });
}
