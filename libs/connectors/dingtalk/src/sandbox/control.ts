import { type ControlCall, ControlRefusal, type ControlRoutes } from '@voucherline/connector-kit/sandbox';
import { VendorRefusal } from './api/reply.js';
import { bulk } from './bulk.js';
import type { Dingtalk } from './dingtalk.js';
import { readShape, type WrittenValue } from './instances/form-values.js';
import type { Instance } from './instances/instance.js';

type Body = ControlCall['body'];

/** What people do in DingTalk, and what a test sets up: `/_sandbox/…`. */
export function controlRoutes(dingtalk: Dingtalk): ControlRoutes {
  const { store, deliveries } = dingtalk;
  const change = (make: (id: string, body: Body) => Promise<unknown>) => async (call: ControlCall) => {
    const id = call.params.id ?? '';
    await refusing(() => make(id, call.body));
    return summary(dingtalk.instance(id));
  };
  return {
    'POST /instances': ({ body }) => refusing(async () => summary(await submit(dingtalk, body))),
    'GET /instances': ({ query }) => {
      const form = query.get('processCode');
      return [...store.all()].filter(({ processCode }) => form === null || processCode === form).map(summary);
    },
    'GET /instances/:id': ({ params }) =>
      refusing(async () => ({ ...dingtalk.instance(params.id), comments: store.commentsOf(params.id ?? '') })),
    'GET /instances/:id/comments': ({ params }) => store.commentsOf(params.id ?? ''),
    'POST /instances/:id/approve': change((id, body) => dingtalk.decide(id, 'AGREE', optional(body, 'remark'))),
    'POST /instances/:id/refuse': change((id, body) => dingtalk.decide(id, 'REFUSE', optional(body, 'remark'))),
    'POST /instances/:id/terminate': change((id, body) => dingtalk.terminate(id, optional(body, 'remark'))),
    'POST /instances/:id/comment': change((id, body) =>
      dingtalk.comment(id, { userId: optional(body, 'userId') ?? 'user01', text: required(body, 'text') }),
    ),
    'POST /instances/:id/amend': change((id, body) => dingtalk.amend(id, formOf(body))),
    'POST /instances/:id/revoke': ({ params, body }) =>
      refusing(async () => {
        const revocation = await dingtalk.revoke(
          params.id ?? '',
          readShape([{ name: '撤销理由', value: body.reason }]),
        );
        return summary(body.approve === false ? revocation : await dingtalk.decide(revocation.id, 'AGREE'));
      }),
    'POST /bulk': ({ body }) => bulk(dingtalk, body),
    'GET /callbacks': ({ query }) => {
      const state = query.get('state');
      return deliveries.list().filter((delivery) => state === null || delivery.state === state);
    },
    'GET /callbacks/pending': () => ({ pending: deliveries.pending() }),
    'POST /callback': ({ body }) => {
      const [url, token, aesKey] = ['url', 'token', 'aesKey'].map((name) => optional(body, name));
      const change = { ...(url !== undefined && { url }), ...(token !== undefined && { token }) };
      return deliveries.configure({ ...change, ...(aesKey !== undefined && { aesKey }) });
    },
    'GET /contacts': () => dingtalk.contacts.shown,
    'POST /contacts': ({ body }) => {
      dingtalk.contacts.set(body);
      return dingtalk.contacts.shown;
    },
    'POST /tokens/expire': () => dingtalk.tokens.expire(),
  };
}

/** `{processCode, form, title?, originatorUserId?, approvers?}`. */
function submit(dingtalk: Dingtalk, body: Body): Promise<Instance> {
  const { approvers = ['manager01'] } = body;
  if (!Array.isArray(approvers)) throw new ControlRefusal(400, 'approvers: must be a list of user ids');
  const processCode = required(body, 'processCode');
  if (!processCode.startsWith('PROC-')) throw new ControlRefusal(400, 'processCode: must begin with PROC-');
  return dingtalk.submit({
    processCode,
    title: optional(body, 'title') ?? '张三提交的付款申请',
    originatorUserId: optional(body, 'originatorUserId') ?? 'user01',
    originatorDeptId: '-1',
    approvers: approvers.map(String),
    fields: formOf(body),
  });
}

function formOf({ form = [] }: Body) {
  if (!Array.isArray(form)) throw new ControlRefusal(400, 'form: must be a list of {name, value, componentType?, id?}');
  return readShape(form as WrittenValue[]);
}

function summary({ id, processCode, businessId, title, status, result, bizAction, mainInstanceId }: Instance): object {
  return { id, processCode, businessId, title, status, result, bizAction, mainInstanceId };
}

/** Says a refusal of the vendor in the words of the control API. */
async function refusing<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof VendorRefusal) throw new ControlRefusal(409, `${error.code} ${error.message}`);
    throw error;
  }
}

function optional(body: Body, name: string): string | undefined {
  const value = body[name];
  if (value !== undefined && typeof value !== 'string') throw new ControlRefusal(400, `${name}: must be a text`);
  return value;
}

function required(body: Body, name: string): string {
  const value = optional(body, name);
  if (value === undefined) throw new ControlRefusal(400, `${name}: is missing`);
  return value;
}
