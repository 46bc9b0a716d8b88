import type { HttpResult, Throttled } from '@voucherline/connector-kit';
import { UnreadableDocument } from '@voucherline/connector-kit';
import { parseAnswer } from '../pure/instance/content.js';
import type { JsonObject } from '../pure/strict-json.js';
import type { VendorError } from './error-table.js';

/** What came back, as far as it can be told without knowing the call. */
export type Answer =
  | { readonly kind: 'done'; readonly value: JsonObject; readonly bytes: Buffer }
  | { readonly kind: 'error'; readonly error: VendorError }
  | Throttled
  | { readonly kind: 'notSent'; readonly detail: string }
  /** Nothing is known: no answer, or one that is not of this API. */
  | { readonly kind: 'lost'; readonly detail: string };

/** Reads an answer of the old API: always HTTP 200 with `errcode` (dingtalk.md §10); all else says nothing about the call. */
export function answerOf(result: HttpResult): Answer {
  if (result.kind === 'notSent') return { kind: 'notSent', detail: `${result.reason}: ${result.detail}` };
  if (result.kind === 'unknown') return { kind: 'lost', detail: `${result.reason}: ${result.detail}` };
  if (result.status !== 200) return { kind: 'lost', detail: `HTTP ${result.status}` };
  let value: JsonObject;
  try {
    value = parseAnswer(result.body);
  } catch (error) {
    if (!(error instanceof UnreadableDocument)) throw error;
    return { kind: 'lost', detail: `HTTP 200 without an answer of the API (${error.message})` };
  }
  if (typeof value.errcode !== 'string') return blocked(value) ?? { kind: 'lost', detail: 'HTTP 200 without errcode' };
  if (value.errcode === '0') return { kind: 'done', value, bytes: result.body };
  return { kind: 'error', error: errorOf(value, value.errcode) };
}

/** The page in front of the API that blocks an address for `wait` minutes: the call did not reach the API. */
function blocked(value: JsonObject): Throttled | undefined {
  if (value.status !== '1111' || value.punish !== 'deny') return undefined;
  const minutes = Number(value.wait);
  return { kind: 'throttled', afterMs: (minutes > 0 && minutes <= 60 ? minutes : 5) * 60_000 };
}

function errorOf(value: JsonObject, errcode: string): VendorError {
  const wrapped = errcode === '88' && typeof value.sub_code === 'string';
  const words = wrapped ? (value.sub_msg ?? value.errmsg) : value.errmsg;
  return { code: wrapped ? String(value.sub_code) : errcode, words: typeof words === 'string' ? words : '' };
}
