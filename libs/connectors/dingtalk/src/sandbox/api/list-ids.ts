import type { Dingtalk } from '../dingtalk.js';
import { VendorRefusal } from './reply.js';

const DAY_MS = 86_400_000;
const MOST_IDS = 10_000;

/** `topapi/processinstance/listids` (dingtalk.md §6.2). */
export function listIds(dingtalk: Dingtalk, body: Readonly<Record<string, unknown>>): object {
  const { process_code: form, start_time: start, end_time: end, size = 10, cursor = 0, userid_list: users } = body;
  if (typeof form !== 'string' || !form.startsWith('PROC-')) throw new VendorRefusal(830001, '审批模板不存在');
  if (!isCount(size) || size < 1 || size > 20) throw new VendorRefusal(40035, '参数错误: size 最大为20');
  if (!isCount(cursor)) throw new VendorRefusal(40035, '参数错误: cursor');
  checkWindow(start, end);
  const people = typeof users === 'string' ? users.split(',') : undefined;
  if (people !== undefined && people.length > 10) throw new VendorRefusal(40035, '参数错误: userid_list 最多10个');

  const ids: string[] = [];
  let position = 0;
  for (const { id, createdAt, originatorUserId } of dingtalk.store.ofForm(form)) {
    if (createdAt < Number(start) || createdAt > Number(end ?? Number.MAX_SAFE_INTEGER)) continue;
    if (people !== undefined && !people.includes(originatorUserId)) continue;
    if (position >= MOST_IDS) break;
    if (position >= cursor && ids.push(id) > size) break;
    position += 1;
  }
  const more = ids.length > size;
  return { result: { list: ids.slice(0, size), ...(more && { next_cursor: cursor + size }) } };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function checkWindow(start: unknown, end: unknown): void {
  const now = Date.now();
  if (!isCount(start)) throw new VendorRefusal(40035, '参数错误: start_time');
  if (end === undefined) {
    if (now - start > 120 * DAY_MS) throw new VendorRefusal(40035, '参数错误: start_time 距今不能超过120天');
    return;
  }
  if (!isCount(end) || end < start) throw new VendorRefusal(40035, '参数错误: end_time');
  if (end - start > 120 * DAY_MS) throw new VendorRefusal(40035, '参数错误: 时间跨度不能超过120天');
  if (now - start > 365 * DAY_MS) throw new VendorRefusal(40035, '参数错误: start_time 距今不能超过365天');
}
