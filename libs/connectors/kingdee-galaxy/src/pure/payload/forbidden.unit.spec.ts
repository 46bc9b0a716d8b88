import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forbiddenFaults } from './forbidden.js';
import { voucherFaults } from './gl-voucher.js';
import { paymentBillFaults } from './push-payment-bill.js';

const DOCUMENTS = ['FID', 'Id', 'ids', 'FVOUCHERID', 'FEntryID', 'FDetailEntryID', 'FMASTERID', 'FBillNo', 'Numbers'];
const SWITCHES = [
  'ValidateFlag',
  'IsVerifyBaseDataField',
  'IsAutoSubmitAndAudit',
  'NeedUpDateFields',
  'FDocumentStatus',
];
const COMPANIES = [
  ...[
    'FOrgId',
    'FCreateOrgId',
    'FUseOrgId',
    'FSettleOrgId',
    'FPayOrgId',
    'FPurchaseOrgId',
    'FSaleOrgId',
    'FApplyOrgId',
  ],
  ...['FExpenseOrgId', 'FCostOrgId', 'FACCBOOKORGID', 'TargetOrgId', 'orgNum', 'org', 'company', 'companyCode'],
  ...['settleOrganisation', 'organization', 'legalEntity', 'acctId', '公司', '结算组织', '组织编码'],
];
const NAMES = [...DOCUMENTS, ...SWITCHES, ...COMPANIES];

/** As people and hostile mappings may spell it. */
const spelt = fc
  .tuple(fc.constantFrom(...NAMES), fc.array(fc.nat(5), { minLength: 1, maxLength: 12 }))
  .map(([name, choices]) => [...name].map((sign, at) => respelt(sign, choices[at % choices.length] ?? 0)).join(''));

function respelt(sign: string, choice: number): string {
  if (choice === 0) return sign.toUpperCase();
  if (choice === 1) return sign.toLowerCase();
  if (choice === 2) return `${sign}_`;
  if (choice === 3) return `${sign}\u200b `;
  return /[A-Za-z]/.test(sign) ? String.fromCharCode(sign.charCodeAt(0) + 0xfee0) : sign;
}

/** Puts a member somewhere: on top, in an object, in a row of a list. */
const placed = fc.array(fc.constantFrom('object', 'row'), { maxLength: 4 });
const nested = (member: object, way: readonly string[]): object =>
  way.reduce((inside, step) => (step === 'row' ? { rows: [{ x: '1' }, inside] } : { inner: inside }), member);

const entries = [
  { account: '6601', currency: 'CNY', debit: '1.00' },
  { account: '2241', currency: 'CNY', credit: '1.00' },
];
const voucher = { accountBook: '001', voucherGroup: 'PRE001', explanation: 'x', entries };

describe('what a flow may not write', () => {
  it.each(NAMES)('has %s among it', (name) => {
    expect(forbiddenFaults({ [name]: '1' })).toHaveLength(1);
  });

  it('is told from what it may', () => {
    const bill = { applicationNumber: 'A', remark: 'x' };
    const [line] = entries;
    const full = { ...line, dimensions: { FFLEX5: 'BM01', FFLEX11: '100', FF100001: '1' }, exchangeRate: '1' };
    expect(forbiddenFaults([bill, voucher, full, { bookAmount: '1', date: '2024-03-31' }])).toEqual([]);
  });

  it('is a fault in any spelling, however deep, that names its place', () => {
    fc.assert(
      fc.property(spelt, placed, (name, way) => {
        const faults = forbiddenFaults(nested({ [name]: '1' }, way));
        expect(faults).toHaveLength(1);
        expect(faults[0]).toContain(`${name}: `);
      }),
    );
  });

  it('is a fault of every operation’s payload, on top, in a row and in its dimensions', () => {
    fc.assert(
      fc.property(spelt, placed, (name, way) => {
        const trespass = nested({ [name]: '1' }, way);
        expect(paymentBillFaults({ applicationNumber: 'A', ...trespass })).not.toEqual([]);
        const [first, ...others] = entries;
        const payloads = [
          { ...voucher, ...trespass },
          { ...voucher, entries: [{ ...first, ...trespass }, ...others] },
          { ...voucher, entries: [{ ...first, dimensions: trespass }, ...others] },
        ];
        for (const payload of payloads) expect(voucherFaults(payload, 'CNY')).not.toEqual([]);
      }),
    );
  });
});
