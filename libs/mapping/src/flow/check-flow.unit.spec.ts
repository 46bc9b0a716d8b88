import { describe, expect, it } from 'vitest';
import { faultText } from '../file/fault.js';
import type { TableFile } from '../tables/read-csv.js';
import { checkFlow, FlowCompiler, flowTables, UnreadableFlow } from './check-flow.js';

const FILE = 'deploy/flows/pay/flow.yaml';
const good = `name: pay
title: { en: Payment request, zh: 付款申请 }
source: { connection: dingtalk-main, kinds: [PROC-PAYMENT] }
voucher: { name: payment-bill, target: kingdee-hq, operation: push-payment-bill, patience: 72h }
accountingDate: =approval.approvedOn
amount: =[付款金额]
currency: CNY
payload:
  applicationNumber: =[付款申请单号]
  remark: { $value: "=[付款事由]", $onMissing: omit }
`;

const accounts = csv('accounts', 'category,account\n差旅费,6601.02\n');

function csv(name: string, text: string): TableFile {
  return { name, file: `deploy/flows/tables/${name}.csv`, text };
}

/** Names that use each other. */
function chain(length: number): string[] {
  return Array.from({ length }, (_, index) => `n${index + 1}: "=n${index}"`);
}

function faults(text: string, tables: readonly TableFile[] = []): string[] {
  const checked = checkFlow(text, FILE, tables);
  return checked.ok ? [] : checked.errors.map(faultText);
}

function right(text: string, tables: readonly TableFile[] = []) {
  const checked = checkFlow(text, FILE, tables);
  if (!checked.ok) throw new Error(checked.errors.map(faultText).join('\n'));
  return checked.value;
}

function withNumber(value: string): string {
  return good.replace('=[付款申请单号]', value);
}

describe('a flow file', () => {
  it('without faults gives the flow, the content to publish and its hash', () => {
    const { flow, content, hash } = right(good);
    expect(flow).toMatchObject({ name: 'pay', voucher: { patienceSeconds: 259_200 }, checks: [], exclusive: [] });
    expect(content).toMatchObject({ payload: { applicationNumber: '=[付款申请单号]' } });
    expect(new FlowCompiler().compile(hash, content)).toMatchObject({ name: 'pay', voucher: flow.voucher });
  });

  it('has the same hash however it is laid out', () => {
    const [line = '', ...rest] = good.split('\n');
    expect(right([...rest, `# a comment`, line].join('\n')).hash).toBe(right(good).hash);
  });

  const faulty: [string, string, string, RegExp][] = [
    [
      'an unknown name',
      'accountingDate:',
      'acountingDate:',
      /^deploy\/flows\/pay\/flow\.yaml:5:1: acountingDate: "acountingDate" is not known here/,
    ],
    [
      'a missing name',
      'accountingDate: =approval.approvedOn\n',
      '',
      /:1:1: accountingDate: "accountingDate" is missing\. Add `accountingDate`/,
    ],
    ['a strange patience', '72h', '3 days', /voucher\.patience: "3 days" is not a time such as 30m, 72h or 7d/],
    ['a small currency', 'CNY', 'cny', /:7:1: currency: "cny" is not a currency of three capitals/],
    ['a name with a slash', 'name: pay\n', 'name: a/b\n', /:1:1: name: "a\/b" is not a name of small letters/],
    ['no kinds', '[PROC-PAYMENT]', '[]', /source\.kinds: the list is empty/],
    [
      'a day without an end',
      'amount:',
      'from: 2026-01-01\namount:',
      /from: "2026-01-01" is not a day with its time and zone, such as/,
    ],
    ['a day that is none', 'amount:', 'from: 2026-13-01T00:00:00Z\namount:', /is on no calendar/],
    [
      'a note without the number',
      'amount:',
      'writeBack: done\namount:',
      /writeBack: .*does not hold the voucher number/,
    ],
    ['an order of nothing', '72h }', '72h, after: [] }', /voucher\.after: the list is empty/],
    ['a strange companion', 'amount:', 'alongside: [A b]\namount:', /alongside\[0\]: "A b" is not a name/],
    [
      'the same name twice',
      'currency: CNY',
      'currency: CNY\nname: pay',
      /:8:1: "name" stands here a second time\. Take one/,
    ],
    ['a tab', '  applicationNumber', '\tapplicationNumber', /begins with a tab\. Indent by blanks/],
    ['an alias', '[PROC-PAYMENT]', '[&a PROC, *a]', /uses an alias/],
    ['broken YAML', '[PROC-PAYMENT]', '[PROC-PAYMENT', /no readable YAML/],
    [
      'a condition that is none',
      'amount:',
      'when: =[付款金额] + 1\namount:',
      /:6:8: when: .*true or false, found a number/,
    ],
    ['a condition in words', 'amount:', 'when: true\namount:', /when: this is no condition\. Write a formula/],
    ['an amount that is no number', '=[付款金额]', '="100"', /:6:10: amount: .*a number, found a text/],
    ['an amount in words', '=[付款金额]', '付款金额', /amount: this is no formula\. Write `=\[金额\]`/],
    ['a day that is a number', '=approval.approvedOn', '=1 + 1', /accountingDate: .*a date, found a number/],
    ['a day of itself', '=approval.approvedOn', '=accountingDate', /:5:18: accountingDate: .*not known here/],
    [
      'a check without words',
      'amount:',
      'checks: [{ that: "=[付款金额] > 0" }]\namount:',
      /checks\[0\]\.otherwise: "otherwise" is missing/,
    ],
    [
      'a claim on nothing',
      'amount:',
      'exclusive: [{ name: invoice, company: "1", values: [] }]\namount:',
      /exclusive\[0\]\.values: the list is empty/,
    ],
    [
      'a claim that all share who have none',
      'amount:',
      'exclusive: [{ name: invoice, company: "1", values: [{ $value: "=[a]", $onMissing: none }] }]\namount:',
      /exclusive\[0\]\.values\[0\]\.\$onMissing: a value can not stand in here\. Choose one of error, omit/,
    ],
    [
      'a claim on rows of no table',
      'amount:',
      'exclusive: [{ name: invoice, company: "1", rows: =1, values: ["=[a]"] }]\namount:',
      /exclusive\[0\]\.rows: .*a table, found a number/,
    ],
  ];
  it.each(faulty)('with %s is refused, with the place and the mend', (_what, from, to, words) => {
    expect(good).toContain(from);
    expect(faults(good.replace(from, to)).join('\n')).toMatch(words);
  });

  it.each([
    [
      'a bare number',
      '0010',
      /:9:3: payload\.applicationNumber: the constant 10 is a bare number\. Put it into quotes/,
    ],
    ['nothing', '', /payload\.applicationNumber: expected a text or a formula, found nothing/],
    ['an unknown function', '=uper([a])', /:9:23: .*"uper" is no function\. Did you mean upper/],
    ['a type that does not fit', '="a" & (1 + "2")', /:9:34: .*found a text/],
    ['a fault inside quotes', `'="a" & (1 + "2")'`, /:9:35: .*found a text/],
    ['a formula without its =', 'left([事由], 10)', /this looks like a formula without its =\. Write `=` before it/],
    ['a table', '=form', /:9:2\d: payload\.applicationNumber: /],
    ['an unknown directive', '{ $fi: "=true" }', /\$fi: "\$fi" is not known\. Known are \$rows, \$let, \$if/],
    ['a value beside members', '{ $value: x, a: y }', /\.a: "a" stands beside \$value/],
    ['a way without a value', '{ $onMissing: omit, a: y }', /\$onMissing: there is no value it could be about/],
    [
      'an unknown way',
      '{ $value: "=[a]", $onMultiple: last }',
      /\$onMultiple: "last" is no choice\. Choose one of error, first/,
    ],
    ['a literal that is missing', '{ $value: a, $onMissing: omit }', /\$onMissing: a literal is never missing/],
    ['an object for a value', '{ $value: { a: b } }', /\$value: this is no single value/],
    ['rows that are no item', '{ $rows: "=[a]", b: c }', /\$rows: only an item of a list can stand for several/],
    ['rows of no table', '[{ $rows: "=1 + 1", b: c }]', /applicationNumber\[0\]\.\$rows: .*a table, found a number/],
    ['a condition that is none', '{ $if: "=[a]", b: c }', /\$if: .*true or false, found a field/],
    ['a row where there is none', '=row.number', /there is no row here/],
    ['a name that is taken', '{ $let: { accountingDate: =1 }, a: b }', /"accountingDate" means something already/],
    ['a name that is none', '{ $let: { a-b: =1 }, a: b }', /"a-b" is not a name of letters/],
  ])('with %s in its payload is refused', (_what, value, words) => {
    expect(faults(withNumber(value)).join('\n')).toMatch(words);
  });

  it.each([
    ['a folded text', '>-\n    ="a" &\n    (1 + "2")', /:11:10: .*found a text/],
    ['a literal text', '|\n    ="a" &\n      (1 + "2")\n', /:11:12: .*found a text/],
    ['a text over two lines', `'="a" &\n    (1 + "2")'`, /:10:10: .*found a text/],
    ['a text with escapes', '"=\\"a\\" & (1 + \\"2\\")"', /:9:3[89]: .*found a text/],
  ])('has faults of a formula in %s at their own line and column', (_what, value, words) => {
    expect(faults(withNumber(value)).join('\n')).toMatch(words);
  });

  it('with a formula that YAML cuts up says so', () => {
    expect(faults(withNumber('="a: " & [b]')).join()).toMatch(/:9:\d+: no readable YAML: .* goes into quotes: '=…'\.$/);
  });

  it('with YAML that loses its way says the first place only', () => {
    expect(faults(withNumber('{ $value: =[a], $onMissing: omit }\n  b: { c: =[d] }\n  e: f'))).toHaveLength(1);
  });

  it('may hold a text that has a bracket and the name of a function', () => {
    expect(right(withNumber('text(摘要)')).flow.name).toBe('pay');
    expect(right(withNumber(`'="left([a])"'`)).flow.name).toBe('pay');
  });

  it('with a prototype for a payload is refused', () => {
    expect(faults(good.replace('applicationNumber:', '__proto__:')).join()).toMatch(
      /"__proto__" can't be a payload name/,
    );
  });

  it('nested without end is refused', () => {
    const deep = `${'{ a: '.repeat(40)}b${' }'.repeat(40)}`;
    expect(faults(withNumber(deep)).join()).toMatch(/more than 32 levels/);
  });

  it('shows all faults at once', () => {
    expect(
      faults(good.replace('72h', 'x').replace('CNY', 'x').replace('pay', 'P').replace('=[付款事由]', '==')),
    ).toHaveLength(4);
  });

  it('that holds no flow at all is refused', () => {
    expect(faults('just text').join()).toMatch(/expected members, found text/);
    expect(faults('').join()).toMatch(/:1:1: expected members, found nothing/);
  });
});

describe('names of a flow', () => {
  const withLet = (names: string, use = '=a') => withNumber(use).replace('amount:', `let: ${names}\namount:`);

  it('may use each other in any order', () => {
    expect(faults(withLet('{ a: "=b & c", c: =text(2), b: x }'))).toEqual([]);
  });

  it('that need themselves are refused, once', () => {
    expect(faults(withLet('{ a: "=b", b: "=c", c: "=a" }')).join('\n')).toMatch(
      /^\S+:6:8: let\.a: "a" needs itself: a → b → c → a\. Take one of them out\.$/,
    );
  });

  it('have a type, also where nobody uses them', () => {
    expect(faults(withLet('{ a: "=1 + 1" }', '="x" & upper(a)')).join()).toMatch(/found a number/);
    expect(faults(withLet('{ a: x, b: "=1 +" }')).join()).toMatch(/^\S+:6:\d+: let\.b: /);
    expect(faults(withLet('{ a: 1 }')).join()).toMatch(/let\.a: the constant 1 is a bare number/);
  });

  it('that need the accounting date can not give it', () => {
    const text = withLet('{ a: "=b", b: "=formatDate(accountingDate, \'yyyyMM\')" }').replace(
      '=approval.approvedOn',
      '=date(a)',
    );
    expect(faults(text).join()).toMatch(/:5:\d+: accountingDate: "a" needs the accounting date, which this is to give/);
  });

  it('of an object are not known outside, and hide none around them', () => {
    expect(faults(withNumber('{ $let: { n: "1" }, a: =n }'))).toEqual([]);
    expect(faults(withNumber('{ $let: { n: "1" }, a: x }').replace('=[付款金额]', '=number(n)')).join()).toMatch(
      /amount: .*"n" is not known/,
    );
    expect(faults(withLet('{ a: x }', '{ $let: { a: y }, b: =a }')).join()).toMatch(
      /\$let\.a: "a" is a name around this one/,
    );
  });

  it.each([
    [['n0: x', ...chain(1_000), 'a: =n1000']],
    [['n0: x', ...chain(40), 'a: =n40']],
    [['a: =n1000', ...chain(1_000).reverse(), 'n0: x']],
  ])('through too many levels are refused', (names) => {
    expect(faults(withLet(`{ ${names.join(', ')} }`)).join()).toMatch(/through more than 32 levels/);
  });
});

describe('tables of a flow', () => {
  const looking = withNumber('=lookup("accounts", "account", "category", [类型])');

  it('are published with it when its formulas name them', () => {
    const { flow, content, hash } = right(looking, [accounts, csv('unused', '')]);
    expect(flowTables(flow)).toEqual(['accounts']);
    expect(content.tables).toEqual({ accounts: { columns: ['category', 'account'], rows: [['差旅费', '6601.02']] } });
    expect(new FlowCompiler().compile(hash, content).tables.find('accounts', [], '2026-01-01')).toMatchObject({
      rows: [{ columns: { account: '6601.02' } }],
    });
    expect(right(looking, [csv('accounts', 'category,account\n差旅费,6602\n')]).hash).not.toBe(hash);
    expect(right(good, [accounts]).content).not.toHaveProperty('tables');
  });

  it.each(['category;account\n差旅费;6602\n', '\uFFFD\n', ''])(
    'that can not be read (%j) have one fault, of the file',
    (text) => {
      expect(faults(looking, [csv('accounts', text)])).toEqual([expect.stringMatching(/accounts\.csv:1:1: /)]);
      const dated = good.replace(
        '=approval.approvedOn',
        '{ value: =approval.approvedOn, periods: accounts, closed: park }',
      );
      expect(faults(dated, [csv('accounts', text)])).toHaveLength(1);
    },
  );

  it('have to be there, with the columns that are asked for', () => {
    expect(faults(looking).join()).toMatch(/:9:30: payload\.applicationNumber: .*accounts/);
    expect(faults(looking.replace('"account"', '"acount"'), [accounts]).join()).toMatch(/acount.*account/);
    expect(faults(looking.replace('"category"', '"categry"'), [accounts]).join()).toMatch(/categry.*category/);
  });

  it('with faults refuse the flow that names them, by file, line and column', () => {
    expect(faults(looking, [csv('accounts', 'category,account\n差旅费\n')])).toEqual([
      'deploy/flows/tables/accounts.csv:2:4: the row has 1 cells, the header 2. Write a cell for each column; a cell with a comma goes into double quotes.',
    ]);
    expect(faults(good, [csv('accounts', 'category,account\n差旅费\n')])).toEqual([]);
  });

  it('of one name in two files are refused', () => {
    expect(faults(looking, [accounts, { ...accounts, file: 'own/accounts.csv' }]).join()).toMatch(
      /^own\/accounts\.csv:1:1: the table accounts is also in deploy\/flows\/tables\/accounts\.csv\. Rename/,
    );
  });

  it('may be as large as one message', () => {
    const rows = Array.from({ length: 1_000 }, (_, index) => `category ${index},${'6601'.repeat(250)}`).join('\n');
    expect(faults(looking, [csv('accounts', `category,account\n${rows}`)]).join()).toMatch(
      /:1:1: the flow with its tables has \d+ kB \(accounts \d+ kB\), and 800 kB is all that fits/,
    );
  });

  it('of master data are not the flow’s', () => {
    const { flow, content } = right(withNumber('=lookup("kingdee-hq/accounts", "code", "name", "x")'));
    expect(flow.lookups).toEqual([
      { table: 'kingdee-hq/accounts', columns: ['code', 'name'], path: ['payload', 'applicationNumber'] },
    ]);
    expect(content).not.toHaveProperty('tables');
  });

  const dated = (table: string) => {
    const rule = '{ value: =approval.approvedOn, periods: periods, closed: park }';
    return faults(good.replace('=approval.approvedOn', rule), [csv('periods', table)]).join('\n');
  };

  it('of periods have months that are open or closed', () => {
    expect(dated('period,status\n2026-11,open\n')).toBe('');
    expect(dated('period\n2026-11\n')).toMatch(
      /:5:48: accountingDate\.periods: the table periods has no column "status"/,
    );
    expect(dated('period,status\n202611,open\n')).toMatch(
      /"202611" in the table periods is no month\. Write it as 2026-11/,
    );
    expect(dated('period,status\n2026-11,opened\n')).toMatch(/"opened" in the table periods is no status/);
    expect(
      faults(good.replace('=approval.approvedOn', '{ value: =approval.approvedOn, periods: p, closed: x }')).join(),
    ).toMatch(/there is no table "p"\. Write tables\/p\.csv.*"x" is no choice\. Choose one of nextOpen, park, ask/s);
  });
});

describe('a published content', () => {
  it('that is no flow is named by its first fault, each time it is asked for', () => {
    const compiler = new FlowCompiler();
    const compile = () => compiler.compile('h', { name: 'pay', amount: { field: 'x', currency: 'cny' } });
    expect(compile).toThrow(UnreadableFlow);
    expect(compile).toThrow(/title: "title" is missing/);
  });

  it('with tables that are none is unreadable', () => {
    const { content } = right(withNumber('=lookup("accounts", "account", "category", [类型])'), [accounts]);
    const broken = { ...content, tables: { accounts: { columns: ['category'], rows: [['a', 'b']] } } };
    expect(() => new FlowCompiler().compile('h', broken)).toThrow(UnreadableFlow);
  });
});
