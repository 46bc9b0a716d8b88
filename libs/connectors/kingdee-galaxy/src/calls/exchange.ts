import type { CallContext, HttpResponse, HttpResult, Refusal, Throttled } from '@voucherline/connector-kit';
import { inBoth } from '@voucherline/contracts';
import { refusal, shown } from '../pure/error-table.js';
import { type Json, parseLossless } from '../pure/lossless-json.js';

/** What came of one request. `unclear`: it left, and no answer says what became of it. */
export type Exchange =
  | { readonly kind: 'answer'; readonly json: Json; readonly http: HttpResponse }
  | { readonly kind: 'unclear'; readonly reason: string }
  | { readonly kind: 'notSent'; readonly detail: string }
  | Throttled
  | Refusal;

const PREFIX = '/Kingdee.BOS.WebApi.ServicesStub.';

/** Path of a service below the server address, e.g. of `DynamicFormService.Save`. */
export const servicePath = (service: string): string => `${PREFIX}${service}.common.kdsvc`;

/** Longest wait for an answer, in ms. */
export const TIMEOUT_MS = 60_000;

/** Sends one request, once. */
export async function exchange(
  context: CallContext,
  request: { readonly service: string; readonly body: object; readonly headers: Readonly<Record<string, string>> },
): Promise<Exchange> {
  const result = await context.http.request({
    method: 'POST',
    path: servicePath(request.service),
    headers: { 'content-type': 'application/json; charset=utf-8', ...request.headers },
    body: JSON.stringify(request.body),
    timeoutMs: TIMEOUT_MS,
  });
  return read(result);
}

function read(result: HttpResult): Exchange {
  if (result.kind === 'notSent') return { kind: 'notSent', detail: `${result.reason}: ${result.detail}` };
  if (result.kind === 'unknown') return { kind: 'unclear', reason: `${result.reason}: ${result.detail}` };
  const text = result.body.toString('utf8');
  // The SDK takes 200 and 206 (kingdee.md §1); everything else never was an answer of the operation.
  if (result.status !== 200 && result.status !== 206) return otherStatus(result, text);
  if (text.startsWith('response_error:')) return { kind: 'unclear', reason: `server exception: ${shown(text)}` };
  try {
    return { kind: 'answer', json: parseLossless(text), http: result };
  } catch {
    return { kind: 'unclear', reason: `HTTP ${result.status} with ${text.length} characters that are no JSON` };
  }
}

/** Gateway codes that say the request was turned away before the product (kingdee.md §1). */
const GATEWAY: Readonly<Record<string, string>> = {
  4002: inBoth('Set appId of the connection.', '请设置连接的 appId。'),
  4006: inBoth(
    "Set this machine's clock right (NTP): the gateway refuses old timestamps.",
    '请校准本机时钟（NTP）：网关拒绝过期的时间戳。',
  ),
  5001: inBoth(
    'Mend baseUrl of the connection: the gateway knows no such service.',
    '请更正连接的 baseUrl：网关上没有此服务。',
  ),
};

function otherStatus({ status, headers }: HttpResponse, text: string): Exchange {
  if (status === 429) return { kind: 'throttled', afterMs: retryAfter(headers['retry-after']) };
  const code = status === 519 ? /"errcode"\s*:\s*"?(\d+)/.exec(text)?.[1] : undefined;
  const nextStep = code === undefined ? undefined : GATEWAY[code];
  if (nextStep !== undefined) return refusal(`gateway ${code}`, shown(text), { owner: 'administrator', nextStep });
  return { kind: 'unclear', reason: `HTTP ${status}` };
}

/** Seconds, kept between a second and an hour; a minute where it can't be read. */
function retryAfter(header: string | readonly string[] | undefined): number {
  const seconds = typeof header === 'string' && /^\d{1,9}$/.test(header) ? Number(header) : 60;
  return Math.min(Math.max(seconds, 1), 3600) * 1000;
}
