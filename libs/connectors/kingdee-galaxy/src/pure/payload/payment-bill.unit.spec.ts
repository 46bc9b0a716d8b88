import { describe, expect, it } from 'vitest';
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
    // A database that narrows it to its code page makes a quote of it.
    [{ applicationNumber: 'A\u02BC' }, /no quotes, no spaces/],
    [{ applicationNumber: 'A', remark: 'x'.repeat(256) }, /^remark: has 256 characters/],
    [{ applicationNumber: 'A', remarks: 'x' }, /^remarks: is no field here; known are applicationNumber, remark/],
    [{ applicationNumber: 'A', FID: 1 }, /^FID: names an existing document/],
    [{ applicationNumber: 'A', RuleId: 'x' }, /^RuleId: is a switch of Kingdee/],
    [{ applicationNumber: 'A', FPAYORGID: '100' }, /^FPAYORGID: names a company, which is the connection’s/],
  ])('refuses %j', (payload, words) => {
    const faults = paymentBillFaults(payload);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(words);
  });
});
