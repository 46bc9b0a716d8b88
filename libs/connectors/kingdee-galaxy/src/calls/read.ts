import type { CallContext, ReadOutcome } from '@voucherline/connector-kit';
import { inBoth } from '@voucherline/contracts';
import { meaningOf, refusal } from '../pure/error-table.js';
import type { Json } from '../pure/lossless-json.js';
import type { ResponseStatus } from '../pure/reply.js';
import { galaxyCall } from './galaxy-call.js';

/** Sends a read and takes its answer with `readingOf`; whatever is no answer is `unavailable`. */
export async function readBy<T>(
  context: CallContext,
  call: { readonly operation: string; readonly body: object },
  readingOf: (json: Json) => ReadOutcome<T>,
): Promise<ReadOutcome<T>> {
  const answer = await galaxyCall(context, { ...call, repeatable: true });
  switch (answer.kind) {
    case 'json':
      return readingOf(answer.json);
    case 'unclear':
      return { kind: 'unavailable', detail: answer.reason };
    case 'notSent':
      return { kind: 'unavailable', detail: answer.detail };
    case 'sessionLost':
      return sessionLost();
    default:
      return answer;
  }
}

/** What a refusal means for a read. */
export function refusedRead(status: ResponseStatus): ReadOutcome<never> {
  const meaning = meaningOf(status.refusal);
  if (meaning.kind === 'sessionLost') return sessionLost();
  return meaning.kind === 'unclear' ? { kind: 'unavailable', detail: meaning.reason } : meaning;
}

function sessionLost(): ReadOutcome<never> {
  return refusal('MsgCode 1', '会话信息已丢失，请重新登录', {
    owner: 'administrator',
    nextStep: inBoth(
      "Check appId, appSecret, account and userName of the connection and this machine's clock; then release.",
      '请检查连接的 appId、appSecret、account、userName 以及本机时钟；然后放行。',
    ),
  });
}
