import { describe, expect, it } from 'vitest';
import { parseLossless } from './lossless-json.js';
import { UnreadableVoucher, viewedVoucher } from './viewed-voucher.js';

const line = {
  Id: 5,
  EXPLANATION: [
    { Key: 1033, Value: 'claim' },
    { Key: 2052, Value: '报销' },
  ],
  ACCOUNTID: { Id: 1, Number: '6602.01' },
  DetailID_Id: 7,
  DetailID: { Id: 7, FFLEX5_Id: 9, FFLEX5: { Id: 9, Number: 'BM01' }, FFLEX9_Id: 0, FFLEX9: null, FF100001: ' ' },
  CURRENCYID: { Number: 'PRE001' },
  EXCHANGERATETYPE: { Number: 'HLTX01_SYS' },
  EXCHANGERATE: 1,
  AMOUNTFOR: 0.3,
  DEBIT: 0.3,
  CREDIT: 0,
};
const credit = { ...line, DetailID_Id: 0, DetailID: null, ACCOUNTID: { Number: '2241' }, DEBIT: 0, CREDIT: 0.3 };
const voucher = {
  Id: 100001,
  DocumentStatus: 'C',
  AccountBookID: { Number: '001' },
  VOUCHERGROUPID: { Number: 'PRE001' },
  Date: '2024-03-31T00:00:00',
  DEBITTOTAL: 0.3,
  FCREDITTOTAL: 0.3,
  GL_VOUCHERENTRY: [line, credit],
};
const read = (change: object = {}) => {
  const shown = parseLossless(JSON.stringify({ ...voucher, ...change }));
  return viewedVoucher(shown as Parameters<typeof viewedVoucher>[0], '2052');
};
const withLine = (change: object) => read({ GL_VOUCHERENTRY: [{ ...line, ...change }, credit] });

describe('a voucher as View shows it', () => {
  it('has lines with their dimensions, and amounts as they were sent', () => {
    expect(read()).toEqual({
      status: 'C',
      accountBook: '001',
      voucherGroup: 'PRE001',
      date: '2024-03-31',
      entries: [
        {
          ...{ explanation: '报销', account: '6602.01', dimensions: { FFLEX5: 'BM01' }, currency: 'PRE001' },
          ...{ rateType: 'HLTX01_SYS', rate: '1', amountFor: '0.3', debit: '0.3', credit: '0' },
        },
        expect.objectContaining({ account: '2241', dimensions: {}, debit: '0', credit: '0.3' }),
      ],
    });
  });

  it('may write names with F, in whatever case', () => {
    const upper = Object.fromEntries(Object.entries(line).map(([name, value]) => [`F${name}`, value]));
    const { DetailID, ...others } = line;
    expect(read({ GL_VOUCHERENTRY: [upper, credit] })).toEqual(read());
    expect(read({ GL_VOUCHERENTRY: [{ ...others, detailid: DetailID }, credit] })).toEqual(read());
  });

  it.each<[string, () => unknown, RegExp]>([
    ['a line is missing', () => read({ GL_VOUCHERENTRY: [credit] }), /1 lines do not add up/],
    ['there are no lines', () => read({ GL_VOUCHERENTRY: undefined }), /0 lines do not add up/],
    ['the book is not shown', () => read({ AccountBookID: null }), /FAccountBookID shows no number/],
    ['a line has no account', () => withLine({ ACCOUNTID: {} }), /line 1: FACCOUNTID/],
    ['an amount is text', () => withLine({ AMOUNTFOR: 'x' }), /FAMOUNTFOR is no amount/],
    ['a dimension is shown by id alone', () => withLine({ DetailID: { Id: 7, FFLEX5_Id: 9 } }), /dimension FFLEX5/],
    ['a dimension is a text', () => withLine({ DetailID: { Id: 7, FF100002: 'x' } }), /dimension FF100002/],
    ['dimensions are hidden', () => withLine({ DetailID: { Id: 7 } }), /dimensions are not shown/],
    ['dimensions are an id alone', () => withLine({ DetailID: undefined }), /dimensions are not shown/],
  ])('is not reversed when %s', (_, shown, words) => {
    expect(shown).toThrow(UnreadableVoucher);
    expect(shown).toThrow(words);
  });
});
