import {
  type CallContext,
  type MasterDataCalls,
  type MasterDataPage,
  type MasterDataRow,
  masterDataRow,
  type ReadOutcome,
  UnreadableDocument,
} from '@voucherline/connector-kit';
import { inBoth } from '@voucherline/contracts';
import { listAt, objectAt, optionalTextAt, textAt } from '../pure/instance/reading.js';
import { type DingtalkKind, MASTER_DATA_KINDS } from '../pure/master-data-kinds.js';
import type { JsonObject } from '../pure/strict-json.js';
import { asRead, call } from './call.js';

/** The root department: 1 in contacts, -1 in approvals (dingtalk.md §9). Rows say what approvals say. */
const ROOT = '1';
const ROOT_IN_ROWS = '-1';
const NO_SUCH_DEPARTMENT = '60003';
/** The largest size is on no page; 100 is widely used (dingtalk.md §9). */
const PAGE_SIZE = 100;

/** What a walk through the contacts still has to ask. */
interface Walk {
  /** Departments, the one that is being asked first. */
  readonly departments: readonly string[];
  /** Where the members of the first department go on; absent until its sub-departments are known. */
  readonly members?: number;
}

type Read = Exclude<ReadOutcome<MasterDataPage>, { kind: 'read' }>;
/** A page of a walk: its rows, and what remains of the walk. */
type Asked = { readonly kind: 'asked'; readonly rows: readonly MasterDataRow[]; readonly left: Walk } | Read;

/**
 * One call of a walk through the tree of departments. For `users`, departments show their sub-departments first, without rows, and
 * then their members.
 */
export const pullContacts: MasterDataCalls['pullPage'] = async (kind, cursor, context) => {
  if (kind !== 'departments' && kind !== 'users') throw new RangeError(`DingTalk shows no "${kind}"`);
  try {
    const asked = await ask(kind, cursor, context);
    if (asked.kind !== 'asked') return asked;
    const { rows, left } = asked;
    return { kind: 'read', value: { rows, ...(left.departments.length > 0 && { next: JSON.stringify(left) }) } };
  } catch (error) {
    if (!(error instanceof UnreadableDocument)) throw error;
    return unreadable(error.message);
  }
};

function ask(kind: DingtalkKind, cursor: string | undefined, context: CallContext): Promise<Asked> {
  if (cursor === undefined && kind === 'departments') return root(context);
  const walk: Walk = cursor === undefined ? { departments: [ROOT] } : JSON.parse(cursor);
  return walk.members === undefined ? subDepartments(kind, walk, context) : members(walk, walk.members, context);
}

/** DingTalk does answer, so this is no trouble of the connection: approvals go on. */
function unreadable(fault: string): Read {
  return {
    ...{ kind: 'rejected', code: 'unreadable', words: fault, owner: 'operations' },
    nextStep: inBoth(
      'Compare the answer with dingtalk.md §9 and mend the connector; then release.',
      '请将应答与 dingtalk.md §9 核对并修正连接器；然后放行。',
    ),
  };
}

/** No listing shows the root itself. */
async function root(context: CallContext): Promise<Asked> {
  const called = await call(context, '/topapi/v2/department/get', { dept_id: Number(ROOT) });
  if (called.kind !== 'done') return asRead(called);
  const shown = objectAt(called.value.result, 'result');
  return { kind: 'asked', rows: [departmentRow(ROOT, shown)], left: { departments: [ROOT] } };
}

async function subDepartments(kind: DingtalkKind, walk: Walk, context: CallContext): Promise<Asked> {
  const [department = ROOT, ...others] = walk.departments;
  const called = await call(context, '/topapi/v2/department/listsub', { dept_id: Number(department) });
  if (isGone(called, department)) return { kind: 'asked', rows: [], left: { departments: others } };
  if (called.kind !== 'done') return asRead(called);
  const shown = listAt(called.value.result, 'result').map((item, at) => objectAt(item, `result[${at}]`));
  const ids = shown.map((item) => textAt(item.dept_id, 'dept_id'));
  if (kind === 'users') {
    return { kind: 'asked', rows: [], left: { departments: [department, ...others, ...ids], members: 0 } };
  }
  const rows = shown.map((item, at) => departmentRow(ids[at] as string, item));
  return { kind: 'asked', rows, left: { departments: [...others, ...ids] } };
}

async function members(walk: Walk, from: number, context: CallContext): Promise<Asked> {
  const [department = ROOT, ...others] = walk.departments;
  const body = { dept_id: Number(department), cursor: from, size: PAGE_SIZE };
  const called = await call(context, '/topapi/v2/user/list', body);
  if (isGone(called, department)) return { kind: 'asked', rows: [], left: { departments: others } };
  if (called.kind !== 'done') return asRead(called);
  const result = objectAt(called.value.result, 'result');
  const rows = listAt(result.list, 'result.list').map((item, at) => userRow(objectAt(item, `result.list[${at}]`)));
  if (result.has_more !== true) return { kind: 'asked', rows, left: { departments: others } };
  const next = Number(textAt(result.next_cursor, 'result.next_cursor'));
  // A cursor that stands still would be asked for ever.
  if (!(next > from)) throw new UnreadableDocument('result.next_cursor: does not go on');
  return { kind: 'asked', rows, left: { ...walk, members: next } };
}

/** A department that this walk has seen was deleted since; of the root it would mean that nothing is in the app's scope. */
function isGone(called: { readonly kind: string; readonly code?: string }, department: string): boolean {
  return called.kind === 'rejected' && called.code === NO_SUCH_DEPARTMENT && department !== ROOT;
}

function departmentRow(id: string, shown: JsonObject): MasterDataRow {
  const parent = optionalTextAt(shown.parent_id, 'parent_id');
  return masterDataRow(MASTER_DATA_KINDS.departments, {
    code: inRows(id),
    name: optionalTextAt(shown.name, 'name') ?? '',
    parent: id === ROOT || parent === undefined ? '' : inRows(parent),
  });
}

/** The same from whichever of the person's departments shows it, so that a person in several is one row. */
function userRow(shown: JsonObject): MasterDataRow {
  const [first] = listAt(shown.dept_id_list, 'dept_id_list');
  const department = optionalTextAt(first, 'dept_id_list');
  return masterDataRow(MASTER_DATA_KINDS.users, {
    code: textAt(shown.userid, 'userid'),
    name: optionalTextAt(shown.name, 'name') ?? '',
    department: department === undefined ? '' : inRows(department),
    title: optionalTextAt(shown.title, 'title') ?? '',
    jobNumber: optionalTextAt(shown.job_number, 'job_number') ?? '',
  });
}

const inRows = (department: string) => (department === ROOT ? ROOT_IN_ROWS : department);
