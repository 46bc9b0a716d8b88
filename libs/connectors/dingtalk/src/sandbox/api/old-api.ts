import type { SandboxReply, SandboxRequest } from '@voucherline/connector-kit/sandbox';
import { getDepartment, listSub, listUsers } from '../contacts/calls.js';
import type { Dingtalk } from '../dingtalk.js';
import { shown } from '../instances/answer.js';
import { readShape, type WrittenValue } from '../instances/form-values.js';
import { listIds } from './list-ids.js';
import { oldReply, VendorRefusal } from './reply.js';
import { checkApp } from './tokens.js';

type Body = Readonly<Record<string, unknown>>;

interface OldCall {
  readonly name: string;
  readonly run: (dingtalk: Dingtalk, body: Body) => object | Promise<object>;
  /** Contacts are exempt from the month's calls (dingtalk.md §10). */
  readonly isExempt?: boolean;
}

/** The calls of the old API behind a token, by path. */
export const OLD_CALLS: Readonly<Record<string, OldCall>> = {
  '/topapi/processinstance/get': { name: 'get', run: getInstance },
  '/topapi/processinstance/listids': { name: 'listids', run: listIds },
  '/topapi/processinstance/create': { name: 'create', run: create },
  '/topapi/process/instance/terminate': { name: 'terminate', run: terminate },
  '/topapi/process/instance/execute': { name: 'execute', run: execute },
  '/topapi/process/instance/comment/add': { name: 'comment', run: comment },
  '/call_back/get_call_back_failed_result': { name: 'failed', run: failedCallbacks },
  '/topapi/v2/department/get': { name: 'department', run: getDepartment, isExempt: true },
  '/topapi/v2/department/listsub': { name: 'listsub', run: listSub, isExempt: true },
  '/topapi/v2/user/list': { name: 'users', run: listUsers, isExempt: true },
};

/** `GET /gettoken` (dingtalk.md §5). */
export function getToken({ settings, tokens }: Dingtalk, { query }: SandboxRequest): SandboxReply {
  checkApp({ appKey: query.get('appkey'), appSecret: query.get('appsecret') }, settings);
  return oldReply({ access_token: tokens.issue(), expires_in: settings.tokenSeconds });
}

/** Executes a call of the old API. @throws {VendorRefusal} */
export async function oldCall(dingtalk: Dingtalk, request: SandboxRequest): Promise<SandboxReply> {
  const call = OLD_CALLS[request.path];
  if (call === undefined) throw new VendorRefusal(22, 'Invalid method');
  dingtalk.tokens.check(request.query.get('access_token'));
  dingtalk.limits.count(call.name, call.isExempt);
  if (call.name !== 'failed' && request.method !== 'POST') throw new VendorRefusal(43002, '需要POST请求');
  return oldReply(await call.run(dingtalk, bodyOf(request)));
}

function bodyOf({ body }: SandboxRequest): Body {
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString('utf8')) as Body;
  } catch {
    throw new VendorRefusal(40035, '参数错误: 不是合法的JSON');
  }
}

function getInstance(dingtalk: Dingtalk, { process_instance_id: id }: Body): object {
  const { store, settings } = dingtalk;
  const instance = dingtalk.instance(id);
  return { process_instance: shown(instance, store.commentsOf(instance.id), settings.utcOffsetMinutes) };
}

async function create(dingtalk: Dingtalk, body: Body): Promise<object> {
  const { process_code: processCode, originator_user_id: userId, dept_id: dept = -1, approvers } = body;
  if (typeof processCode !== 'string' || !processCode.startsWith('PROC-'))
    throw new VendorRefusal(830001, '审批模板不存在');
  if (typeof userId !== 'string' || userId === '') throw new VendorRefusal(33012, '无效的USERID');
  const values = body.form_component_values;
  if (!Array.isArray(values) || values.length > 200) throw new VendorRefusal(40035, '参数错误: form_component_values');
  const instance = await dingtalk.submit({
    processCode,
    title: `${userId}提交的审批`,
    originatorUserId: userId,
    originatorDeptId: String(dept),
    approvers: typeof approvers === 'string' ? approvers.split(',') : ['manager01'],
    fields: readShape(values as WrittenValue[]),
  });
  return { process_instance_id: instance.id };
}

async function terminate(dingtalk: Dingtalk, { request }: Body): Promise<object> {
  const { process_instance_id: id, remark } = inner(request);
  await dingtalk.terminate(String(id), typeof remark === 'string' ? remark : undefined);
  return { result: true };
}

async function execute(dingtalk: Dingtalk, { request }: Body): Promise<object> {
  const { process_instance_id: id, result, remark } = inner(request);
  if (result !== 'agree' && result !== 'refuse') throw new VendorRefusal(40035, '参数错误: result');
  await dingtalk.decide(String(id), result === 'agree' ? 'AGREE' : 'REFUSE', typeof remark === 'string' ? remark : '');
  return { result: true };
}

/** The old comment call (page "add-an-approval-comment"); the limit of 1024 is the new call's. */
async function comment(dingtalk: Dingtalk, { request }: Body): Promise<object> {
  const { process_instance_id: id, comment_userid: userId, text } = inner(request);
  if (typeof userId !== 'string' || userId === '') throw new VendorRefusal(33012, '无效的USERID');
  if (typeof text !== 'string' || text === '' || text.length > 1024) throw new VendorRefusal(40035, '参数错误: text');
  await dingtalk.comment(String(id), { userId, text });
  return { result: true, success: true };
}

function failedCallbacks({ deliveries }: Dingtalk): object {
  const { items, more } = deliveries.failedPage();
  return { has_more: more, failed_list: items };
}

function inner(request: unknown): Body {
  if (request === null || typeof request !== 'object') throw new VendorRefusal(40035, '参数错误: request');
  return request as Body;
}
