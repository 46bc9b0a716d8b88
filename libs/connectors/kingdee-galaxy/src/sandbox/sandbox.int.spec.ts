import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readBook } from '@voucherline/connector-kit/sandbox';
import { afterEach, describe, expect, it } from 'vitest';
import { loginSignature, signatureHeaders } from '../pure/signature.js';
import { type KingdeeSandbox, startKingdeeSandbox } from './index.js';
import { DEFAULT_SETTINGS } from './settings.js';

const STUB = '/k3cloud/Kingdee.BOS.WebApi.ServicesStub';
const { acctId, userName, appId, appSecret, password } = DEFAULT_SETTINGS;
const caller = { acctId, userName, appId, appSecret, lcid: '2052', orgNum: '0' };

let sandbox: KingdeeSandbox;
const start = async (settings: Record<string, unknown> = {}, dataDir = mkdtempSync(join(tmpdir(), 'kingdee-'))) => {
  sandbox = await startKingdeeSandbox({ dataDir, settings });
  return dataDir;
};
afterEach(() => sandbox.close());

// biome-ignore lint/suspicious/noExplicitAny: replies are as free as the vendor's
type Reply = any;
const seconds = () => Math.floor(Date.now() / 1000);
const raw = (path: string, body: unknown, headers: Record<string, string>) =>
  fetch(sandbox.url + path, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body), headers });
const call = async (operation: string, body: unknown, headers?: Record<string, string>): Promise<Reply> => {
  const path = `${STUB}.DynamicFormService.${operation}.common.kdsvc`;
  return JSON.parse(await (await raw(path, body, headers ?? signatureHeaders(caller, path, seconds()))).text());
};
const login = async (operation: string, body: unknown): Promise<{ reply: Reply; cookie: string }> => {
  const response = await raw(`${STUB}.AuthService.${operation}.common.kdsvc`, body, {});
  return { reply: await response.json(), cookie: (response.headers.getSetCookie()[0] ?? '').split(';')[0] ?? '' };
};
const control = async (path: string, body?: unknown, method = 'POST'): Promise<Reply> => {
  const init = { method, ...(body !== undefined && { body: JSON.stringify(body) }) };
  const response = await fetch(`${sandbox.url}/_sandbox${path}`, init);
  return response.json();
};
const status = (reply: Reply): Reply => reply.Result.ResponseStatus;
const query = (FieldKeys: string, FilterString: string, rest: object = {}) =>
  call('ExecuteBillQuery', { data: { FormId: 'AP_PAYBILL', FieldKeys, FilterString, ...rest } });
const push = (number: string, rest: object = {}) =>
  call('Push', {
    formid: 'CN_PAYAPPLY',
    data: {
      Numbers: [number],
      TargetFormId: 'AP_PAYBILL',
      IsEnableDefaultRule: 'true',
      IsDraftWhenSaveFail: 'true',
      ...rest,
    },
  });
const ids = (id: unknown) => ({ Ids: String(id) });
const apply = async (amount = '1280.50', more: object = {}): Promise<string> =>
  (await control('/payapply', { amount, ...more })).numbers[0];

const VOUCHER = {
  FVOUCHERID: 0,
  FAccountBookID: { FNumber: '001' },
  FDate: '2024-03-31',
  FVOUCHERGROUPID: { FNumber: 'PRE001' },
  FDocumentStatus: 'Z',
  FEntity: [
    {
      FEXPLANATION: '报销 BX-1',
      FACCOUNTID: { FNumber: '6602.01' },
      FDetailID: { FDETAILID__FFLEX5: { FNumber: 'BM01' } },
      FCURRENCYID: { FNumber: 'PRE001' },
      FDEBIT: 0.3,
      FCREDIT: 0,
    },
    {
      FEXPLANATION: '报销 BX-1',
      FACCOUNTID: { FNumber: '2241' },
      FCURRENCYID: { FNumber: 'PRE001' },
      FDEBIT: 0,
      FCREDIT: '0.30',
    },
  ],
};
const saveVoucher = (change: object = {}) =>
  call('Save', { formid: 'GL_VOUCHER', data: { IsVerifyBaseDataField: 'true', Model: { ...VOUCHER, ...change } } });

describe('authentication', () => {
  const viewPath = `${STUB}.DynamicFormService.View.common.kdsvc`;
  const view = (headers: Record<string, string>) => call('View', { formid: 'AP_PAYBILL', data: { Id: '1' } }, headers);

  it('verifies both signatures and the time', async () => {
    await start();
    const good = signatureHeaders(caller, viewPath, seconds());
    expect(status(await view(good)).MsgCode).toBe(9);
    for (const bad of [
      { ...good, 'X-Api-Signature': 'x' },
      { ...good, 'X-Kd-Signature': 'x' },
      signatureHeaders(caller, viewPath, seconds() - 400),
      signatureHeaders({ ...caller, userName: 'other' }, viewPath, seconds()),
      {},
    ]) {
      expect(status(await view(bad))).toMatchObject({ MsgCode: 1, Errors: [{ FieldName: null }] });
    }
  });

  it('logs in three ways, and keeps a session while it is used', async () => {
    await start({ sessionIdleSeconds: 1 });
    const time = String(seconds());
    const sign = loginSignature(caller, time);
    const ways: [string, unknown][] = [
      ['ValidateUser', { acctID: acctId, username: userName, password, lcid: 2052 }],
      ['LoginByAppSecret', { parameters: [acctId, userName, appId, appSecret, 2052] }],
      ['LoginBySign', { parameters: JSON.stringify([acctId, userName, appId, time, sign, 2052]) }],
    ];
    for (const [operation, body] of ways) {
      const { reply, cookie } = await login(operation, body);
      expect(reply).toMatchObject({ LoginResultType: 1, IsSuccessByAPI: true });
      expect(cookie).toBe(`kdservice-sessionid=${reply.KDSVCSessionId}`);
      expect(status(await view({ Cookie: cookie })).MsgCode).toBe(9);
      expect(status(await view({ 'kdservice-sessionid': reply.KDSVCSessionId })).MsgCode).toBe(9);
    }
    const { cookie } = await login(...(ways[0] as [string, unknown]));
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect(status(await view({ Cookie: cookie })).MsgCode).toBe(1);
  });

  it('says "session lost" to a login with a wrong account set, and "wrong password" to a wrong password', async () => {
    await start();
    const wrongSet = await login('ValidateUser', { acctid: 'x', username: userName, password });
    expect(status(wrongSet.reply)).toMatchObject({ MsgCode: 1, IsSuccess: false });
    const wrongPassword = await login('ValidateUser', { acctid: acctId, username: userName, password: 'x' });
    expect(wrongPassword.reply.LoginResultType).toBe(0);
  });
});

describe('envelopes', () => {
  it('come in three shapes, with data as object or text; a bare array is an HTTP 500', async () => {
    await start();
    const data = { FormId: 'AP_PAYBILL', FieldKeys: 'FID' };
    for (const body of [
      { data },
      { data: JSON.stringify(data) },
      { parameters: [JSON.stringify(data)] },
      { format: 1, rid: 'x', parameters: JSON.stringify([JSON.stringify(data)]), v: '1.0' },
    ]) {
      expect(await call('ExecuteBillQuery', body)).toEqual([]);
    }
    const path = `${STUB}.DynamicFormService.ExecuteBillQuery.common.kdsvc`;
    expect((await raw(path, [data], signatureHeaders(caller, path, seconds()))).status).toBe(500);
  });

  it('for no operation are answered with a server exception', async () => {
    await start();
    expect(await (await raw(`${STUB}.DynamicFormService.Nothing.common.kdsvc`, {}, {})).text()).toMatch(
      /^response_error:/,
    );
  });
});

describe('Push', () => {
  it('makes a bill of the whole open amount that the integration user made', async () => {
    await start();
    const number = await apply();
    const pushed = await push(number);
    expect(status(pushed)).toMatchObject({ IsSuccess: true, SuccessEntitys: [{ Number: 'FKD00000001' }] });
    expect(pushed.Result.ConvertResponseStatus.IsSuccess).toBe(true);
    const keys =
      'FID,FBillNo,FDocumentStatus,FCURRENCYID.FNumber,FREALPAYAMOUNTFOR_H,FCONTACTUNIT.FNumber,FCreatorId.FName,FSRCBILLNO';
    expect(await query(keys, `FSRCBILLNO='${number}'`)).toEqual([
      [100001, 'FKD00000001', 'A', 'PRE001', 1280.5, 'S001', userName, number],
    ]);
    expect(readBook(sandbox.bookPath).at(-1)).toMatchObject({
      form: 'AP_PAYBILL',
      amount: '1280.50',
      currency: 'CNY',
      source: number,
      creator: userName,
    });
  });

  it('is not idempotent until the open amount is used up', async () => {
    await start();
    const number = await apply();
    const first = status(await push(number)).SuccessEntitys[0].Id;
    const second = status(await push(number)).SuccessEntitys[0].Id;
    expect(second).not.toBe(first);
    await call('Submit', { formid: 'AP_PAYBILL', data: ids(first) });
    await call('Audit', { formid: 'AP_PAYBILL', data: ids(first) });
    const third = await push(number);
    expect(third.Result.ConvertResponseStatus.Errors[0].Message).toContain('关联数量');
    expect(await query('FID', `FSRCBILLNO='${number}'`)).toHaveLength(2);
  });

  it('refuses what is not audited, not there, or has no rule', async () => {
    await start({ defaultRule: false });
    const message = async (number: string, rest: object = {}) =>
      (await push(number, rest)).Result.ConvertResponseStatus.Errors[0]?.Message;
    const number = await apply('5', { audited: false, number: 'FKSQ-X' });
    expect(await message(number)).toContain('规则');
    const rule = { RuleId: 'CN_PAYAPPLYTOPAYBILL', IsEnableDefaultRule: 'false' };
    expect(await message(number, rule)).toContain('未审核');
    expect(await message('none', rule)).toContain('编码值["none"]不存在');
    await control(`/payapply/${number}/audit`);
    expect(await message(number, rule)).toBeUndefined();
  });

  it('leaves a draft without a number where its save fails, if drafts are allowed; a Save lifts it', async () => {
    await start({ ownBankAccount: '' });
    const number = await apply();
    const refused = await push(number, { IsDraftWhenSaveFail: 'false' });
    expect(refused.Result.ConvertResponseStatus.Errors[0].Message).toContain('我方银行相关信息必录');
    await push(number);
    const filter = `FSRCBILLNO='${number}'`;
    const [[id, billNo, letter, row]] = await query('FID,FBillNo,FDocumentStatus,FPAYBILLENTRY_FEntryID', `FID=100001`);
    expect([billNo, letter]).toEqual(['', 'Z']);
    const save = (model: object) =>
      call('Save', { formid: 'AP_PAYBILL', data: { IsDeleteEntry: false, Model: { FID: id, ...model } } });
    expect(status(await save({})).IsSuccess).toBe(false);
    await save({ F_VL_KEY: 'k', FPAYBILLENTRY: [{ FEntryID: row, FACCOUNTID: { FNumber: 'ACC001' } }] });
    expect(await query('FBillNo,FDocumentStatus,F_VL_KEY,FREALPAYAMOUNTFOR_H', filter)).toEqual([
      ['FKD00000001', 'A', 'k', 1280.5],
    ]);
  });

  it.each(['siblingArray', 'inside'])('puts the conversion status elsewhere: %s', async (convertStatus) => {
    await start({ convertStatus });
    const { Result } = await push(await apply());
    const placed =
      convertStatus === 'inside' ? Result.ResponseStatus.ConvertResponseStatus : Result.ConvertResponseStatus;
    expect(placed).toMatchObject([{ IsSuccess: true }]);
  });
});

describe('status', () => {
  it('goes its way, row by row, and says no to wrong steps', async () => {
    await start();
    const id = status(await push(await apply())).SuccessEntitys[0].Id;
    const bill = async (operation: string, data: object = ids(id)) =>
      status(await call(operation, { formid: 'AP_PAYBILL', data }));
    expect(await bill('Audit')).toMatchObject({
      MsgCode: 12,
      Errors: [{ Message: expect.stringContaining('未提交') }],
    });
    expect((await bill('Submit')).IsSuccess).toBe(true);
    expect((await bill('Delete')).MsgCode).toBe(12);
    expect(await bill('Audit', { Ids: `${id},77` })).toMatchObject({
      IsSuccess: false,
      SuccessEntitys: [{ Id: id }],
      Errors: [{ DIndex: 1, Message: '编码值["77"]不存在' }],
    });
    expect(await bill('Audit')).toMatchObject({
      MsgCode: 12,
      Errors: [{ Message: expect.stringContaining('已审核') }],
    });
    expect((await bill('UnAudit', { Numbers: ['FKD00000001'] })).IsSuccess).toBe(true);
    expect(await query('FDocumentStatus', `FID=${id}`)).toEqual([['D']]);
    expect((await bill('Delete')).IsSuccess).toBe(true);
    expect(await query('FID', '')).toEqual([]);
    expect(readBook(sandbox.bookPath).at(-1)).toMatchObject({ deleted: true, status: 'D' });
  });
});

describe('vouchers', () => {
  it('are saved, numbered and added up without floats', async () => {
    await start({ firstId: '9007199254740993' });
    const path = `${STUB}.DynamicFormService.Save.common.kdsvc`;
    const body = {
      formid: 'GL_VOUCHER',
      data: { IsVerifyBaseDataField: 'true', Model: { ...VOUCHER, F_VL_KEY: 'abc' } },
    };
    const text = await (await raw(path, body, signatureHeaders(caller, path, seconds()))).text();
    expect(text).toContain('"Id":9007199254740993');
    await saveVoucher();
    const rows = await call('ExecuteBillQuery', {
      data: {
        FormId: 'GL_VOUCHER',
        FieldKeys:
          'FVOUCHERGROUPID.FName,FVOUCHERGROUPNO,FYEAR,FPERIOD,FDEBITTOTAL,FDetailID.FFLEX5.FNumber,FDocumentStatus',
        FilterString: "FACCOUNTID.FNumber like '6602%'",
      },
    });
    expect(rows).toEqual([
      ['记', 1, 2024, 3, 0.3, 'BM01', 'A'],
      ['记', 2, 2024, 3, 0.3, 'BM01', 'A'],
    ]);
  });

  it.each([
    ['unbalanced', { FEntity: [VOUCHER.FEntity[0]] }, '借贷不平衡'],
    ['without a dimension', { FEntity: [{ ...VOUCHER.FEntity[0], FDetailID: {} }, VOUCHER.FEntity[1]] }, '未录入'],
    ['with an unknown account', { FEntity: [{ ...VOUCHER.FEntity[0], FACCOUNTID: { FNumber: '9' } }] }, '不存在'],
    ['with an unknown property', { FNothing: 1 }, '实体不存在此属性'],
    ['without a book', { FAccountBookID: { FNumber: '' } }, '是必填项'],
  ])('%s are refused', async (_, change, words) => {
    await start();
    expect(JSON.stringify(status(await saveVoucher(change)))).toContain(words);
  });

  it('of a closed period are refused until it is opened', async () => {
    await start();
    await control('/periods', { period: '2024-03', open: false });
    expect(status(await saveVoucher())).toMatchObject({
      MsgCode: 11,
      Errors: [{ Message: expect.stringContaining('已结账') }],
    });
    await control('/periods', { period: '2024-03', open: true });
    expect(status(await saveVoucher()).IsSuccess).toBe(true);
  });

  it('are overwritten by a Save that names their id: that is the trap', async () => {
    await start();
    const { Id } = (await saveVoucher()).Result;
    await saveVoucher({ FVOUCHERID: Id, FDate: '2024-03-30', FEntity: VOUCHER.FEntity });
    const [voucher, ...more] = readBook(sandbox.bookPath);
    expect(more).toEqual([]);
    expect(voucher).toMatchObject({ fields: { FDate: '2024-03-30T00:00:00' } });
  });
});

describe('numbers', () => {
  it('are unique', async () => {
    await start();
    const model = {
      FBillNo: 'FKD7',
      FDATE: '2024-03-01',
      FCONTACTUNITTYPE: 'BD_Supplier',
      FCONTACTUNIT: { FNumber: 'S001' },
    };
    const save = () =>
      call('Save', { formid: 'AP_PAYBILL', data: { Model: { ...model, FCURRENCYID: { FNumber: 'PRE001' } } } });
    expect((await save()).Result.Number).toBe('FKD7');
    expect(status(await save())).toMatchObject({
      MsgCode: 11,
      Errors: [{ FieldName: 'FBillNo', Message: '违反字段唯一性要求：编码唯一。[FKD7]在当前系统中已经被使用。' }],
    });
  });
});

describe('queries', () => {
  it('page, order and compare as the database does', async () => {
    await start();
    for (const number of await control('/payapply', { amount: '1', n: 5 }).then(({ numbers }) => numbers))
      await push(number);
    const ids = async (rest: object, filter = '') => (await query('FID', filter, rest)).map(([id]: [number]) => id);
    expect(await ids({ Limit: 2, StartRow: 1 })).toEqual([100002, 100003]);
    expect(await ids({ Limit: 10, StartRow: 1, TopRowCount: 3 })).toEqual([100002, 100003]);
    expect(await ids({ OrderString: 'FID desc', Limit: 1 })).toEqual([100005]);
    expect(await ids({}, "FBillNo in ('fkd00000001','FKD00000004 ')")).toEqual([100001, 100004]);
    expect(await ids({}, "FBillNo like '%3' or FID >= 100005")).toEqual([100003, 100005]);
    expect(await ids({}, "FCreateDate > '2099-01-01'")).toEqual([]);
  });

  it('nest their refusals two arrays deep; BillQuery gives objects, if the product has it', async () => {
    await start();
    expect((await query('FNothing', ''))[0][0].Result.ResponseStatus.Errors[0].Message).toBe(
      '元数据中标识为FNothing的字段不存在',
    );
    await push(await apply());
    const data = { FormId: 'AP_PAYBILL', FieldKeys: 'FBillNo,FCONTACTUNIT.FNumber' };
    expect(await call('BillQuery', { data })).toEqual([{ FBillNo: 'FKD00000001', 'FCONTACTUNIT.FNumber': 'S001' }]);
  });

  it('View shows other names than Save, QueryBusinessInfo the fields', async () => {
    await start();
    await push(await apply());
    const shown = await call('View', { formid: 'AP_PAYBILL', data: { Number: 'FKD00000001' } });
    expect(shown.Result.Result).toMatchObject({
      BillNo: 'FKD00000001',
      CONTACTUNIT: { Number: 'S001', Name: [{ Key: 2052, Value: '样例供应商' }] },
      PAYBILLSRCENTRY: [{ SRCBILLNO: 'FKSQ00000001' }],
    });
    const info = await call('QueryBusinessInfo', { data: { FormId: 'AP_PAYBILL' } });
    expect(JSON.stringify(info)).toContain('"Key":"F_VL_KEY"');
  });
});

describe('people and restarts', () => {
  it('lets a clerk push and audit, and keeps everything over a restart', async () => {
    const dataDir = await start();
    const number = await apply();
    expect(await control('/push-by-hand', { number, audit: true })).toEqual({ id: '100001', number: 'FKD00000001' });
    const before = await control('/documents?form=AP_PAYBILL', undefined, 'GET');
    expect(before).toMatchObject([{ status: 'C', creator: '出纳', source: number }]);
    await sandbox.close();
    await start({}, dataDir);
    expect(await control('/documents?form=AP_PAYBILL', undefined, 'GET')).toEqual(before);
    expect((await push(number)).Result.ConvertResponseStatus.Errors[0].Message).toContain('关联数量');
    expect(status(await push(await apply())).SuccessEntitys).toMatchObject([{ Id: 100002, Number: 'FKD00000002' }]);
    await control('/by-hand', { operation: 'UnAudit', form: 'AP_PAYBILL', id: '100001' });
    expect(await query('FDocumentStatus', 'FID=100001')).toEqual([['D']]);
    await control('/reset');
    expect(readBook(sandbox.bookPath)).toEqual([]);
  });
});

describe('faults of its own', () => {
  it.each([
    ['msgCode13', { Result: { ResponseStatus: { MsgCode: 13 } } }],
    ['sessionLost', { Result: { ResponseStatus: { MsgCode: 1 } } }],
    ['throttle', { Result: { ResponseStatus: { MsgCode: 14 } } }],
    ['emptyResult', { Result: {} }],
  ])('%s bites before anything is done', async (kind, expected) => {
    await start();
    const number = await apply();
    await control('/faults', { kind, operation: 'Push' });
    expect(await push(number)).toMatchObject(expected);
    expect(await query('FID', '')).toEqual([]);
  });

  it.each([
    ['sessionLost', 1],
    ['noRows', 1],
    ['executeTwice', 2],
  ])('%s after it was executed', async (kind, bills) => {
    await start();
    const number = await apply();
    await control('/faults', { kind, operation: 'Push', executed: true, times: 1 });
    await push(number);
    expect(await query('FID', '')).toHaveLength(bills);
  });
});
