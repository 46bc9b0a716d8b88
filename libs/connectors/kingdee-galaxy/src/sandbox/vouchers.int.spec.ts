import { afterEach, describe, expect, it } from 'vitest';
import { signatureHeaders } from '../pure/signature.js';
import { book, call, caller, control, raw, STUB, seconds, start, status, stop } from './testing/client.js';

afterEach(stop);

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
    [
      'without a dimension',
      { FEntity: [{ ...VOUCHER.FEntity[0], FDetailID: {} }, VOUCHER.FEntity[1]] },
      '“部门”是必填项',
    ],
    ['with an unknown account', { FEntity: [{ ...VOUCHER.FEntity[0], FACCOUNTID: { FNumber: '9' } }] }, '不存在'],
    ['with an unknown property', { FNothing: 1 }, '实体不存在此属性'],
    ['without a book', { FAccountBookID: { FNumber: '' } }, '是必填项'],
  ])('%s are refused', async (_, change, words) => {
    await start();
    expect(JSON.stringify(status(await saveVoucher(change)))).toContain(words);
  });

  it('saved unchecked without a dimension are refused when they are submitted', async () => {
    await start();
    const Model = { ...VOUCHER, FEntity: [{ ...VOUCHER.FEntity[0], FDetailID: {} }, VOUCHER.FEntity[1]] };
    const { Id } = (await call('Save', { formid: 'GL_VOUCHER', data: { ValidateFlag: 'false', Model } })).Result;
    const submitted = status(await call('Submit', { formid: 'GL_VOUCHER', data: { Ids: String(Id) } }));
    expect(submitted).toMatchObject({ IsSuccess: false, MsgCode: 11 });
    expect(JSON.stringify(submitted)).toContain('“部门”是必填项');
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
    const [voucher, ...more] = book();
    expect(more).toEqual([]);
    expect(voucher).toMatchObject({ fields: { FDate: '2024-03-30T00:00:00' } });
  });
});
