import type { CallContext, ListPage, ListWindow, ReadOutcome } from '@voucherline/connector-kit';
import { approvalKey } from '../pure/approval-key.js';
import type { JsonObject } from '../pure/strict-json.js';
import { asRead, call } from './call.js';

const PAGE_SIZE = 20;
const DAY_MS = 86_400_000;

/** Limits of one walk (dingtalk.md §6.2). */
export const listLimits = { maxSpanMs: 120 * DAY_MS, maxAgeMs: 365 * DAY_MS, maxDocuments: 10_000 };

/** A page of instance ids. */
interface IdPage {
  readonly ids: readonly string[];
  readonly next?: string;
}

/** One page of a sweep: instances created in a window; `kind` is the process code. */
export async function listPage(
  { kind, from, to }: ListWindow,
  cursor: string | undefined,
  context: CallContext,
): Promise<ReadOutcome<ListPage>> {
  const called = await call(context, '/topapi/processinstance/listids', {
    process_code: kind,
    start_time: from,
    end_time: to,
    size: PAGE_SIZE,
    cursor: Number(cursor ?? 0),
  });
  if (called.kind !== 'done') return asRead(called);
  const page = pageOf(called.value);
  if (page === undefined) return { kind: 'unavailable', detail: 'listids: no list in the answer' };
  const { ids, next } = page;
  const { account } = context.connection.content;
  const documents = ids.map((id) => approvalKey(account, id));
  return { kind: 'read', value: { documents, ...(next !== undefined && { next }) } };
}

function pageOf({ result }: JsonObject): IdPage | undefined {
  if (result === null || typeof result !== 'object' || Array.isArray(result)) return undefined;
  const { list = [], next_cursor: next } = result as JsonObject;
  if (!Array.isArray(list) || list.some((id) => typeof id !== 'string')) return undefined;
  const ids = list as readonly string[];
  return typeof next === 'string' && next !== '' ? { ids, next } : { ids };
}
