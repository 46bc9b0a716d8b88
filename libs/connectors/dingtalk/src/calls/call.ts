import type { CallContext, NotSent, ReadOutcome, Refusal, Throttled, WriteOutcome } from '@voucherline/connector-kit';
import type { JsonObject } from '../pure/strict-json.js';
import { accessToken, forgetToken } from './access-token.js';
import { answerOf } from './answer.js';
import { type Verdict, verdictOf } from './error-table.js';

/** What is known after a call of the old API; `lost` and `unlisted` mean different things for reads and writes. */
export type Called =
  | { readonly kind: 'done'; readonly value: JsonObject; readonly bytes: Buffer }
  | Refusal
  | Throttled
  | NotSent
  | Extract<Verdict, { kind: 'unlisted' }>
  | { readonly kind: 'lost'; readonly detail: string };

const TIMEOUT_MS = 15_000;

/** One call. A token that the vendor refuses is replaced and the call made again, once: it was refused, so not executed. */
export async function call(context: CallContext, path: string, body: object): Promise<Called> {
  const first = await attempt(context, path, body);
  if (first.kind !== 'badToken') return first;
  await forgetToken(context, first.token);
  const second = await attempt(context, path, body);
  return second.kind === 'badToken' ? second.refusal : second;
}

type Attempt = Called | { readonly kind: 'badToken'; readonly token: string; readonly refusal: Refusal };

async function attempt(context: CallContext, path: string, body: object): Promise<Attempt> {
  const got = await accessToken(context);
  if (got.kind !== 'token') return got;
  const result = await context.http.request({
    method: 'POST',
    path,
    query: { access_token: got.token },
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    timeoutMs: TIMEOUT_MS,
  });
  const answer = answerOf(result);
  if (answer.kind !== 'error') return answer;
  const verdict = verdictOf(answer.error, context.clock.now(), context.connection.content.timeZone);
  if (verdict.kind === 'badToken') return { ...verdict, token: got.token };
  return verdict.kind === 'busy' ? { kind: 'lost', detail: verdict.detail } : verdict;
}

/** A read that failed is made again; a refusal is definite also where the table does not name its code. */
export function asRead(
  called: Exclude<Called, { kind: 'done' }>,
): Exclude<ReadOutcome<never>, { kind: 'read' | 'absent' }> {
  switch (called.kind) {
    case 'notSent':
    case 'lost':
      return { kind: 'unavailable', detail: called.detail };
    case 'unlisted':
      return called.refusal;
    default:
      return called;
  }
}

/** Whatever is not known to be refused is in doubt. */
export function asWrite(called: Exclude<Called, { kind: 'done' }>): WriteOutcome {
  switch (called.kind) {
    case 'lost':
      return { kind: 'inDoubt', reason: called.detail };
    case 'unlisted':
      return { kind: 'inDoubt', reason: `DingTalk answered ${called.refusal.code}, which is not known` };
    default:
      return called;
  }
}
