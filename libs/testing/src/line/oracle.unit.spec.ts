import { voucherKey } from '@voucherline/contracts';
import type { KingdeeDocument } from '@voucherline/local';
import { expect, test } from 'vitest';
import { about, faultsOfBook, faultsOfWholeBook, OUR_USER, type Owed } from './oracle.js';

const owed: Owed = {
  subject: 'dingtalk/corp/approval/1',
  voucher: 'payment-bill',
  form: 'AP_PAYBILL',
  amount: '12800.5',
  currency: 'CNY',
  application: 'FKSQ1',
};
const bill: KingdeeDocument = {
  form: 'AP_PAYBILL',
  id: '7',
  number: 'FKD7',
  status: 'C',
  cancelled: false,
  creator: OUR_USER,
  amount: '12800.50',
  currency: 'CNY',
  contactUnit: 'S001',
  source: 'FKSQ1',
  key: voucherKey(owed.subject, owed.voucher, 0),
};
const draft: KingdeeDocument = { ...bill, id: '8', number: '', status: 'Z', key: '' };

test('one audited bill, right to the cent, is what is owed', () => {
  expect(faultsOfBook([bill], [owed])).toEqual([]);
});

test('a clerk’s own documents, deleted drafts and cancelled bills are nobody’s fault', () => {
  const others = [
    { ...draft, creator: '出纳' },
    { ...draft, deleted: true },
    { ...draft, id: '9', cancelled: true },
  ];
  expect(faultsOfBook([bill, ...others], [owed])).toEqual([]);
});

test.each([
  ['nothing', [], 'is missing'],
  ['two bills', [bill, { ...bill, id: '8' }], 'is there 2 times'],
  ['a bill that waits for its audit', [{ ...bill, status: 'B' as const }], 'is not audited'],
  ['a cent too much', [{ ...bill, amount: '12800.51' }], 'is over 12800.51 CNY, not 12800.5 CNY'],
  ['another currency', [{ ...bill, currency: 'USD' }], 'is over 12800.50 USD'],
  ['a bill of another application', [{ ...bill, source: 'FKSQ2' }], 'was pushed from FKSQ2, not FKSQ1'],
  ['a draft of ours beside it', [bill, draft], 'was left behind'],
  ['a bill of ours that nobody approved', [bill, { ...bill, id: '9', key: 'f'.repeat(32) }], 'has no approval'],
])('the oracle sees %s', (_, book, words) => {
  expect(faultsOfBook(book, [owed]).join('\n')).toContain(words);
});

test('what another scenario left in the book is not about this one, a keyless draft of its application is', () => {
  const other = { ...bill, id: '9', source: 'FKSQ9', key: 'e'.repeat(32) };
  expect(about([bill, draft, other], [owed])).toEqual([bill, draft]);
});

test('a whole book may lack what waits for a person, but may not hold what nobody approved', () => {
  expect(faultsOfWholeBook([], [owed])).toEqual([]);
  expect(faultsOfWholeBook([bill], [owed])).toEqual([]);
  expect(faultsOfWholeBook([bill], []).join()).toContain('has no approval');
  expect(faultsOfWholeBook([bill, { ...bill, id: '8' }], [owed]).join()).toContain('is there 2 times');
});
