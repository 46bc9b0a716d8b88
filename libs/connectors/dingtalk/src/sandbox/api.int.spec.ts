import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readBook } from '@voucherline/connector-kit/sandbox';
import { afterEach, describe, expect, it } from 'vitest';
import { type DingtalkScene, dingtalkScene, PAYMENT_FORM } from '../fixtures/scene.js';

interface Answer extends Record<string, unknown> {
  readonly errcode: number;
  readonly sub_code?: string;
}
interface Shown extends Record<string, unknown> {
  readonly form_component_values: readonly { readonly value: string }[];
  readonly operation_records: readonly object[];
}
type Page = { list: string[]; next_cursor?: number };

let scene: DingtalkScene;
let token = '';
afterEach(() => scene.close());

async function open(settings: object = {}, dataDir?: string): Promise<void> {
  scene = await dingtalkScene(settings as Record<string, unknown>, dataDir);
  const known = 'appkey=dingappkey000001&appsecret=sandboxAppSecret0001';
  token = String(((await (await fetch(`${scene.baseUrl}/gettoken?${known}`)).json()) as Answer).access_token);
}

async function post(path: string, body: object, of = token): Promise<Answer> {
  const url = `${scene.baseUrl}${path}?access_token=${of}`;
  return (await (await fetch(url, { method: 'POST', body: JSON.stringify(body) })).json()) as Answer;
}

const get = (id: unknown) => post('/topapi/processinstance/get', { process_instance_id: id });
const shownOf = async (id: unknown) => (await get(id)).process_instance as Shown;
const listIds = (change: object = {}) =>
  post('/topapi/processinstance/listids', {
    ...{
      process_code: 'PROC-PAY',
      start_time: Date.now() - 60_000,
      end_time: Date.now() + 60_000,
      size: 20,
      cursor: 0,
    },
    ...change,
  });
const submit = async (change: object = {}) =>
  String((await scene.control('POST', '/instances', { processCode: 'PROC-PAY', form: PAYMENT_FORM, ...change })).id);

describe('the old API', () => {
  it('shows an instance as the vendor does: no id, no form, empty text as "null", times without a zone', async () => {
    await open();
    const id = await submit();
    const shown = await shownOf(id);
    expect(shown).toMatchObject({ status: 'RUNNING', result: '', biz_action: 'NONE' });
    expect(shown.create_time).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    expect(shown).not.toHaveProperty('finish_time');
    expect(shown).not.toHaveProperty('process_code');
    const [, , memo] = shown.form_component_values;
    expect(memo?.value).toBe('null');
  });

  it('refuses tokens and apps it does not know', async () => {
    await open();
    const codeOf = ({ errcode, sub_code }: Answer) => [errcode, sub_code];
    expect(codeOf(await post('/topapi/processinstance/get', {}, 'wrong'))).toEqual([88, '40014']);
    expect(codeOf(await post('/topapi/processinstance/get', {}, ''))).toEqual([88, '40000']);
    expect(codeOf(await post('/topapi/nothing', {}))).toEqual([22, undefined]);
    const wrong = await fetch(`${scene.baseUrl}/gettoken?appkey=a&appsecret=b`);
    expect(((await wrong.json()) as Answer).errcode).toBe(40096);
  });

  it('gives the same token while it is valid, and another one afterwards', async () => {
    await open();
    const before = token;
    const ask = async () => {
      const url = `${scene.baseUrl}/gettoken?appkey=dingappkey000001&appsecret=sandboxAppSecret0001`;
      return ((await (await fetch(url)).json()) as Answer).access_token;
    };
    expect(await ask()).toBe(before);
    await scene.control('POST', '/tokens/expire');
    expect(await ask()).not.toBe(before);
  });

  it('lists ids in pages of at most 20, the last without next_cursor', async () => {
    await open();
    const ids = [];
    for (let n = 0; n < 41; n += 1) ids.push(await submit());
    const pages: Page[] = [];
    for (let cursor: number | undefined = 0; cursor !== undefined; cursor = pages.at(-1)?.next_cursor) {
      pages.push((await listIds({ cursor })).result as Page);
    }
    expect(pages.map(({ list }) => list.length)).toEqual([20, 20, 1]);
    expect(pages.flatMap(({ list }) => list)).toEqual(ids);
    expect(pages.at(-1)).not.toHaveProperty('next_cursor');
    expect((await listIds({ userid_list: 'nobody' })).result).toEqual({ list: [] });
  });

  it.each([
    ['a page of 21', { size: 21 }, 40035],
    ['121 days', { start_time: Date.now() - 121 * 86_400_000 }, 40035],
    ['a start 121 days ago without an end', { start_time: Date.now() - 121 * 86_400_000, end_time: undefined }, 40035],
    [
      'a start 366 days ago',
      { start_time: Date.now() - 366 * 86_400_000, end_time: Date.now() - 300 * 86_400_000 },
      40035,
    ],
    ['a form that does not exist', { process_code: 'X' }, 830001],
  ])('refuses to list %s', async (_what, change, errcode) => {
    await open();
    expect((await listIds(change)).errcode).toBe(errcode);
  });

  it('takes instances by create, and turns what was written into what is read', async () => {
    await open();
    const table = JSON.stringify([
      [
        { name: '事由', value: '打车' },
        { name: '金额', value: '' },
      ],
    ]);
    const { process_instance_id: id } = await post('/topapi/processinstance/create', {
      ...{ process_code: 'PROC-PAY', originator_user_id: 'user02', dept_id: -1, approvers: 'm1,m2' },
      form_component_values: [{ name: '明细', value: table, componentType: 'TableField' }],
    });
    const execute = (result: string) =>
      post('/topapi/process/instance/execute', { request: { process_instance_id: id, result } });
    await execute('agree');
    expect(await shownOf(id)).toMatchObject({ status: 'RUNNING', originator_userid: 'user02' });
    await execute('agree');
    const shown = await shownOf(id);
    expect(shown).toMatchObject({ status: 'COMPLETED', result: 'agree' });
    const [field] = shown.form_component_values;
    expect(JSON.parse(field?.value ?? '')).toMatchObject([
      {
        rowNumber: '明细_1',
        rowValue: [
          { label: '事由', value: '打车' },
          { label: '金额', value: 'null' },
        ],
      },
    ]);
    expect((await execute('agree')).errcode).toBe(820005);
  });

  it('says 88/90018 above so many calls in a second, and 88/90020 above so many in all', async () => {
    await open({ callsPerSecond: 1 });
    const answers = await Promise.all(Array.from({ length: 12 }, () => get('nobody')));
    const throttled = answers.filter(({ sub_code }) => sub_code === '90018');
    expect(throttled.length).toBeGreaterThan(0);
    expect(throttled[0]?.sub_msg).toMatch(/处罚将在 \d{4}-\d\d-\d\d \d\d:\d\d:\d\d 结束/);
    await scene.close();
    await open({ callsPerMonth: 1 });
    expect([(await get('x')).errcode, (await get('x')).sub_code]).toEqual([820006, '90020']);
  });

  it('hangs a revocation onto the instance it revokes', async () => {
    await open();
    const main = await submit();
    await scene.control('POST', `/instances/${main}/approve`);
    const { id } = await scene.control('POST', `/instances/${main}/revoke`, { reason: '重复' });
    expect(await shownOf(id)).toMatchObject({
      ...{ biz_action: 'REVOKE', main_process_instance_id: main, status: 'COMPLETED', result: 'agree' },
    });
    expect(await shownOf(main)).toMatchObject({ attached_process_instance_ids: [id] });
  });

  it('lets people refuse, withdraw, comment and amend', async () => {
    await open();
    const [refused, withdrawn, amended] = [await submit(), await submit(), await submit()];
    await scene.control('POST', `/instances/${refused}/refuse`, { remark: '不符' });
    await scene.control('POST', `/instances/${withdrawn}/terminate`);
    await scene.control('POST', `/instances/${amended}/approve`);
    await scene.control('POST', `/instances/${amended}/comment`, { text: '已核对' });
    await scene.control('POST', `/instances/${amended}/amend`, { form: [{ name: '付款金额', value: '99.00' }] });
    expect(await shownOf(refused)).toMatchObject({ status: 'COMPLETED', result: 'refuse' });
    expect(await shownOf(withdrawn)).toMatchObject({ status: 'TERMINATED', result: '' });
    const shown = await shownOf(amended);
    expect(shown.form_component_values).toContainEqual(expect.objectContaining({ name: '付款金额', value: '99.00' }));
    expect(shown.operation_records.at(-1)).toMatchObject({
      operation_type: 'ADD_REMARK',
      remark: '已核对',
    });
  });
});

describe('the new API', () => {
  it('has tokens and comments on the same port', async () => {
    await open();
    const id = await submit();
    const call = async (path: string, body: object, headers: Record<string, string> = {}) => {
      const response = await fetch(scene.baseUrl + path, { method: 'POST', body: JSON.stringify(body), headers });
      return [response.status, (await response.json()) as Record<string, unknown>] as const;
    };
    const [, { accessToken }] = await call('/v1.0/oauth2/accessToken', {
      ...{ appKey: 'dingappkey000001', appSecret: 'sandboxAppSecret0001' },
    });
    const comment = { processInstanceId: id, text: '付-17', commentUserId: 'finance01' };
    const path = '/v1.0/workflow/processInstances/comments';
    expect(await call(path, comment)).toMatchObject([400, { code: 'AuthenticationFailed.MissingParameter' }]);
    const headers = { 'x-acs-dingtalk-access-token': String(accessToken) };
    expect(await call(path, comment, headers)).toEqual([200, { result: true, success: true }]);
    expect(await scene.control('GET', `/instances/${id}/comments`)).toMatchObject([{ text: '付-17' }]);
    expect(await call(path, { ...comment, processInstanceId: 'x' }, headers)).toMatchObject([400, {}]);
  });
});

describe('the book', () => {
  it('gives a restarted sandbox its instances and comments, and a test what was accepted', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'dingtalk-'));
    await open({}, dataDir);
    const id = await submit();
    await scene.control('POST', `/instances/${id}/comment`, { text: '一' });
    await scene.control('POST', `/instances/${id}/approve`);
    const before = await shownOf(id);
    await scene.close();
    await open({}, dataDir);
    expect(await shownOf(id)).toEqual(before);
    const next = await scene.control('POST', '/instances', { processCode: 'PROC-PAY', form: [] });
    expect(String(next.businessId)).toMatch(/000002$/);
    expect(readBook(scene.sandbox.bookPath)).toMatchObject([
      { form: 'instance', id, status: 'COMPLETED' },
      { form: 'comment', instanceId: id, text: '一' },
      { form: 'instance' },
    ]);
  });
});

describe('bulk', () => {
  it('makes approved instances with values by pattern', async () => {
    await open();
    const { ids } = await scene.control<{ ids: string[] }>('POST', '/bulk', {
      n: 120,
      from: 99,
      processCode: 'PROC-PAY',
    });
    expect(ids).toHaveLength(120);
    const second = await shownOf(ids[1]);
    expect(second).toMatchObject({ status: 'COMPLETED', result: 'agree' });
    expect(second.form_component_values).toMatchObject([{ value: 'FKSQ000100' }, { value: '1100.00' }]);
    const first = await shownOf(ids[0]);
    expect(first.form_component_values).toMatchObject([{ value: 'FKSQ000099' }, { value: '1099.99' }]);
  });

  it.each([
    [{ n: 0, processCode: 'PROC-PAY' }, /n: must be/],
    [{ n: 1, processCode: 'PAY' }, /processCode: must begin/],
    [{ n: 1, processCode: 'PROC-PAY', callbacks: true }, /callbacks: must be/],
  ])('says what is wrong with %j', async (body, words) => {
    await open();
    await expect(scene.control('POST', '/bulk', body)).rejects.toThrow(words);
  });
});
