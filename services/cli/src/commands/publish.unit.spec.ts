import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ACCOUNTS, approvalKey, CLAIM, claimForm, Desk, flowOf } from '../testing/desk.js';
import { publish } from './publish.js';

const SINCE = ['--since', '2026-11-01'];
const CHANGED = CLAIM.replace('account: "2241"', 'account: "2202"');

let folder: string;
let desk: Desk;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'publish-'));
  desk = new Desk({ KAFKA_BROKERS: 'memory' });
  desk.connect('oa', 'dingtalk');
  desk.connect('erp', 'kingdee-galaxy', { masterData: ['departments'] });
  desk.masterData('erp/departments', [{ code: 'BM01', name: '研发部' }]);
  write('claim/flow.yaml', CLAIM);
  write('tables/accounts.csv', ACCOUNTS);
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): void {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** Hashes of the flow's versions on the log. */
const versions = () => desk.published().flatMap(({ type, data }) => (type === 'FlowPublished' ? [data.hash] : []));
const run = (...args: string[]) => {
  desk.lines.splice(0);
  return publish.run([folder, ...SINCE, ...args], desk.context);
};

describe('publish', () => {
  it('puts each version onto the log once, with the tables that it looks up', async () => {
    await run();
    await run();
    expect(versions()).toEqual([flowOf().hash]);
    write('tables/accounts.csv', ACCOUNTS.replace('6601.02', '6601.03'));
    await run();
    expect(versions()).toHaveLength(2);
    expect(desk.published().at(-1)?.data).toMatchObject({ content: { tables: { accounts: { rows: { length: 2 } } } } });
  });

  it('refuses another voucher name for a published flow, with file, line, field and mend, and publishes nothing', async () => {
    await run();
    write('claim/flow.yaml', CLAIM.replace('name: claim-voucher', 'name: bill'));
    await expect(run()).rejects.toThrow(
      /flow\.yaml:\d+:\d+: voucher\.name: flow claim is published with .* Write claim-voucher again/,
    );
    expect(versions()).toHaveLength(1);
  });

  it('remembers the voucher names of versions that are no longer in force', async () => {
    await run();
    write('claim/flow.yaml', CLAIM.replace('kinds: [CLAIM]', 'kinds: [TRIP]'));
    await run();
    write('other/flow.yaml', CLAIM.replace('name: claim\n', 'name: successor\n'));
    await expect(run()).rejects.toThrow(/other.flow\.yaml:.*"claim-voucher" was published as the voucher of flow/);
  });

  it('takes the place of a version that this release can not read', async () => {
    const content = { ...flowOf().content, payload: { a: { field: 'of an older release', $onMissing: 'never' } } };
    desk.tell('FlowPublished', 'claim', { name: 'claim', hash: 'old', content });
    expect(await run()).toBe(0);
    expect(desk.text).toContain("This release can't read the version before");
    expect(versions()).toEqual(['old', flowOf().hash]);
  });
});

describe('publish shows first', () => {
  beforeEach(async () => {
    desk.approve('1', claimForm(['交通', '10.00']));
    await run();
  });

  it('a first version: from when it counts, and that there is nothing to compare', () => {
    expect(desk.text).toContain(
      `version 版本 ${flowOf().hash.slice(0, 12)}, in force 生效 for approvals that end from its publication`,
    );
    expect(desk.text).toContain('nothing to compare');
    expect(desk.text).not.toContain(approvalKey('1'));
  });

  it('what past approvals would have become under a version that changes, and which it takes the place of', async () => {
    write('claim/flow.yaml', `${CHANGED}from: 2026-12-01T00:00:00+08:00\n`);
    await run();
    expect(desk.text).toContain('end from 2026-12-01T00:00:00+08:00 on');
    expect(desk.text).toContain(`takes the place of 取代 ${flowOf().hash.slice(0, 12)}`);
    const shown = desk.text.indexOf(`${approvalKey('1')}  2026-1\n  payload.entries[1].account: 2241 → 2202`);
    expect(shown).toBeGreaterThan(0);
    expect(desk.text.indexOf('published flow claim')).toBeGreaterThan(shown);
  });

  it('twenty approvals of a flow at most, and counts all', async () => {
    for (let n = 2; n <= 25; n++) desk.approve(String(n), claimForm(['交通', '10.00']));
    write('claim/flow.yaml', CHANGED);
    await run();
    expect(desk.text.match(/2241 → 2202/g)).toHaveLength(20);
    expect(desk.text).toContain('… and 5 more approvals');
    expect(desk.text).toContain('25 other vouchers');
  });

  it('and publishes nothing with --check', async () => {
    write('claim/flow.yaml', CHANGED);
    expect(await run('--check')).toBe(0);
    expect(desk.text).toContain('2241 → 2202');
    expect(desk.text).toContain('1 would be published');
    expect(versions()).toHaveLength(1);
  });

  it.each([
    ['y', [], 2],
    ['', [], 1],
    ['no', [], 1],
    ['no', ['--yes'], 2],
  ])('then asks at a terminal; the answer "%s" with %j leaves %i versions', async (answer, options, count) => {
    write('claim/flow.yaml', CHANGED);
    const ask = vi.fn(async () => answer);
    Object.assign(desk.context, { ask });
    expect(await run(...options)).toBe(count === 2 ? 0 : 1);
    expect(ask).toHaveBeenCalledTimes(options.length === 0 ? 1 : 0);
    expect(versions()).toHaveLength(count);
  });

  it('and asks nothing where nothing changes', async () => {
    const ask = vi.fn(async () => 'no');
    Object.assign(desk.context, { ask });
    expect(await run()).toBe(0);
    expect(ask).not.toHaveBeenCalled();
  });
});

describe('publish runs the cases', () => {
  const text = (expectation: string) => `title: A trip
approval:
  businessId: "1"
  title: t
  approvedAt: 2026-11-20T10:00:00+08:00
  originator: { userId: u1, departmentName: 研发部 }
  form: { 事由: 差旅, 明细: [ { 费用类型: 交通, 金额: "1.00" } ] }
masterData: { erp/departments: [ { code: BM01, name: 研发部 } ] }
expect: { voucher: ${expectation} }
`;

  it('and goes on when they come out as expected', async () => {
    write('claim/cases/trip.yaml', text('{ amount: "1.00" }'));
    expect(await run()).toBe(0);
    expect(versions()).toHaveLength(1);
  });

  it('and publishes nothing when one does not, saying what came out and how to see more', async () => {
    write('claim/cases/trip.yaml', text('{ amount: "2.00" }'));
    await expect(run()).rejects.toThrow(
      /nothing was published, because cases fail; see voucherline flow test .*flow\.yaml/,
    );
    expect(desk.text).toContain('amount: expected 2.00 / got 1.00');
    expect(versions()).toEqual([]);
  });
});
