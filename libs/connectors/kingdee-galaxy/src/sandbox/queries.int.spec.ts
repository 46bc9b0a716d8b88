import { afterEach, describe, expect, it } from 'vitest';
import { apply, call, control, push, query, start, status, stop } from './testing/client.js';

afterEach(stop);

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
