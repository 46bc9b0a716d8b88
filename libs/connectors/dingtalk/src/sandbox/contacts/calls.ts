import { VendorRefusal } from '../api/reply.js';
import type { Dingtalk } from '../dingtalk.js';
import { type Department, ROOT, type User } from './contacts.js';

type Body = Readonly<Record<string, unknown>>;

/** On no page; what is widely used (dingtalk.md §9). */
const LARGEST_PAGE = 100;

/** `topapi/v2/department/get`. */
export function getDepartment(dingtalk: Dingtalk, { dept_id: id }: Body): object {
  return { result: departmentShown(inScope(dingtalk, id)) };
}

/** `topapi/v2/department/listsub`: direct children only, no paging. */
export function listSub(dingtalk: Dingtalk, { dept_id: id = ROOT }: Body): object {
  return { result: dingtalk.contacts.children(inScope(dingtalk, id).id).map(departmentShown) };
}

/** `topapi/v2/user/list`: members of this very department. */
export function listUsers(dingtalk: Dingtalk, { dept_id: id, cursor, size }: Body): object {
  if (!isCount(cursor)) throw new VendorRefusal(40035, '参数错误: cursor');
  if (!isCount(size) || size < 1 || size > LARGEST_PAGE) throw new VendorRefusal(40035, '参数错误: size 最大为100');
  const members = dingtalk.contacts.members(inScope(dingtalk, id).id);
  const end = cursor + size;
  const more = end < members.length;
  return {
    result: { has_more: more, ...(more && { next_cursor: end }), list: members.slice(cursor, end).map(userShown) },
  };
}

/** @throws {VendorRefusal} for a department that does not exist, or that the app may not see */
function inScope({ contacts, settings }: Dingtalk, id: unknown): Department {
  const found = contacts.department(id);
  if (found === undefined) throw new VendorRefusal(60003, '部门不存在');
  const { contactScope } = settings;
  if (contactScope.length === 0) return found;
  for (let at: Department | undefined = found; at !== undefined; at = contacts.department(at.parent)) {
    if (contactScope.includes(at.id)) return found;
  }
  throw new VendorRefusal(50004, '企业中的部门不在授权范围');
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function departmentShown({ id, name, parent }: Department): object {
  return {
    dept_id: id,
    name,
    ...(parent !== undefined && { parent_id: parent }),
    create_dept_group: true,
    auto_add_user: false,
  };
}

/** With what the vendor shows beside what is taken, mobile number and mail among it. */
function userShown({ userid, name, departments, title = '', jobNumber = '' }: User): object {
  return {
    ...{ userid, unionid: `union-${userid}`, name, avatar: '', title, job_number: jobNumber },
    ...{ mobile: '13900000000', state_code: '86', email: `${userid}@example.invalid` },
    ...{ dept_id_list: departments, active: true, admin: false, boss: false, leader: false },
  };
}
