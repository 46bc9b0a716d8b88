import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ACCOUNTS, CLAIM, Desk } from '../testing/desk.js';
import { flow } from './flow.js';

let folder: string;
let desk: Desk;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flow-test-'));
  desk = new Desk();
  write('flows/claim/flow.yaml', CLAIM);
  write('flows/claim/tables/accounts.csv', ACCOUNTS);
  write('connections/oa.yaml', 'name: oa\nproduct: dingtalk\naccount: a1\ntimeZone: Asia/Tokyo\n');
  write('connections/erp.yaml', 'name: erp\nproduct: kingdee-galaxy\naccount: a1\ntimeZone: Asia/Shanghai\n');
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): void {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** A case with what differs from a plain claim of one row. */
function writeCase(name: string, expectation: string, change: (text: string) => string = (text) => text): void {
  const text = `title: { en: One trip, zh: 一次出差 }
approval:
  businessId: "202611200001"
  title: 张三提交的报销
  approvedAt: 2026-11-20T23:30:00+08:00
  originator: { userId: u1, departmentId: "2", departmentName: 研发部 }
  form:
    事由: 差旅
    明细: [ { 费用类型: 交通, 金额: "100.00" } ]
masterData:
  erp/departments: [ { code: BM01, name: 研发部, valid_from: 2026-01-01 } ]
expect:
${expectation.replaceAll(/^/gm, '  ')}
`;
  write(`flows/claim/cases/${name}.yaml`, change(text));
}

async function test(...args: string[]): Promise<number> {
  desk.lines.splice(0);
  return flow.run(['test', join(folder, 'flows'), ...args], desk.context);
}

const VOUCHER = `voucher:
  accountingDate: 2026-11-21
  amount: "100.00"
  currency: CNY
  payload:
    accountBook: "001"
    voucherGroup: PRE001
    explanation: 报销 差旅
    entries:
      - { account: "6601.01", dimensions: { FFLEX5: BM01 }, currency: CNY, debit: "100.00" }
      - { account: "2241", currency: CNY, credit: "100.00" }
  lookups:
    - { table: accounts, row: { account: "6601.01" } }
    - { table: erp/departments, row: { code: BM01 }, validFrom: 2026-01-01 }`;

describe('flow test', () => {
  it('runs each case without a broker, in the time zone of the connection near by', async () => {
    writeCase('one-trip', VOUCHER);
    writeCase('no-account', 'parked: mapping.no-code:accounts:餐饮', (text) => text.replace('交通', '餐饮'));
    desk.context.broker = () => Promise.reject(new Error('no broker'));
    expect(await test()).toBe(0);
    expect(desk.text).toMatch(/time zone Asia\/Tokyo, by .*oa\.yaml/);
    expect(desk.text).toMatch(/ok {6}one-trip {4}One trip 一次出差/);
    expect(desk.text).toContain('1 flows, 2 cases: 2 ok, 0 failed');
    expect(desk.text).toMatch(/ok {6}no-account {2}One trip 一次出差 {2}\(payload\.entries\[0\]\.account: .*餐饮/);
  });

  it('tells each difference with its place in the flow’s output and in the case file', async () => {
    writeCase(
      'one-trip',
      VOUCHER.replace('6601.01", dim', '6602", dim').replace('"2241", currency: CNY, ', '"2241", '),
    );
    expect(await test()).toBe(1);
    expect(desk.text).toMatch(
      /payload\.entries\[0\]\.account: expected 6602 \/ got 6601\.01 {2}\(.*one-trip\.yaml:22\)/,
    );
    expect(desk.text).toMatch(
      /payload\.entries\[1\]\.currency: expected nothing \/ got CNY {2}\(.*one-trip\.yaml:23\)/,
    );
    expect(desk.text).toContain('1 cases: 0 ok, 1 failed');
  });

  it('passes over hidden folders and installed packages', async () => {
    writeCase('one-trip', VOUCHER);
    for (const folder of ['.github', 'node_modules/x']) write(`flows/${folder}/ci.yaml`, 'on: push\n');
    expect(await test()).toBe(0);
  });

  it.each([
    ['a beginning up to a colon', 'parked: mapping.no-code:accounts', 0],
    ['a beginning inside a word', 'parked: mapping.no-code:acc', 1],
    ['another outcome', 'skipped: true', 1],
  ])('takes %s of a cause as it should', async (_what, expectation, code) => {
    writeCase('no-account', expectation, (text) => text.replace('交通', '餐饮'));
    expect(await test()).toBe(code);
  });

  it('takes a table that the case does not name for one that was not read yet', async () => {
    writeCase('not-pulled', 'parked: mapping.table-pending:erp/departments', (text) =>
      text.replace(/masterData:\n.*\n/, ''),
    );
    expect(await test()).toBe(0);
    writeCase('not-pulled', VOUCHER, (text) => text.replace(/masterData:\n.*\n/, ''));
    expect(await test()).toBe(1);
    expect(desk.text).toContain('write the rows into the case: masterData: { erp/departments: [{ code: … }] }');
  });

  it('counts a row of master data on its days only', async () => {
    writeCase('too-early', 'parked: mapping.no-code:erp/departments:研发部', (text) =>
      text.replace('valid_from: 2026-01-01', 'valid_from: 2026-11-22'),
    );
    expect(await test()).toBe(0);
  });

  it('gives the voucher a person’s day', async () => {
    writeCase('moved', 'voucher: { accountingDate: 2026-12-01 }', (text) => `${text}accountingDate: 2026-12-01\n`);
    expect(await test()).toBe(0);
  });

  it('parks what the target would refuse', async () => {
    write('flows/claim/flow.yaml', CLAIM.replace('debit: =money([金额])', 'debit: =money([金额] - 1)'));
    writeCase('unbalanced', 'parked: mapping.payload');
    expect(await test()).toBe(0);
  });

  it('checks references to master data of the target that the case names, and no others', async () => {
    write(
      'connections/erp.yaml',
      'name: erp\nproduct: kingdee-galaxy\naccount: a1\ntimeZone: Asia/Shanghai\nsettings: { masterData: [accounts, departments] }\n',
    );
    writeCase('not-named', VOUCHER);
    const named = (accounts: string) => (text: string) =>
      text.replace('masterData:', `masterData:\n  erp/accounts: ${accounts}`);
    writeCase('no-account', 'parked: mapping.references', named('[ { code: "2241" } ]'));
    writeCase('all-there', VOUCHER, named('[ { code: "2241" }, { code: "6601.01", requiredDimensions: FFLEX5 } ]'));
    const lacking = named('[ { code: "2241" }, { code: "6601.01", requiredDimensions: "FFLEX5,FFLEX9" } ]');
    writeCase('no-dimension', 'parked: mapping.references', lacking);
    expect(await test()).toBe(0);
  });

  it('tells every fault of a case file with its line, and how to mend it', async () => {
    writeCase('faulty', 'parked: x\nskipped: true', (text) =>
      text.replace('"100.00"', '100.00').replace('事由: 差旅', '事由: true').replace('erp/departments', 'departments'),
    );
    expect(await test()).toBe(1);
    expect(desk.text).toMatch(
      /faulty\.yaml:9:\d+: approval\.form\.明细\[0\]\.金额: 100 is no text\. Put it into quotes/,
    );
    expect(desk.text).toMatch(/faulty\.yaml:8:\d+: approval\.form\.事由: true is no text/);
    expect(desk.text).toMatch(/faulty\.yaml:11:\d+: masterData\.departments: .*<connection>\/<kind>/);
    expect(desk.text).toMatch(/faulty\.yaml:12:\d+: expect: more than one outcome/);
  });

  it('fails for a flow without a case, and for one that can have none', async () => {
    expect(await test()).toBe(1);
    expect(desk.text).toContain('1 flows without a case');
    writeCase('one-trip', VOUCHER);
    write(
      'flows/other.yaml',
      CLAIM.replace('name: claim', 'name: other').replace(
        /"accounts", "account", "category"/,
        '"erp/accounts", "code", "name"',
      ),
    );
    expect(await test()).toBe(1);
    expect(desk.text).toMatch(/move it to other\/flow\.yaml/);
  });

  it('reads tables that all flows share', async () => {
    rmSync(join(folder, 'flows/claim/tables'), { recursive: true });
    write('flows/tables/accounts.csv', ACCOUNTS);
    writeCase('one-trip', VOUCHER);
    expect(await test()).toBe(0);
  });

  it('shows with --show what a case gives, as it would be expected, and where each field came from', async () => {
    writeCase('one-trip', VOUCHER);
    expect(await test('--show', 'one-trip')).toBe(0);
    expect(desk.text).toMatch(/expect:\n {2}voucher:\n {4}accountingDate: 2026-11-21\n {4}amount: "100\.00"/);
    const field = desk.text.slice(desk.text.indexOf('payload.entries[0].account = 6601.01'));
    expect(field).toMatch(/rule 规则 +=lookup\("accounts", "account", "category", \[费用类型\]\)/);
    expect(field).toMatch(
      /look-up 查表 +accounts: category = 交通, on 日期 2026-11-21 → .*account = 6601\.01 \(valid 有效期 2026-01-01 – …\)/,
    );
    expect(field).toMatch(/source field 来源字段 费用类型 \(row 第 1 行\), raw value 原值: 交通/);
    await expect(test('--show', 'unknown')).rejects.toThrow(/there is no case unknown/);
  });
});
