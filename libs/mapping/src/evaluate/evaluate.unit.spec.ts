import type { FormField } from '@voucherline/contracts';
import { describe, expect, it } from 'vitest';
import { faultText } from '../file/fault.js';
import { checkFlow } from '../flow/check-flow.js';
import { dayIn, dayOfField } from './dates.js';
import { evaluateFlow, type MappedApproval } from './evaluate.js';

const field = (id: string, name: string, value: string | null, rows?: FormField[][]): FormField => {
  return { id, name, type: 'TextField', value, ...(rows && { rows }) };
};

const approval: MappedApproval = {
  connection: 'dingtalk-main',
  kind: 'PROC-PAYMENT',
  businessId: '202611010001',
  title: '张三的付款申请',
  originator: { userId: 'user01', departmentName: '总公司' },
  approvedAt: '2026-10-31T16:00:00.000Z',
  form: [
    field('TextField_1', '付款申请单号', ' FKSQ0001 '),
    field('MoneyField_1', '付款金额', '1,280.5'),
    field('DDDateField_1', '付款日期', '2026-11-02 09:30'),
    field('TextField_2', '备注', null),
    field('TextField_3', '附注', '一'),
    field('TextField_4', '附注', '二'),
    field('TextField_5', '账号', '6222020200112233445'),
    field('TableField_1', '明细', null, [
      [field('TextField_6', '摘要', '出租车'), field('MoneyField_2', '金额', '35.5')],
      [field('TextField_6', '摘要', '酒店'), field('MoneyField_2', '金额', '1245')],
    ]),
    field('TableField_2', '附件', null),
  ],
};

interface Parts {
  readonly payload?: string;
  readonly amount?: string;
  readonly accountingDate?: string;
  readonly when?: string;
  readonly expect?: string;
  readonly exclusive?: string;
  /** A person's, in place of the flow's. */
  readonly redatedTo?: string;
}

function evaluated(
  { payload = '{ a: { const: x } }', amount = '付款金额', ...rest }: Parts,
  timeZone = 'Asia/Shanghai',
) {
  const text = `name: pay
title: { en: a, zh: b }
source: { connection: dingtalk-main, kinds: [PROC-PAYMENT] }
voucher: { name: payment-bill, target: kingdee-hq, operation: push-payment-bill, patience: 72h }
accountingDate: ${rest.accountingDate ?? 'approved'}
amount: { field: ${amount}, currency: CNY }
payload: ${payload}
${rest.when === undefined ? '' : `when: ${rest.when}`}
${rest.expect === undefined ? '' : `expect: ${rest.expect}`}
${rest.exclusive === undefined ? '' : `exclusive: ${rest.exclusive}`}
`;
  const checked = checkFlow(text, 'pay.yaml');
  if (!checked.ok) throw new Error(checked.errors.map(faultText).join('\n'));
  return evaluateFlow(checked.value.flow, approval, timeZone, rest.redatedTo);
}

function rendered(parts: Parts, timeZone?: string) {
  const evaluation = evaluated(parts, timeZone);
  if (evaluation.kind !== 'rendered') throw new Error(JSON.stringify(evaluation));
  return evaluation.rendering;
}

describe('a value of the payload', () => {
  it.each([
    ['{ const: "0010" }', '0010'],
    ['{ const: true }', true],
    ['{ field: 付款申请单号 }', 'FKSQ0001'],
    ['{ field: TextField_4 }', '二'],
    ['{ field: 备注, onMissing: omit }', undefined],
    ['{ field: 没有, onMissing: omit }', undefined],
    ['{ path: approval.businessId }', '202611010001'],
    ['{ path: originator.departmentId, onMissing: omit }', undefined],
    ['{ date: approved }', '2026-11-01'],
    ['{ date: { field: 付款日期 } }', '2026-11-02'],
    ['{ amount: 付款金额 }', '1280.50'],
    ['{ text: [付款 , { field: 付款申请单号 }, "/", { field: 备注, onMissing: omit }] }', '付款FKSQ0001/'],
    ['{ object: { date: { date: approved } } }', { date: '2026-11-01' }],
    ['[{ const: a }, { field: 备注, onMissing: omit }, { object: { b: { const: c } } }]', ['a', { b: 'c' }]],
    [
      '{ rows: 明细, each: { memo: { field: 摘要 }, debit: { amount: 金额 } } }',
      [
        { memo: '出租车', debit: '35.50' },
        { memo: '酒店', debit: '1245.00' },
      ],
    ],
    ['{ rows: 附件, onMissing: omit, each: { a: { field: b } } }', undefined],
  ])('%s is %j', (value, expected) => {
    expect(rendered({ payload: `{ a: ${value} }` }).payload).toEqual(expected === undefined ? {} : { a: expected });
  });

  it.each([
    ['{ field: 没有 }', 'mapping.unknown-field', 'administrator', 'payload.a: "没有" is no field of this form'],
    ['{ field: 备注 }', 'mapping.empty-field', 'finance', 'payload.a: "备注" is empty'],
    ['{ field: 附注 }', 'mapping.ambiguous-field', 'administrator', 'payload.a: "附注" is the name of several fields'],
    [
      '{ path: originator.departmentId }',
      'mapping.missing-fact',
      'administrator',
      'payload.a: originator.departmentId',
    ],
    [
      '{ amount: 付款申请单号 }',
      'mapping.not-an-amount',
      'finance',
      'payload.a: "付款申请单号" holds no decimal number',
    ],
    ['{ date: { field: 账号 } }', 'mapping.not-a-date', 'finance', 'payload.a: "账号" holds no date'],
    [
      '{ rows: 账号, each: { b: { field: c } } }',
      'mapping.not-a-table',
      'administrator',
      'payload.a: "账号" is no table',
    ],
    ['{ rows: 附件, each: { b: { field: c } } }', 'mapping.empty-field', 'finance', 'payload.a: "附件" is empty'],
    ['{ rows: 明细, each: { b: { field: c } } }', 'mapping.unknown-field', 'administrator', 'payload.a[0].b: "c"'],
  ])('%s is the fault %s', (value, code, owner, reason) => {
    expect(evaluated({ payload: `{ a: ${value} }` })).toMatchObject({
      kind: 'fault',
      fault: { code, owner, reason: expect.stringContaining(reason) },
    });
  });

  it('is never shown in a fault: it may be a bank account', () => {
    expect(JSON.stringify(evaluated({ payload: '{ a: { date: { field: 账号 } } }' }))).not.toContain('6222');
  });
});

describe('the amount', () => {
  it('is a decimal with the digits of its currency, and what the document must show', () => {
    expect(rendered({ expect: '{ payee: { path: originator.userId } }' })).toMatchObject({
      amount: { amount: '1280.50', currency: 'CNY' },
      expectation: { amount: { amount: '1280.50', currency: 'CNY' }, payee: 'user01', date: '2026-11-01' },
    });
  });

  it.each([
    ['1280.505', 'mapping.too-precise'],
    ['0.00', 'mapping.not-positive'],
    ['-3', 'mapping.not-positive'],
    ['1e3', 'mapping.not-an-amount'],
  ])('%s is the fault %s', (value, code) => {
    const form = [field('MoneyField_1', '付款金额', value)];
    const checked = evaluated({});
    expect(checked.kind).toBe('rendered');
    expect(withForm(form)).toMatchObject({ kind: 'fault', fault: { code } });
  });

  it('of a currency without decimals has none', () => {
    const form = [field('MoneyField_1', '付款金额', '1280.00'), field('DDSelectField_1', '币种', 'JPY')];
    expect(withForm(form, '{ field: 币种 }')).toMatchObject({
      rendering: { amount: { amount: '1280', currency: 'JPY' } },
    });
    const strange = [field('MoneyField_1', '付款金额', '1280'), field('DDSelectField_1', '币种', '人民币')];
    expect(withForm(strange, '{ field: 币种 }')).toMatchObject({ fault: { code: 'mapping.not-a-currency' } });
  });
});

function withForm(form: readonly FormField[], currency = 'CNY') {
  const checked = checkFlow(
    `name: pay
title: { en: a, zh: b }
source: { connection: c, kinds: [K] }
voucher: { name: v, target: t, operation: o, patience: 1h }
accountingDate: approved
amount: { field: 付款金额, currency: ${currency} }
payload: { a: { const: x } }
`,
    'pay.yaml',
  );
  if (!checked.ok) throw new Error(checked.errors.map(faultText).join('\n'));
  return evaluateFlow(checked.value.flow, { ...approval, form }, 'Asia/Shanghai');
}

describe('the accounting date', () => {
  it.each([
    ['2026-10-31T15:59:59.999Z', '2026-10-31'],
    ['2026-10-31T16:00:00.000Z', '2026-11-01'],
  ])('of an approval at %s is %s in Shanghai, at a border of months', (instant, day) => {
    expect(dayIn('Asia/Shanghai', instant)).toBe(day);
    expect(dayIn('UTC', instant)).toBe('2026-10-31');
  });

  it('may be a date field, which knows no time zone', () => {
    expect(rendered({ accountingDate: '{ field: 付款日期 }' }, 'America/New_York').accountingDate).toBe('2026-11-02');
  });

  it.each([
    ['2026-02-28', '2026-02-28'],
    ['2028-02-29 23:59', '2028-02-29'],
    ['2026-02-29', undefined],
    ['2026-13-01', undefined],
    ['2026/01/01', undefined],
    ['2026-1-1', undefined],
  ])('from the text %s is %s', (text, day) => expect(dayOfField(text)).toBe(day));
});

describe('a condition', () => {
  it.each([
    ['[{ field: 付款申请单号, equals: FKSQ0001 }]', 'rendered'],
    ['[{ field: 付款申请单号, equals: FKSQ0002 }]', 'skipped'],
    ['[{ field: 没有, equals: x }]', 'skipped'],
    ['[{ field: TextField_3, equals: 一 }, { field: TextField_4, equals: 一 }]', 'skipped'],
    ['[{ field: 附注, equals: 一 }]', 'fault'],
  ])('%s: the approval is %s', (when, kind) => expect(evaluated({ when }).kind).toBe(kind));
});

describe('an accounting date that a person chose', () => {
  const payload = `{ a: { date: approved }, b: { date: { field: 付款日期 } },
  rows: { rows: 明细, each: { day: { date: approved } } } }`;

  it('stands wherever the flow writes its own, and nowhere else', () => {
    expect(rendered({ payload, redatedTo: '2026-12-01' })).toMatchObject({
      accountingDate: '2026-12-01',
      expectation: { date: '2026-12-01' },
      payload: { a: '2026-12-01', b: '2026-11-02', rows: [{ day: '2026-12-01' }, { day: '2026-12-01' }] },
    });
    const byField = { accountingDate: '{ field: 付款日期 }', redatedTo: '2026-12-01' };
    expect(rendered({ payload, ...byField })).toMatchObject({
      accountingDate: '2026-12-01',
      payload: { a: '2026-11-01', b: '2026-12-01', rows: [{ day: '2026-11-01' }, { day: '2026-11-01' }] },
    });
  });

  it('does not need the field of the flow’s own', () => {
    const accountingDate = '{ field: 备注 }';
    expect(evaluated({ accountingDate }).kind).toBe('fault');
    const redated = rendered({
      accountingDate,
      payload: `{ a: { date: ${accountingDate} } }`,
      redatedTo: '2026-12-01',
    });
    expect(redated.payload).toEqual({ a: '2026-12-01' });
  });
});

describe('what a voucher claims for itself alone', () => {
  const claim = (values: string, normalise = '[]') => {
    return `[{ name: invoice, company: "001", values: ${values}, normalise: ${normalise} }]`;
  };

  it.each([
    ['[{ field: 付款申请单号 }]', '[]', 'FKSQ0001'],
    ['[{ const: " ｆk 1 " }]', '[halfwidth, trim, upper]', 'FK 1'],
    ['[{ const: 033-001 }, { const: No.42 }]', '[digits]', '033001/42'],
    ['[{ const: a/b }, { const: c }]', '[]', 'a%2Fb/c'],
    ['[{ const: a }, { const: b/c }]', '[]', 'a/b%2Fc'],
    ['[{ const: a%2Fb }, { const: c }]', '[]', 'a%252Fb/c'],
    ['[{ field: 备注, onMissing: omit }, { field: 付款申请单号 }]', '[]', '/FKSQ0001'],
  ])('%s by %s is %s', (values, normalise, value) => {
    expect(rendered({ exclusive: claim(values, normalise) }).exclusive).toEqual([
      { name: 'invoice', company: '001', value },
    ]);
  });

  it('is nothing where all that it is made of may be missing and is', () => {
    expect(rendered({ exclusive: claim('[{ field: 备注, onMissing: omit }]') })).not.toHaveProperty('exclusive');
    const noDigits = claim('[{ field: 附注, onMissing: omit }]'.replace('附注', 'TextField_3'), '[digits]');
    expect(rendered({ exclusive: noDigits })).not.toHaveProperty('exclusive');
  });

  it('stops for a person where a part of it is missing that may not be', () => {
    expect(evaluated({ exclusive: claim('[{ field: 备注 }]') })).toMatchObject({
      fault: { code: 'mapping.empty-field', reason: 'exclusive[0].values[0]: "备注" is empty' },
    });
    expect(evaluated({ exclusive: claim('[{ field: TextField_3 }]', '[digits]') })).toMatchObject({
      fault: { code: 'mapping.empty-claim', owner: 'finance', reason: expect.not.stringContaining('一') },
    });
  });
});
