import { describe, expect, it } from 'vitest';
import { voucherFaults } from './gl-voucher.js';
import { paymentBillFaults } from './push-payment-bill.js';

describe('the payload of push-payment-bill', () => {
  it('names an application, and may give a remark', () => {
    expect(paymentBillFaults({ applicationNumber: 'FKSQ0001' })).toEqual([]);
    expect(paymentBillFaults({ applicationNumber: '付款申请-2024/001', remark: 'BX-1' })).toEqual([]);
  });

  it.each([
    [{}, /^applicationNumber: is missing/],
    [{ applicationNumber: 7 }, /^applicationNumber: must be a number of Kingdee/],
    [{ applicationNumber: "A' or '1'='1" }, /no quotes, no spaces/],
    [{ applicationNumber: 'A', remark: 'x'.repeat(256) }, /^remark: has 256 characters/],
    [{ applicationNumber: 'A', remarks: 'x' }, /^remarks: is no field here; known are applicationNumber, remark/],
    [{ applicationNumber: 'A', FID: 1 }, /^FID: names an existing document/],
    [{ applicationNumber: 'A', RuleId: 'x' }, /^RuleId: is a switch of Kingdee/],
  ])('refuses %j', (payload, words) => {
    const faults = paymentBillFaults(payload);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(words);
  });
});

const travel = { account: '6602.01', dimensions: { FFLEX5: 'BM01' }, currency: 'CNY', debit: '0.30' };
const payable = { account: '2241', currency: 'CNY', credit: '0.3' };
const voucher = {
  accountBook: '001',
  date: '2024-02-29',
  voucherGroup: 'PRE001',
  explanation: '报销 BX-1',
  entries: [travel, payable],
};

describe('the payload of save-gl-voucher', () => {
  it('balances in cents, whatever floats would say', () => {
    const tenths = { ...travel, debit: '0.1' };
    expect(voucherFaults(voucher)).toEqual([]);
    expect(voucherFaults({ ...voucher, entries: [tenths, { ...travel, debit: '0.2' }, payable] })).toEqual([]);
    const dollars = { account: '1002', currency: 'USD', exchangeRate: '7.1235', credit: '100.00' };
    expect(voucherFaults({ ...voucher, entries: [{ ...travel, debit: '712.35' }, dollars] })).toEqual([]);
  });

  it.each([
    ['an unbalanced one', { entries: [travel, { ...payable, credit: '0.31' }] }, /debit 0.30 and credit 0.31 differ/],
    [
      'a number for an amount',
      { entries: [{ ...travel, debit: 0.3 }, payable] },
      /^entries\[0\].debit: must be a decimal as text/,
    ],
    ['a tenth of a cent', { entries: [{ ...travel, debit: '0.301' }, payable] }, /more than 2 decimal places/],
    ['both sides', { entries: [{ ...travel, credit: '1' }, payable] }, /^entries\[0\]: give exactly one/],
    ['a zero line', { entries: [{ ...travel, debit: '0.00' }, payable] }, /its amount is zero/],
    ['one line', { entries: [travel] }, /two lines or more/],
    ['a day that is none', { date: '2023-02-29' }, /^date: must be a day/],
    [
      'a dimension by name',
      { entries: [{ ...travel, dimensions: { 部门: 'BM01' } }, payable] },
      /部门: is no dimension/,
    ],
    ['an unknown field', { entries: [{ ...travel, memo: 'x' }, payable] }, /^entries\[0\].memo: is no field here/],
    ['a voucher id', { FVOUCHERID: 100001 }, /^FVOUCHERID: names an existing document, which Kingdee would overwrite/],
    ['an entry id', { entries: [{ ...travel, FEntryID: 5 }, payable] }, /^entries\[0\].FEntryID: names an existing/],
    ['an id in another spelling', { id: '5' }, /^id: names an existing document/],
    ['a switch', { ValidateFlag: 'false' }, /^ValidateFlag: is a switch of Kingdee/],
    ['no book', { accountBook: '' }, /^accountBook: must be a number/],
  ])('refuses %s, naming the field and the mend', (_, change, words) => {
    const faults = voucherFaults({ ...voucher, ...change });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(words);
  });
});
