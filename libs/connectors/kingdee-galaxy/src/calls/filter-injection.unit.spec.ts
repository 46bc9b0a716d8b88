import { type CallContext, carriedKey, type HttpResult, type VoucherIntent } from '@voucherline/connector-kit';
import { leaseOn } from '@voucherline/connector-kit/conformance';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFilter } from '../sandbox/query/filter.js';
import { pushPaymentBill } from './operations/push-payment-bill.js';
import { saveGlVoucher } from './operations/save-gl-voucher.js';
import { quoted } from './query.js';

/** A lease that answers every query with no rows, and keeps the filters. */
function recording(): { readonly context: CallContext; readonly filters: string[] } {
  const content = {
    ...{ name: 'c', product: 'kingdee-galaxy', account: 'a', timeZone: 'UTC', secrets: {} },
    settings: { baseUrl: 'http://127.0.0.1/k3cloud', userName: 'u', appId: 'a_b' },
    limits: { perSecond: 1, concurrency: 1 },
  };
  const filters: string[] = [];
  const request = async ({ body }: { readonly body: string }) => {
    filters.push((JSON.parse(body) as { data: { FilterString: string } }).data.FilterString);
    return { kind: 'response', status: 200, headers: {}, body: Buffer.from('[]') } as unknown as HttpResult;
  };
  const lease = leaseOn('http://127.0.0.1/k3cloud', { content, secrets: { appSecret: { current: 's' } } });
  const http = { request, close: async () => {} } as unknown as CallContext['http'];
  return { context: { ...lease, http }, filters };
}

const KEY = 'c'.repeat(32);
function intentOf(payload: VoucherIntent['payload'], voucherKey = KEY, generation = 1): VoucherIntent {
  const expectation = { amount: { amount: '1', currency: 'CNY' }, date: '2024-03-31' };
  return { voucherKey, generation, accountingDate: '2024-03-31', payload, expectation };
}

/** Texts that break out of a filter where nobody takes care, and any others. */
const fragment = fc.constantFrom(
  ...[
    "'",
    "''",
    '"',
    '\\',
    "\\'",
    ' or ',
    ' and ',
    '=',
    '<>',
    "1'='1",
    '(',
    ')',
    ',',
    '--',
    '/*',
    ';',
    '%',
    '_',
    '[',
    '\0',
  ],
  ...['\u02BC', '\uFF07', '\u2019', 'FID>0', ' like ', " in ('", 'FKSQ0001', '付款', '\n', '\u200B'],
);
const text = fc.oneof(
  fc.array(fragment, { minLength: 1, maxLength: 8 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.stringMatching(/^[A-Z0-9][A-Z0-9._/-]{0,19}$/),
);
const equals = (field: string, value: string) => ({ kind: 'compare', field, operator: '=', value });

describe('the text of a query', () => {
  it('holds what was asked for as one literal, whatever it says', () => {
    fc.assert(
      fc.property(text, text, (one, other) => {
        const filter = `FA=${quoted(one)} or FB=${quoted(other)}`;
        expect(parseFilter(filter)).toEqual({ kind: 'or', parts: [equals('FA', one), equals('FB', other)] });
      }),
    );
  });

  it('for a payment bill compares a number and a key, or nothing is asked', async () => {
    let asked = 0;
    await fc.assert(
      fc.asyncProperty(text, async (applicationNumber) => {
        const { context, filters } = recording();
        const intent = intentOf({ applicationNumber, remark: applicationNumber });
        const refused = pushPaymentBill.checkPayload(intent.payload, {}).length > 0;
        const calls = () => [pushPaymentBill.prerequisite(intent, context), pushPaymentBill.lookup(intent, context)];
        const outcomes = await Promise.allSettled(calls());
        if (!/^[\p{Lu}\p{Ll}\p{Lo}\p{N}._/-]+$/u.test(applicationNumber)) {
          expect(refused).toBe(true);
          expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
        }
        if (filters.length === 0) return;
        asked += 1;
        expect(filters.map((filter) => parseFilter(filter))).toEqual([
          equals('FBillNo', applicationNumber),
          { kind: 'or', parts: [equals('FSRCBILLNO', applicationNumber), equals('F_VL_KEY', KEY)] },
        ]);
      }),
      { numRuns: 300 },
    );
    expect(asked).toBeGreaterThan(0);
  });

  it('for a voucher holds nothing of its payload, and its keys as literals', async () => {
    await fc.assert(
      fc.asyncProperty(text, text, fc.integer({ min: 1, max: 3 }), async (value, key, generation) => {
        const { context, filters } = recording();
        const line = { account: value, currency: value, debit: value, dimensions: { [value]: value } };
        const payload = { accountBook: value, voucherGroup: value, explanation: value, entries: [line, line] };
        await saveGlVoucher.lookup(intentOf(payload, key, generation), context);
        const keys = Array.from({ length: generation }, (_, n) => equals('F_VL_KEY', carriedKey(key, n + 1)));
        const [only] = keys;
        expect(filters.map((filter) => parseFilter(filter))).toEqual([
          keys.length === 1 ? only : { kind: 'or', parts: keys },
        ]);
      }),
    );
  });

  it('for a document has an id of digits, or nothing is asked', async () => {
    await fc.assert(
      fc.asyncProperty(text, async (id) => {
        for (const operation of [pushPaymentBill, saveGlVoucher]) {
          const { context, filters } = recording();
          const read = async () => operation.read(id, context);
          if (/^\d{1,20}$/.test(id)) await read();
          else await expect(read()).rejects.toThrow(RangeError);
          expect(filters.every((filter) => /^F(VOUCHER)?ID=\d+$/.test(filter))).toBe(true);
        }
      }),
    );
  });
});
