import { targetPure } from '@voucherline/connectors/pure';
import type { AnyMessage } from '@voucherline/contracts';
import { checkFlow, faultText } from '@voucherline/mapping';
import { configurationOf } from '@voucherline/pipeline';
import { describe, expect, it } from 'vitest';
import { CORP, PAYMENT_FORM, subjectOf } from '../fixtures/dingtalk-instance.js';
import { StageHarness } from '../fixtures/harness.js';
import { publishedConnection, publishedFlow } from '../fixtures/published.js';
import { planStage } from './plan-stage.js';

const SUBJECT = subjectOf('inst-1');

/** A flow into the ledger whose months are listed in a table. */
function published(closed: 'park' | 'ask') {
  const text = `
name: pay
title: { en: Payment, zh: 付款 }
source: { connection: dingtalk-main, kinds: [PROC-PAYMENT] }
voucher: { name: payment, target: kingdee-hq, operation: save-gl-voucher, patience: 1h }
accountingDate: { value: =approval.approvedOn, periods: accounting-periods, closed: ${closed} }
amount: =[付款金额]
currency: CNY
payload:
  accountBook: "001"
  voucherGroup: PRE001
  explanation: =[付款事由]
  date: =accountingDate
  entries:
    - { account: "6601", currency: CNY, debit: "=money([付款金额])" }
    - { account: "2241", currency: CNY, credit: "=money([付款金额])" }
`;
  const periods = 'period,status\n2026-11,closed\n2026-12,open\n';
  const checked = checkFlow(text, 'pay.yaml', [
    { name: 'accounting-periods', file: 'tables/accounting-periods.csv', text: periods },
  ]);
  if (!checked.ok) throw new Error(checked.errors.map(faultText).join('\n'));
  return configurationOf([
    publishedConnection('dingtalk-main', 'dingtalk', CORP),
    publishedConnection('kingdee-hq', 'kingdee-galaxy', 'acct1'),
    publishedFlow(checked.value, '2026-11-01T00:00:00.000Z'),
  ]);
}

function message(type: string, data: object, time: string): AnyMessage {
  return { id: type, source: 'test', key: SUBJECT, type, time, data } as AnyMessage;
}

/** An approval of November, planned. */
function line(closed: 'park' | 'ask') {
  const plan = new StageHarness(planStage({ targetOf: targetPure }), published(closed));
  const approval = { connection: 'dingtalk-main', kind: 'PROC-PAYMENT', businessId: '1', title: '付款' };
  const form = Object.entries(PAYMENT_FORM).map(([name, value]) => ({ id: name, name, type: 'TextField', value }));
  const data = { ...approval, originator: { userId: 'user01' }, approvedAt: '2026-11-20T03:00:00.000Z', form };
  expect(plan.take(message('ApprovalApproved', data, data.approvedAt))).toEqual([]);
  const replan = (id: string, accountingDate: string) => {
    const wish = { subject: SUBJECT, accountingDate, by: 'finance', reason: 'November is closed' };
    return plan.take({ ...message('ReplanRequested', wish, '2026-11-25T00:00:00.000Z'), id }, SUBJECT);
  };
  return { plan, replan };
}

describe('an approval whose period is closed', () => {
  it.each([
    ['ask', 'mapping.period-ask:2026-11', /--replan --date/],
    ['park', 'mapping.period-closed:2026-11', /accounting-periods\.csv/],
  ] as const)('by policy "%s" waits for a person, and is posted on their day', (closed, code, nextStep) => {
    const { plan, replan } = line(closed);
    expect(plan.blocked(SUBJECT)).toMatchObject({
      code,
      owner: 'finance',
      nextStep: expect.stringMatching(nextStep),
    });
    expect(replan('a1', '2026-12-02')).toMatchObject([
      {
        type: 'PostVoucher',
        data: {
          accountingDate: '2026-12-02',
          payload: { date: '2026-12-02' },
          expectation: { date: '2026-12-02' },
          action: 'a1',
        },
      },
    ]);
    expect(plan.blocked(SUBJECT)).toBeUndefined();
  });

  it('goes on waiting where the day of a person is in a closed period too', () => {
    const { plan, replan } = line('ask');
    expect(replan('a1', '2026-11-30')).toEqual([]);
    expect(plan.blocked(SUBJECT)).toMatchObject({ code: 'mapping.period-closed:2026-11' });
    expect(replan('a2', '2027-01-04')).toEqual([]);
    expect(plan.blocked(SUBJECT)).toMatchObject({ code: 'mapping.period-closed:2027-01' });
    expect(replan('a3', '2026-12-01')).toMatchObject([{ data: { accountingDate: '2026-12-01' } }]);
  });
});
