import { describe, expect, it } from 'vitest';
import { faultText } from '../file/fault.js';
import { checkFlow, FlowCompiler, UnreadableFlow } from './check-flow.js';

const FILE = 'deploy/flows/pay.yaml';
const good = `name: pay
title: { en: Payment request, zh: 付款申请 }
source: { connection: dingtalk-main, kinds: [PROC-PAYMENT] }
voucher: { name: payment-bill, target: kingdee-hq, operation: push-payment-bill, patience: 72h }
accountingDate: approved
amount: { field: 付款金额, currency: CNY }
payload:
  applicationNumber: { field: 付款申请单号 }
  remark: { field: 付款事由, onMissing: omit }
`;

function faults(text: string): string[] {
  const checked = checkFlow(text, FILE);
  return checked.ok ? [] : checked.errors.map(faultText);
}

describe('a flow file', () => {
  it('without faults gives the flow, the content to publish and its hash', () => {
    const checked = checkFlow(good, FILE);
    if (!checked.ok) throw new Error(checked.errors.map(faultText).join('\n'));
    expect(checked.value.flow).toMatchObject({ name: 'pay', voucher: { patienceSeconds: 259_200 }, when: [] });
    expect(new FlowCompiler().compile(checked.value.hash, checked.value.content)).toEqual(checked.value.flow);
  });

  it('has the same hash however it is laid out', () => {
    const [line = '', ...rest] = good.split('\n');
    const hashOf = (text: string) => {
      const checked = checkFlow(text, FILE);
      return checked.ok && checked.value.hash;
    };
    expect(hashOf([...rest, `# a comment`, line].join('\n'))).toBe(hashOf(good));
  });

  const faulty: [string, string, string, RegExp][] = [
    [
      'an unknown name',
      'accountingDate:',
      'acountingDate:',
      /^deploy\/flows\/pay\.yaml:5:1: acountingDate: "acountingDate" is not known here/,
    ],
    [
      'a missing name',
      'accountingDate: approved\n',
      '',
      /:1:1: accountingDate: "accountingDate" is missing\. Add `accountingDate`/,
    ],
    [
      'a bare number',
      '{ field: 付款申请单号 }',
      '{ const: 0010 }',
      /:8:24: payload\.applicationNumber\.const: .* bare number\. Put it into quotes/,
    ],
    [
      'no kind of value',
      '{ field: 付款申请单号 }',
      '{ feld: x }',
      /:8:3: payload\.applicationNumber: this says no kind of value\. Write one of \{const/,
    ],
    ['two kinds of value', '{ field: 付款申请单号 }', '{ field: x, const: y }', /says const and field/],
    [
      'a list inside a text',
      '{ field: 付款申请单号 }',
      '{ text: [a, [{ const: b }]] }',
      /payload\.applicationNumber\.text\[1\]: a list or object is no text/,
    ],
    [
      'an unknown fact',
      '{ field: 付款申请单号 }',
      '{ path: approval.secret }',
      /"approval.secret" is no choice. Choose one of approval.businessId/,
    ],
    [
      'an unknown way with gaps',
      'onMissing: omit',
      'onMissing: null',
      /payload\.remark\.onMissing: nothing is no choice/,
    ],
    ['a prototype for a payload', 'applicationNumber:', '__proto__:', /"__proto__" can't be a payload name/],
    ['a strange patience', '72h', '3 days', /voucher\.patience: "3 days" is not a time such as 30m, 72h or 7d/],
    ['a small currency', 'CNY', 'cny', /amount\.currency: "cny" is not a currency/],
    ['another date', ': approved', ': submitted', /"submitted" is no date\. Write `approved` or/],
    ['a name with a slash', 'name: pay\n', 'name: a/b\n', /:1:1: name: "a\/b" is not a name of small letters/],
    ['no kinds', '[PROC-PAYMENT]', '[]', /source\.kinds: the list is empty/],
    ['a day without an end', 'amount:', 'from: 2026-01-01\namount:', /from: "2026-01-01" is not an instant such as/],
    ['a day that is none', 'amount:', 'from: 2026-13-01T00:00:00Z\namount:', /is on no calendar/],
    [
      'a note without the number',
      'amount:',
      'writeBack: done\namount:',
      /writeBack: .*does not hold the voucher number\. Put `\{number\}`/,
    ],
    [
      'a note of a reversal without the number',
      'amount:',
      'reversalWriteBack: gone\namount:',
      /reversalWriteBack: .*does not hold the voucher number/,
    ],
    ['an order of nothing', '72h }', '72h, after: [] }', /voucher\.after: the list is empty/],
    [
      'a strange companion',
      'amount:',
      'alongside: [A b]\namount:',
      /alongside\[0\]: "A b" is not a name of small letters/,
    ],
    [
      'a claim on a list',
      'amount:',
      'exclusive: [{ name: invoice, company: "1", values: [{ rows: x, each: { a: { field: b } } }] }]\namount:',
      /exclusive\[0\]\.values\[0\]: a list or object is no text/,
    ],
    [
      'a claim on nothing',
      'amount:',
      'exclusive: [{ name: invoice, company: "1", values: [] }]\namount:',
      /exclusive\[0\]\.values: the list is empty/,
    ],
    [
      'a fuzzy claim',
      'amount:',
      'exclusive: [{ name: invoice, company: "1", values: [{ field: x }], normalise: [soundex] }]\namount:',
      /exclusive\[0\]\.normalise\[0\]: "soundex" is no choice\. Choose one of trim, upper/,
    ],
    [
      'the same name twice',
      'accountingDate: approved',
      'accountingDate: approved\nname: pay',
      /:6:1: no readable YAML: .*unique/,
    ],
    ['an alias', '[PROC-PAYMENT]', '[&a PROC, *a]', /uses an alias/],
    ['broken YAML', '[PROC-PAYMENT]', '[PROC-PAYMENT', /no readable YAML/],
  ];
  it.each(faulty)('with %s is refused, with the place and the mend', (_what, from, to, words) => {
    expect(good).toContain(from);
    expect(faults(good.replace(from, to)).join('\n')).toMatch(words);
  });

  it('shows all faults at once', () => {
    expect(faults(good.replace('72h', 'x').replace('CNY', 'x').replace('pay', 'P'))).toHaveLength(3);
  });

  it('that holds no flow at all is refused', () => {
    expect(faults('just text').join()).toMatch(/expected members, found text/);
    expect(faults('').join()).toMatch(/:1:1: expected members, found nothing/);
  });
});

describe('a published content', () => {
  it('that is no flow is named by its first fault, each time it is asked for', () => {
    const compiler = new FlowCompiler();
    const compile = () => compiler.compile('h', { name: 'pay', amount: { field: 'x', currency: 'cny' } });
    expect(compile).toThrow(UnreadableFlow);
    expect(compile).toThrow(/title: "title" is missing/);
  });
});
