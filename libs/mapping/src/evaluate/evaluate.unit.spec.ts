import type { FormField, Lookups } from '@voucherline/contracts';
import { describe, expect, it } from 'vitest';
import { faultText } from '../file/fault.js';
import { checkFlow } from '../flow/check-flow.js';
import { noMasterData } from '../lookups/lookups.js';
import { dayIn } from './dates.js';
import { type EvaluationOptions, evaluateFlow, type MappedApproval } from './evaluate.js';

const field = (id: string, name: string, value: string | null, rows?: FormField[][]): FormField => {
  return { id, name, type: 'TextField', value, ...(rows && { rows }) };
};

const form: readonly FormField[] = [
  field('TextField_1', '付款申请单号', ' FKSQ0001 '),
  field('MoneyField_1', '付款金额', '1,280.5'),
  field('DDDateField_1', '付款日期', '2026-11-02 09:30'),
  field('TextField_2', '备注', null),
  field('TextField_3', '附注', '一'),
  field('TextField_4', '附注', '二'),
  field('TextField_5', '账号', '6222020200112233445'),
  field('TableField_1', '明细', null, [
    [field('TextField_6', '摘要', '出租车'), field('MoneyField_2', '金额', '35.5'), field('TextField_7', '发票', 'a1')],
    [field('TextField_6', '摘要', '酒店'), field('MoneyField_2', '金额', '1245'), field('TextField_7', '发票', null)],
  ]),
  field('TableField_2', '附件', null),
];

const approval: MappedApproval = {
  connection: 'dingtalk-main',
  kind: 'PROC-PAYMENT',
  businessId: '202611010001',
  title: '张三的付款申请',
  originator: { userId: 'user01', departmentName: '总公司' },
  approvedAt: '2026-10-31T16:00:00.000Z',
  form,
};

const TABLES = {
  accounts:
    'name,account,valid_from,valid_to\n出租车,6601.01,,2026-10-31\n出租车,6601.02,2026-11-01,\n酒店,6601.03,,\n酒店,6601.04,,\n',
  periods: 'period,status\n2026-10,closed\n2026-11,closed\n2026-12,open\n2027-01,open\n',
  closed: 'period,status\n2026-12,closed\n',
};

interface Parts {
  /** Members of the flow in place of those below. */
  readonly [member: string]: string;
}

const MEMBERS: Parts = {
  accountingDate: '=approval.approvedOn',
  amount: '=[付款金额]',
  currency: 'CNY',
  payload: '{ a: x }',
};

function flowOf(parts: Parts) {
  const members = Object.entries({ ...MEMBERS, ...parts }).map(([name, value]) => `${name}: ${value}\n`);
  const text = `name: pay
title: { en: a, zh: b }
source: { connection: dingtalk-main, kinds: [PROC-PAYMENT] }
voucher: { name: payment-bill, target: kingdee-hq, operation: push-payment-bill, patience: 72h }
${members.join('')}`;
  const files = Object.entries(TABLES).map(([name, csv]) => ({ name, file: `${name}.csv`, text: csv }));
  const checked = checkFlow(text, 'pay.yaml', files);
  if (!checked.ok) throw new Error(checked.errors.map(faultText).join('\n'));
  return checked.value.flow;
}

const OPTIONS: EvaluationOptions = { timeZone: 'Asia/Shanghai', masterData: noMasterData };

function evaluated(parts: Parts, options: Partial<EvaluationOptions> = {}, of: Partial<MappedApproval> = {}) {
  return evaluateFlow(flowOf(parts), { ...approval, ...of }, { ...OPTIONS, ...options });
}

function rendered(parts: Parts, options: Partial<EvaluationOptions> = {}, of: Partial<MappedApproval> = {}) {
  const evaluation = evaluated(parts, options, of);
  if (evaluation.kind !== 'rendered') throw new Error(JSON.stringify(evaluation));
  return evaluation.rendering;
}

const payloadOf = (value: string) => rendered({ payload: `{ a: ${value} }` }).payload;

describe('a value of the payload', () => {
  it.each<[string, unknown]>([
    ['"0010"', '0010'],
    ['""', ''],
    ['true', true],
    ['"=[付款申请单号]"', 'FKSQ0001'],
    ['"=[TextField_4]"', '二'],
    [`'="=x"'`, '=x'],
    ['=approval.businessId', '202611010001'],
    ['=approval.approvedOn', '2026-11-01'],
    ['"=date([付款日期])"', '2026-11-02'],
    ['"=money([付款金额])"', '1280.50'],
    ['"=[付款金额] * 1000000000000"', '1280500000000000'],
    ['"=[付款金额] > 1"', true],
    [`'=split("x,y", ",")'`, ['x', 'y']],
    [`'="付款" & [付款申请单号] & "/" & coalesce([备注], "无")'`, '付款FKSQ0001/无'],
    ['{ date: =accountingDate }', { date: '2026-11-01' }],
    ['{ $value: "=[备注]", $onMissing: omit }', undefined],
    ['{ $value: "=[没有]", $onMissing: omit }', undefined],
    ['{ $value: =originator.departmentId, $onMissing: omit }', undefined],
    ['{ $value: "=[备注]", $onMissing: null }', null],
    ['{ $value: "=[备注]", $onMissing: 无 }', '无'],
    ['{ $value: "=upper([备注])", $onMissing: "=[TextField_4]" }', '二'],
    ['{ $value: "=[附注]", $onMultiple: first }', '一'],
    ['{ $if: "=[付款金额] > 2000", $value: x }', undefined],
    ['{ $if: "=[付款金额] > 1000", b: c }', { b: 'c' }],
    ['{ $let: { n: "=[付款金额] / 2" }, b: =money(n), c: =n + 1 }', { b: '640.25', c: '641.25' }],
    ['{ b: { $value: "=[备注]", $onMissing: omit } }', undefined],
    ['{}', {}],
    ['[]', []],
    ['[x, { $value: "=[备注]", $onMissing: omit }, { b: c }]', ['x', { b: 'c' }]],
    ['[{ $if: =false, b: c }]', undefined],
  ])('%s is %j', (value, expected) => {
    expect(payloadOf(value)).toEqual(expected === undefined ? {} : { a: expected });
  });

  it.each<[string, unknown]>([
    [
      '[{ $rows: "=[明细]", memo: "=[摘要]", debit: "=money([金额])" }, { credit: "=money([付款金额])" }]',
      [{ memo: '出租车', debit: '35.50' }, { memo: '酒店', debit: '1245.00' }, { credit: '1280.50' }],
    ],
    [
      '[{ $rows: "=[明细]", $if: "=[金额] > tax", $let: { tax: "=form[付款金额] - [金额] - 1000" }, n: =row.number, t: =tax }]',
      [{ n: '2', t: '-964.5' }],
    ],
    ['[{ $rows: "=[明细]", $value: "=[摘要]" }]', ['出租车', '酒店']],
    ['[{ $rows: "=[明细]", $value: "=[发票]", $onMissing: omit }]', ['a1']],
    ['[{ $rows: "=[附件]", a: "=[b]" }]', undefined],
    ['[{ $rows: "=[没有]", $onMissing: omit, a: "=[b]" }, x]', ['x']],
    [
      '[{ $rows: "=[明细]", of: [{ $rows: "=form[明细]", $value: =row.number }] }]',
      [{ of: ['1', '2'] }, { of: ['1', '2'] }],
    ],
  ])('%s, an item for each row, is %j', (value, expected) => {
    expect(payloadOf(value)).toEqual(expected === undefined ? {} : { a: expected });
  });

  it.each([
    ['"=[没有]"', 'mapping.unknown-field', 'administrator', 'payload.a: "没有" is no field of this form'],
    ['"=[备注]"', 'mapping.empty-field', 'finance', 'payload.a: "备注" is empty'],
    ['"=[附注]"', 'mapping.ambiguous-field', 'administrator', 'payload.a: "附注" is the name of several fields'],
    ['=originator.departmentId', 'mapping.missing-fact', 'administrator', 'payload.a: originator.departmentId'],
    [
      '"=money([付款申请单号])"',
      'mapping.not-an-amount',
      'finance',
      'payload.a: "付款申请单号" holds no decimal number such as 1280.50',
    ],
    [
      '{ $value: "=addDays([账号], 1)", $onMissing: omit }',
      'mapping.not-a-date',
      'finance',
      'payload.a: "账号" holds no date',
    ],
    ['[{ $rows: "=[账号]", b: c }]', 'mapping.not-a-table', 'administrator', 'payload.a[0]: "账号" is no table'],
    ['[{ $rows: "=[没有]", b: c }]', 'mapping.unknown-field', 'administrator', 'payload.a[0]: "没有" is no field'],
    ['[x, { $rows: "=[明细]", b: "=[c]" }]', 'mapping.unknown-field', 'administrator', 'payload.a[1].b: "c"'],
    [
      '[{ $rows: "=[明细]", b: "=[付款金额]" }]',
      'mapping.unknown-field',
      'administrator',
      'payload.a[0].b: "付款金额" in row 1 is no column of that table; the form has it: form[付款金额]',
    ],
  ])('%s is the fault %s', (value, code, owner, reason) => {
    expect(evaluated({ payload: `{ a: ${value} }` })).toMatchObject({
      kind: 'fault',
      fault: { code, owner, reason: expect.stringContaining(reason) },
    });
  });

  it.each([
    ['6222020200112233445', '"…3445"'],
    ['6222 0202 0011 2233 445', '"…3445"'],
    ['一千元', '"一千元"'],
    ['2026-13-01', '"2026-13-01"'],
    ['文'.repeat(100), `"${'文'.repeat(30)}…"`],
  ])('%s at fault is told, but no bank account and nothing long', (value, told) => {
    const given = { form: [field('x', '值', value)] };
    const problem = evaluated({ accountingDate: '"=date([值])"' }, {}, given);
    expect(problem).toMatchObject({ fault: { reason: expect.stringMatching(new RegExp(`: ${told}$`)) } });
  });

  it('that would be larger than a message may be is a fault', () => {
    const long = { form: [...form, field('x', '长', '文'.repeat(15_000))] };
    const items = Array.from({ length: 20 }, () => '"=[长]"').join(', ');
    expect(evaluated({ payload: `{ a: [${items}] }` }, {}, long)).toMatchObject({ fault: { code: 'mapping.limit' } });
    expect(evaluated({ payload: `{ a: [${items}, ${items}] }` }, {}, long)).toMatchObject({
      fault: { code: 'mapping.limit', path: expect.stringMatching(/^payload\.a\[2\d\]$/) },
    });
  });
});

describe('values', () => {
  it('that take too many steps all together end at a limit, each few as they are', () => {
    const rows = Array.from({ length: 1_000 }, () => [field('x', '数', '1')]);
    const long = { form: [field('t', '长', null, rows)] };
    const sums = (count: number) => {
      return `{ a: [${Array.from({ length: count }, () => '"=sum([长], [数])"').join(', ')}] }`;
    };
    const amount = '"=1"';
    expect(rendered({ amount, payload: sums(40) }, {}, long).payload).toEqual({ a: Array(40).fill('1000') });
    expect(evaluated({ amount, payload: sums(250) }, {}, long)).toMatchObject({
      fault: { code: 'mapping.limit', path: expect.stringMatching(/^payload\.a\[\d+\]$/) },
    });
  });
});

describe('names', () => {
  it('are evaluated once, where they are used first', () => {
    const text = {
      let: '{ bad: "=[没有]", total: "=sum([明细], [金额])" }',
      payload: '{ a: =money(total), b: =total }',
    };
    expect(rendered(text).payload).toEqual({ a: '1280.50', b: '1280.5' });
    const { let: names } = text;
    expect(evaluated({ let: names, payload: '{ a: { b: =bad } }' })).toMatchObject({
      fault: { reason: 'payload.a.b: "bad" ([没有]) is no field of this form 表单中没有此字段' },
    });
  });

  it('may stand for what is missing', () => {
    const names = '{ note: "=[备注]", memo: { $value: "=[备注]", $onMissing: 无 } }';
    const payload = '{ a: =isBlank(note), b: { $value: =note, $onMissing: omit }, c: =memo }';
    expect(rendered({ let: names, payload }).payload).toEqual({ a: true, c: '无' });
    const emptied = { form: [...form.filter(({ name }) => name !== '备注'), field('TextField_2', '备注', ' ')] };
    expect(rendered({ let: names, payload }, {}, emptied).payload).toEqual({ a: true, c: '无' });
    expect(evaluated({ let: names, payload: '{ a: =note }' })).toMatchObject({
      fault: { code: 'mapping.empty-field' },
    });
  });

  it('around a row are the form’s, and those of a row its own', () => {
    const names = '{ all: "=sum([明细], [金额])" }';
    const payload = `{ a: [{ $rows: "=[明细]", $let: { part: "=round([金额] / all * 100, 0)" }, p: =part, q: =all }] }`;
    expect(rendered({ let: names, payload }).payload).toEqual({
      a: [
        { p: '3', q: '1280.5' },
        { p: '97', q: '1280.5' },
      ],
    });
  });
});

describe('the amount', () => {
  it('is a decimal with the digits of its currency, and what the document must show', () => {
    expect(rendered({ expect: '{ payee: =originator.userId }' })).toMatchObject({
      amount: { amount: '1280.50', currency: 'CNY' },
      expectation: { amount: { amount: '1280.50', currency: 'CNY' }, payee: 'user01', date: '2026-11-01' },
    });
    expect(rendered({ expect: '{ payee: { $value: "=[备注]", $onMissing: omit } }' }).expectation).not.toHaveProperty(
      'payee',
    );
  });

  it.each([
    ['1280.505', 'mapping.too-precise'],
    ['0.00', 'mapping.not-positive'],
    ['-3', 'mapping.not-positive'],
    ['1e3', 'mapping.not-an-amount'],
    ['', 'mapping.empty-field'],
  ])('%s is the fault %s', (value, code) => {
    const form = [field('MoneyField_1', '付款金额', value)];
    expect(evaluated({}, {}, { form })).toMatchObject({ kind: 'fault', fault: { code } });
  });

  it('of a currency without decimals has none', () => {
    const inCurrency = (value: string) => ({
      form: [field('MoneyField_1', '付款金额', '1280.00'), field('DDSelectField_1', '币种', value)],
    });
    const payload = '{ a: "=money([付款金额])" }';
    expect(rendered({ currency: '"=[币种]"', payload }, {}, inCurrency('JPY'))).toMatchObject({
      amount: { amount: '1280', currency: 'JPY' },
      payload: { a: '1280' },
    });
    expect(evaluated({ currency: '"=[币种]"' }, {}, inCurrency('人民币'))).toMatchObject({
      fault: { code: 'mapping.not-a-currency', reason: expect.stringContaining('"人民币"') },
    });
  });
});

describe('the accounting date', () => {
  it.each([
    ['2026-10-31T15:59:59.999Z', '2026-10-31'],
    ['2026-10-31T16:00:00.000Z', '2026-11-01'],
  ])('of an approval at %s is %s in Shanghai, at a border of months', (instant, day) => {
    expect(dayIn('Asia/Shanghai', instant)).toBe(day);
    expect(dayIn('UTC', instant)).toBe('2026-10-31');
  });

  it('may be a date field, which knows no time zone', () => {
    const accountingDate = '"=[付款日期]"';
    expect(rendered({ accountingDate }, { timeZone: 'America/New_York' }).accountingDate).toBe('2026-11-02');
  });

  it('that a person chose stands wherever formulas say accountingDate, and nowhere else', () => {
    const payload = '{ a: =accountingDate, b: =approval.approvedOn, c: [{ $rows: "=[明细]", d: =accountingDate }] }';
    expect(rendered({ payload }, { accountingDate: '2026-12-01' })).toMatchObject({
      accountingDate: '2026-12-01',
      expectation: { date: '2026-12-01' },
      payload: { a: '2026-12-01', b: '2026-11-01', c: [{ d: '2026-12-01' }, { d: '2026-12-01' }] },
    });
  });

  it('that a person chose does not need the field of the flow’s own', () => {
    const parts = { accountingDate: '"=[备注]"', payload: '{ a: =accountingDate }' };
    expect(evaluated(parts)).toMatchObject({ fault: { code: 'mapping.empty-field', path: 'accountingDate' } });
    expect(rendered(parts, { accountingDate: '2026-12-01' }).payload).toEqual({ a: '2026-12-01' });
    const looking = { ...parts, payload: `{ a: '=lookup("accounts", "account", "name", "出租车")' }` };
    expect(rendered(looking, { accountingDate: '2026-10-01' }).payload).toEqual({ a: '6601.01' });
  });
});

describe('periods', () => {
  const dated = (closed: string, table = 'periods', day = '=approval.approvedOn') => {
    return {
      accountingDate: `{ value: ${day}, periods: ${table}, closed: ${closed} }`,
      payload: '{ a: =accountingDate }',
    };
  };

  it('that are closed move a voucher to the first day of the next open one', () => {
    expect(rendered(dated('nextOpen'))).toMatchObject({
      accountingDate: '2026-12-01',
      payload: { a: '2026-12-01' },
      expectation: { date: '2026-12-01' },
      lookups: [
        { table: 'periods', criteria: { period: '2026-11' }, day: '2026-11-01', row: { status: 'closed' } },
        { criteria: { period: '2026-12' }, row: { status: 'open' } },
      ],
    });
    expect(rendered(dated('nextOpen', 'periods', '=date("2026-12-24")')).accountingDate).toBe('2026-12-24');
  });

  it('do not change as of which day is looked up', () => {
    const payload = '{ a: =lookup("accounts", "account", "name", "出租车") }'.replaceAll('"', "'");
    const account = (day: string) =>
      rendered({ ...dated('nextOpen', 'periods', day), payload: payload.replace('=', '"=').replace(') }', ')" }') });
    expect(account('=date("2026-10-31")')).toMatchObject({ accountingDate: '2026-12-01', payload: { a: '6601.01' } });
    expect(account('=approval.approvedOn')).toMatchObject({ accountingDate: '2026-12-01', payload: { a: '6601.02' } });
  });

  it.each([
    ['nextOpen', 'closed', 'mapping.period-closed:2026-11', /Open 2026-11 in tables\/closed\.csv/],
    ['park', 'periods', 'mapping.period-closed:2026-11', /parked release --cause mapping\.period-closed:2026-11/],
    ['ask', 'periods', 'mapping.period-ask:2026-11', /--replan --date <yyyy-MM-dd>/],
  ])('that are closed stop for a person by %s in %s', (closed, table, code, nextStep) => {
    expect(evaluated(dated(closed, table))).toMatchObject({
      fault: { code, owner: 'finance', path: 'accountingDate', nextStep: expect.stringMatching(nextStep) },
    });
  });

  it('may be master data, and wait for it', () => {
    const parts = dated('nextOpen', 'kingdee-hq/periods');
    const rows = [{ columns: { period: '2026-11', status: 'open' } }];
    expect(rendered(parts, { masterData: { find: () => ({ kind: 'rows', rows }) } }).accountingDate).toBe('2026-11-01');
    expect(evaluated(parts, { masterData: { find: () => ({ kind: 'pending' }) } })).toMatchObject({
      fault: { code: 'mapping.table-pending:kingdee-hq/periods', owner: 'operations' },
    });
  });

  it('count for the day of a person too', () => {
    expect(rendered(dated('ask'), { accountingDate: '2026-12-05' }).accountingDate).toBe('2026-12-05');
    expect(evaluated(dated('nextOpen'), { accountingDate: '2026-10-05' })).toMatchObject({
      fault: { code: 'mapping.period-closed:2026-10' },
    });
    // A month that nobody listed is not open.
    expect(evaluated(dated('ask'), { accountingDate: '2027-05-05' })).toMatchObject({
      fault: { code: 'mapping.period-closed:2027-05' },
    });
  });
});

describe('a condition of the flow', () => {
  it.each([
    [`'=[付款申请单号] = "FKSQ0001"'`, 'rendered'],
    [`'=[付款申请单号] = "FKSQ0002"'`, 'skipped'],
    [`'=[备注] = "x"'`, 'skipped'],
    // A misspelt field must not skip approvals without a word.
    [`'=[没有] = "x"'`, 'fault'],
    [`'=[附注] = "一"'`, 'fault'],
  ])('%s: the approval is %s', (when, kind) => expect(evaluated({ when }).kind).toBe(kind));

  it('that does not hold needs nothing else to be right', () => {
    expect(evaluated({ when: '=false', amount: '"=[没有]"', accountingDate: '"=[备注]"' }).kind).toBe('skipped');
  });
});

describe('a check', () => {
  const checks = (that: string) => `[{ that: '${that}', otherwise: { en: by hand, zh: 手工记账 } }]`;

  it('that holds lets the voucher pass, any other stops it with the author’s words', () => {
    expect(evaluated({ checks: checks('=[付款金额] <= 50000') }).kind).toBe('rendered');
    expect(evaluated({ checks: checks('=[付款金额] <= 1000') })).toMatchObject({
      fault: { code: 'mapping.check', owner: 'finance', reason: 'checks[0]: by hand / 手工记账' },
    });
  });
});

describe('what a voucher claims for itself alone', () => {
  const claim = (values: string, more = '') => `[{ name: invoice, company: "001", values: ${values}${more} }]`;

  it.each([
    ['["=[付款申请单号]"]', 'FKSQ0001'],
    [`['=upper(trim(halfwidth(" ｆk 1 ")))']`, 'FK 1'],
    [`['=digits("033-001")', '=digits("No.42")']`, '033001/42'],
    ['[a/b, c]', 'a%2Fb/c'],
    ['[a, b/c]', 'a/b%2Fc'],
    ['[a%2Fb, c]', 'a%252Fb/c'],
    ['[{ $value: "=[备注]", $onMissing: omit }, "=[付款申请单号]"]', '/FKSQ0001'],
    ['["=[付款金额]"]', '1,280.5'],
  ])('%s is %s', (values, value) => {
    expect(rendered({ exclusive: claim(values) }).exclusive).toEqual([{ name: 'invoice', company: '001', value }]);
  });

  it('may be each row of a table, the same row once', () => {
    const optional = '[{ $value: "=upper([发票])", $onMissing: omit }]';
    expect(rendered({ exclusive: claim(optional, ', rows: "=[明细]"') }).exclusive).toEqual([
      { name: 'invoice', company: '001', value: 'A1' },
    ]);
    expect(rendered({ exclusive: claim(`['=left([摘要], 0) & "x"']`, ', rows: "=[明细]"') }).exclusive).toHaveLength(1);
    expect(evaluated({ exclusive: claim('["=[发票]"]', ', rows: "=[明细]"') })).toMatchObject({
      fault: { code: 'mapping.empty-field', reason: expect.stringContaining('"发票" in row 2') },
    });
    expect(rendered({ exclusive: claim('["=[发票]"]', ', rows: "=[附件]"') })).not.toHaveProperty('exclusive');
  });

  it('is nothing where all that it is made of may be missing and is', () => {
    const missing = (value: string) => rendered({ exclusive: claim(`[{ $value: '${value}', $onMissing: omit }]`) });
    expect(missing('=[备注]')).not.toHaveProperty('exclusive');
    expect(missing('=digits([TextField_3])')).not.toHaveProperty('exclusive');
  });

  it('stops for a person where a part of it is missing that may not be', () => {
    expect(evaluated({ exclusive: claim('["=[备注]"]') })).toMatchObject({
      fault: { code: 'mapping.empty-field', reason: 'exclusive[0].values[0]: "备注" is empty 为空' },
    });
    expect(evaluated({ exclusive: claim('["=digits([TextField_3])"]') })).toMatchObject({
      fault: { code: 'mapping.empty-claim', owner: 'finance', reason: expect.not.stringContaining('一') },
    });
  });
});

describe('look-ups', () => {
  const account = (name: string, more = '') => `{ $value: '=lookup("accounts", "account", "name", ${name})'${more} }`;

  it('are made as of the document’s day, and told once each', () => {
    const payload = `{ a: ${account('"出租车"')}, b: ${account('"出租车"')} }`;
    expect(rendered({ payload })).toMatchObject({
      payload: { a: '6601.02', b: '6601.02' },
      lookups: [
        {
          table: 'accounts',
          criteria: { name: '出租车' },
          day: '2026-11-01',
          row: { name: '出租车', account: '6601.02' },
          validFrom: '2026-11-01',
        },
      ],
    });
    expect(rendered({ payload }).lookups).toHaveLength(1);
    expect(rendered({})).not.toHaveProperty('lookups');
    // A person's day moves the voucher, not what it is booked to.
    expect(rendered({ payload }, { accountingDate: '2026-10-01' }).payload).toEqual({ a: '6601.02', b: '6601.02' });
  });

  it('without a row stop for finance, unless something stands in', () => {
    expect(evaluated({ payload: `{ a: ${account('"飞机"')} }` })).toMatchObject({
      fault: { code: 'mapping.no-code:accounts:飞机', owner: 'finance' },
    });
    const payload = `{ a: ${account('"飞机"', ', $onMissing: omit')}, b: ${account('"飞机"', ', $onMissing: "6601.99"')} }`;
    expect(rendered({ payload }).payload).toEqual({ b: '6601.99' });
  });

  it('with several rows stop, unless the first is asked for', () => {
    expect(evaluated({ payload: `{ a: ${account('"酒店"')} }` })).toMatchObject({
      fault: { code: expect.stringMatching(/^mapping\.ambiguous-code/) },
    });
    expect(rendered({ payload: `{ a: ${account('"酒店"', ', $onMultiple: first')} }` }).payload).toEqual({
      a: '6601.03',
    });
  });

  it('in master data ask what is pulled, and wait where it is not read yet', () => {
    const payload = `{ a: '=lookup("kingdee-hq/accounts", "code", "name", "库存现金")' }`;
    const rows = [{ columns: { code: '1001', name: '库存现金' } }];
    const asked: unknown[] = [];
    const masterData: Lookups = {
      find: (...all) => {
        asked.push(all);
        return { kind: 'rows', rows };
      },
    };
    expect(rendered({ payload }, { masterData })).toMatchObject({
      payload: { a: '1001' },
      lookups: [{ row: rows[0]?.columns }],
    });
    expect(asked).toEqual([['kingdee-hq/accounts', [{ column: 'name', value: '库存现金' }], '2026-11-01']]);
    expect(evaluated({ payload }, { masterData: { find: () => ({ kind: 'pending' }) } })).toMatchObject({
      fault: { code: 'mapping.table-pending:kingdee-hq/accounts', owner: 'operations' },
    });
    expect(evaluated({ payload })).toMatchObject({ kind: 'fault', fault: { owner: 'administrator' } });
  });
});

describe('a trace', () => {
  it('tells of each value its rule, what was read and what was looked up', () => {
    const evaluation = evaluated(
      {
        let: '{ memo: "=[付款申请单号] & [付款申请单号]" }',
        exclusive: '[{ name: application, company: "001", values: ["=[付款申请单号]"] }]',
        expect: '{ payee: =originator.userId }',
        payload: `{ a: x, b: =memo, c: =memo, d: { $value: "=[备注]", $onMissing: omit }, e: [{ $rows: "=[明细]", $if: '=[摘要] = "出租车"', f: '=lookup("accounts", "account", "name", [摘要])' }] }`,
      },
      { trace: true },
    );
    const { trace = [] } = evaluation.kind === 'rendered' ? evaluation : {};
    const number = { name: '付款申请单号', value: ' FKSQ0001 ' };
    expect(trace).toEqual([
      { path: 'accountingDate', rule: '=approval.approvedOn', reads: [], lookups: [], value: '2026-11-01' },
      { path: 'currency', rule: 'CNY', reads: [], lookups: [], value: 'CNY' },
      {
        path: 'amount',
        rule: '=[付款金额]',
        reads: [{ name: '付款金额', value: '1,280.5' }],
        lookups: [],
        value: '1280.50',
      },
      { path: 'expect.payee', rule: '=originator.userId', reads: [], lookups: [], value: 'user01' },
      { path: 'exclusive[0].values[0]', rule: '=[付款申请单号]', reads: [number], lookups: [], value: 'FKSQ0001' },
      { path: 'payload.a', rule: 'x', reads: [], lookups: [], value: 'x' },
      { path: 'payload.b', rule: '=memo', reads: [number], lookups: [], value: 'FKSQ0001FKSQ0001' },
      { path: 'payload.c', rule: '=memo', reads: [number], lookups: [], value: 'FKSQ0001FKSQ0001' },
      { path: 'payload.d', rule: '=[备注]', reads: [{ name: '备注', value: null }], lookups: [] },
      {
        path: 'payload.e[0].f',
        rule: '=lookup("accounts", "account", "name", [摘要])',
        reads: [{ name: '摘要', row: 1, value: '出租车' }],
        lookups: [expect.objectContaining({ table: 'accounts', row: { name: '出租车', account: '6601.02' } })],
        value: '6601.02',
      },
    ]);
  });

  it('tells where the accounting date comes from, wherever it is used', () => {
    const parts = {
      when: `'=accountingDate > date("2026-01-01")'`,
      accountingDate: '"=[付款日期]"',
      payload: '{ a: =accountingDate }',
    };
    const evaluation = evaluated(parts, { trace: true });
    const reads = [{ name: '付款日期', value: '2026-11-02 09:30' }];
    expect(evaluation).toMatchObject({
      trace: [{ path: 'accountingDate', reads }, {}, {}, { path: 'payload.a', reads }],
    });
  });

  it('changes nothing, and is not made unless it is asked for', () => {
    const payload = '{ a: [{ $rows: "=[明细]", b: "=[金额]" }] }';
    const { trace, ...traced } = evaluated({ payload }, { trace: true }) as { trace?: unknown };
    expect(evaluated({ payload })).toEqual(traced);
    expect(trace).toBeDefined();
  });
});
