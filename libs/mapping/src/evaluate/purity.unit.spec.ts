import { canonicalJson, type FormField } from '@voucherline/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { faultText } from '../file/fault.js';
import { checkFlow, FlowCompiler } from '../flow/check-flow.js';
import { noMasterData } from '../lookups/lookups.js';
import { evaluateFlow, type MappedApproval } from './evaluate.js';

const checked = checkFlow(
  `name: expense
title: { en: a, zh: b }
source: { connection: dingtalk-main, kinds: [K] }
voucher: { name: v, target: t, operation: o, patience: 1h }
let:
  total: =sum([明细], [金额])
  net: =round(total / 1.06, 2)
accountingDate: { value: =approval.approvedOn, periods: periods, closed: nextOpen }
amount: =total
currency: CNY
exclusive: [{ name: invoice, company: "001", rows: "=[明细]", values: [{ $value: "=upper([发票])", $onMissing: omit }] }]
payload:
  note: { $value: "=[备注] & total", $onMissing: omit }
  entries:
    - $rows: =[明细]
      $if: =[金额] > 0
      account: { $value: '=lookup("accounts", "account", "category", [类型])', $onMissing: "6601.99" }
      debit: =share(net, form[明细], [金额], 2)
      ratio: =[金额] / 3
    - { account: "2221", debit: =total - net }
`,
  'expense.yaml',
  [
    { name: 'accounts', file: 'accounts.csv', text: 'category,account\n差旅,6601.02\n餐饮,6601.03\n' },
    { name: 'periods', file: 'periods.csv', text: 'period,status\n2026-11,closed\n2026-12,open\n' },
  ],
);
if (!checked.ok) throw new Error(checked.errors.map(faultText).join('\n'));
const { flow, hash, content } = checked.value;

const field = (name: string, value: string | null): FormField => ({ id: name, name, type: 'TextField', value });
const amount = fc.integer({ min: 1, max: 9_999_999 }).map((cents) => (cents / 100).toFixed(2));
const row = fc
  .tuple(amount, fc.constantFrom('差旅', '餐饮', '别的', null), fc.constantFrom('a1', 'A1', 'b2', null))
  .map(([money, kind, invoice]) => [field('金额', money), field('类型', kind), field('发票', invoice)]);
const approvals = fc
  .tuple(fc.array(row, { minLength: 1, maxLength: 8 }), fc.option(fc.string({ maxLength: 20 })))
  .map(([rows, note]): MappedApproval => {
    const form = [{ ...field('明细', null), rows }, field('备注', note)];
    const head = { connection: 'dingtalk-main', kind: 'K', businessId: '1', title: 't', originator: { userId: 'u' } };
    return { ...head, approvedAt: '2026-11-20T03:00:00.000Z', form };
  });

describe('an evaluation', () => {
  const options = { timeZone: 'Asia/Shanghai', masterData: noMasterData } as const;

  it('gives the same bytes for the same approval, version and look-ups, in any process', () => {
    // What another process compiled from the log.
    const elsewhere = new FlowCompiler().compile(hash, JSON.parse(canonicalJson(content)) as typeof content);
    let rendered = 0;
    fc.assert(
      fc.property(approvals, approvals, (approval, another) => {
        const first = evaluateFlow(flow, approval, options);
        evaluateFlow(elsewhere, another, options);
        const again = evaluateFlow(elsewhere, structuredClone(approval), options);
        expect(canonicalJson(again)).toBe(canonicalJson(first));
        if (first.kind === 'rendered') rendered += 1;
      }),
      { numRuns: 100 },
    );
    expect(rendered).toBeGreaterThan(50);
  });
});
