import { expect, it } from 'vitest';
import { bill, push } from './checking/given.js';
import { differences } from './compare.js';
import { HOLDS } from './holds.js';
import type { DocumentName, Hold } from './record.js';

const document: DocumentName = { id: '7', document: 'kingdee-galaxy/1/AP_PAYBILL/7' };
const refusal = { code: 'X', words: '不允许', owner: 'finance', nextStep: 'mend it 请处理' } as const;
const taken = { name: 'invoice', voucherKey: 'k2', voucher: 'payment-bill', subject: 's' };
const found = differences(bill({ amount: { amount: '1', currency: 'CNY' } }), push);

it.each<Hold>([
  HOLDS.foundBefore([document]),
  HOLDS.foreign([document]),
  HOLDS.several([document]),
  HOLDS.differs(document, found),
  HOLDS.gone(document),
  HOLDS.taken(document),
  HOLDS.undeletable(document, null),
  HOLDS.undeletable(document, refusal),
  HOLDS.vanished(),
  HOLDS.notPosted(document),
  HOLDS.undecided('create', [document]),
  HOLDS.unsearchable(),
  HOLDS.impatient('the application'),
  HOLDS.older([document]),
  HOLDS.postedAfterAll(document),
  HOLDS.notTakenBack(document, null),
  HOLDS.notTakenBack(document, refusal),
  HOLDS.notLinked('7', document, found),
  HOLDS.exclusiveTaken(taken),
  HOLDS.levelNotShown('L1'),
  HOLDS.unreadable(refusal, [document]),
])('$code says in English and Chinese why and what to do', ({ reason, nextStep }) => {
  for (const text of [reason, nextStep]) expect(text).toMatch(/[a-z]{2}.*\p{Script=Han}/su);
});
