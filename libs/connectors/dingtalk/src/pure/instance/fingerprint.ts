import { canonicalJson, contentHash } from '@voucherline/contracts';
import type { Json, JsonObject } from '../strict-json.js';
import { isOfApproval } from './steps.js';

/** Members that change by themselves: task states and their links, and lists that sources disagree on (dingtalk.md §6.1). */
const VOLATILE: ReadonlySet<string> = new Set(['tasks', 'approver_userids', 'cc_userids']);

/** Hash over an instance without what changes by itself and without talk about it, our own notes included. */
export function fingerprintOf(instance: JsonObject): string {
  const kept = Object.entries(instance).filter(([name]) => !VOLATILE.has(name));
  const records = instance.operation_records;
  const decided = Array.isArray(records) ? (records as readonly Json[]).filter(isOfApproval) : records;
  return contentHash(canonicalJson({ ...Object.fromEntries(kept), operation_records: decided ?? [] }));
}
