import { afterEach, describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from './settings.js';
import { apply, book, call, control, ids, push, query, start, status, stop } from './testing/client.js';

const { userName } = DEFAULT_SETTINGS;

afterEach(stop);

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
    expect(book().at(-1)).toMatchObject({
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
    expect(book().at(-1)).toMatchObject({ deleted: true, status: 'D' });
  });
});

describe('people and restarts', () => {
  it('lets a clerk push and audit, and keeps everything over a restart', async () => {
    const dataDir = await start();
    const number = await apply();
    expect(await control('/push-by-hand', { number, audit: true })).toEqual({ id: '100001', number: 'FKD00000001' });
    const before = await control('/documents?form=AP_PAYBILL', undefined, 'GET');
    expect(before).toMatchObject([{ status: 'C', creator: '出纳', source: number }]);
    await stop();
    await start({}, dataDir);
    expect(await control('/documents?form=AP_PAYBILL', undefined, 'GET')).toEqual(before);
    expect((await push(number)).Result.ConvertResponseStatus.Errors[0].Message).toContain('关联数量');
    expect(status(await push(await apply())).SuccessEntitys).toMatchObject([{ Id: 100002, Number: 'FKD00000002' }]);
    await control('/by-hand', { operation: 'UnAudit', form: 'AP_PAYBILL', id: '100001' });
    expect(await query('FDocumentStatus', 'FID=100001')).toEqual([['D']]);
    await control('/reset');
    expect(book()).toEqual([]);
  });
});
