import type { Lookups } from '@voucherline/contracts';
import { describe, expect, it } from 'vitest';
import { checkFlow } from '../flow/check-flow.js';
import type { MappedApproval } from './evaluate.js';
import { makeVoucher, type TargetChecks } from './voucher.js';

const FLOW = `name: pay
title: { en: Pay, zh: 付款 }
source: { connection: oa, kinds: [PROC] }
voucher: { name: bill, target: erp, operation: save, patience: 1h }
accountingDate: =approval.approvedOn
amount: =[金额]
currency: CNY
payload: { account: "6602" }
`;

const approval: MappedApproval = {
  ...{ connection: 'oa', kind: 'PROC', businessId: '1', title: 't', originator: { userId: 'u' } },
  approvedAt: '2026-11-20T02:00:00Z',
  form: [{ id: 'a', name: '金额', type: 'MoneyField', value: '10.00' }],
};

/** Finds fault with what misses the dimensions that the account's row asks for, where accounts are pulled. */
const needingDimensions: TargetChecks = {
  checkPayload: () => [],
  checkReferences: ({ account }, rowOf, { masterData }) => {
    if (!(masterData as readonly string[]).includes('accounts')) return [];
    const row = rowOf('accounts', String(account));
    return row?.dimensions === undefined ? [] : [`account: ${account} needs a ${row.dimensions}`];
  },
};

const rows = (columns: Readonly<Record<string, string>>): Lookups => ({
  find: (table, [criterion], day) => {
    expect([table, criterion, day]).toEqual(['erp/accounts', { column: 'code', value: '6602' }, '2026-11-20']);
    return { kind: 'rows', rows: [{ columns }] };
  },
});

function made(operation: TargetChecks, masterData: Lookups, pulled: readonly string[] = ['accounts']) {
  const checked = checkFlow(FLOW, 'pay.yaml');
  if (!checked.ok) throw new Error('the flow is faulty');
  const connection = { name: 'erp', settings: { masterData: pulled } };
  const voucher = makeVoucher(checked.value.flow, approval, { timeZone: 'UTC', masterData }, { connection, operation });
  return voucher.kind === 'fault' ? [voucher.fault.code, voucher.fault.reason] : voucher.kind;
}

const pending: Lookups = { find: () => ({ kind: 'pending' }) };

describe('a voucher', () => {
  it('that the target would refuse is a fault in its words', () => {
    const refusing: TargetChecks = { checkPayload: () => ['FID: is no field'], checkExpectation: () => ['not asked'] };
    expect(made(refusing, pending)).toEqual([
      'mapping.payload',
      'payload: save refuses it 目标系统不接受: FID: is no field',
    ]);
    const differing: TargetChecks = { checkPayload: () => [], checkExpectation: () => ['entries: 9.00'] };
    expect(made(differing, pending)).toEqual([
      'mapping.payload',
      'payload: save refuses it 目标系统不接受: entries: 9.00',
    ]);
  });

  it('is checked against the rows of the target’s own tables, as of its day', () => {
    expect(made(needingDimensions, rows({ code: '6602', dimensions: 'department' }))).toEqual([
      'mapping.references',
      'payload: save would not find it 目标系统中找不到: account: 6602 needs a department',
    ]);
    expect(made(needingDimensions, rows({ code: '6602' }))).toBe('rendered');
  });

  it('waits for a table that is pulled and not read to its end yet, and for no other', () => {
    expect(made(needingDimensions, pending)[0]).toBe('mapping.table-pending:erp/accounts');
    expect(made(needingDimensions, pending, [])).toBe('rendered');
  });
});
