import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ACCOUNTS, approvalKey, CLAIM, claimForm, Desk, flowOf, tables } from '../testing/desk.js';
import { flow } from './flow.js';

const SINCE = '2026-11-01';

let folder: string;
let draft: string;
let desk: Desk;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flow-diff-'));
  draft = join(folder, 'draft.yaml');
  desk = new Desk();
  desk.connect('oa', 'dingtalk');
  desk.connect('erp', 'kingdee-galaxy');
  desk.publish(flowOf());
  desk.masterData('erp/departments', [{ code: 'BM01', name: '研发部' }]);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A draft that looks up in literals, so that it needs no tables beside it. */
const literal = (account: string) => CLAIM.replace(/=lookup\("accounts".*/, account);

async function diff(...args: string[]): Promise<string> {
  desk.lines.splice(0);
  const before = desk.published().length;
  expect(await flow.run(['diff', ...args], desk.context)).toBe(0);
  expect(desk.published()).toHaveLength(before);
  return desk.text;
}

describe('flow diff', () => {
  it('shows exactly the approvals and fields that change, and the totals', async () => {
    desk.approve('1', claimForm(['交通', '10.00'], ['住宿', '20.00']));
    desk.approve('2', claimForm(['交通', '5.00']));
    writeFileSync(draft, literal('"6601.01"'));
    const text = await diff('published', draft, '--since', SINCE);
    expect(text).toContain(`${approvalKey('1')}  2026-1\n  payload.entries[1].account: 6601.02 → 6601.01`);
    expect(text).not.toContain(approvalKey('2'));
    expect(text).toContain('2 approvals since 2026-11-01: 1 the same 相同, 1 other vouchers 凭证变化');
    expect(text).toContain('Nothing was sent or published');
  });

  it('shows a line that only one of the versions gives', async () => {
    desk.approve('1', claimForm(['交通', '10.00']));
    const split = `credit: =money(total - 1) }\n    - { account: "2202", currency: CNY, credit: "1.00" }`;
    writeFileSync(draft, literal('"6601.01"').replace('credit: =money(total) }', split));
    expect(await diff('published', draft, '--since', SINCE)).toContain(
      '  payload.entries[1].credit: 10.00 → 9.00\n  payload.entries[2]: nothing → {"account":"2202"',
    );
    expect(await diff(draft, 'published', '--since', SINCE)).toMatch(/payload\.entries\[2\]: \{.*\} → nothing/);
  });

  it('shows what would be parked, and what would no longer be', async () => {
    desk.approve('1', claimForm(['餐饮', '10.00']));
    desk.approve('2', claimForm(['交通', '10.00']));
    const other = flowOf(CLAIM, tables(ACCOUNTS.replace('交通', '餐饮')));
    desk.publish(other);
    const text = await diff(flowOf().hash.slice(0, 8), other.hash.slice(0, 8), '--since', SINCE);
    expect(text).toContain(`${approvalKey('1')}  2026-1\n  no longer parked 不再挂起 (mapping.no-code:accounts:餐饮)`);
    expect(text).toContain(`${approvalKey('2')}  2026-2\n  would be parked 将被挂起: mapping.no-code:accounts:交通 (`);
    expect(text).toContain('0 the same 相同, 1 would be parked 新挂起, 1 no longer parked 不再挂起');
  });

  it('shows what would be skipped and what would be taken, forms of other kinds included', async () => {
    desk.approve('1', claimForm(['交通', '10.00']));
    desk.approve('2', claimForm(['交通', '10.00']), undefined, 'TRIP');
    desk.approve('3', claimForm(['交通', '10.00']), undefined, 'PAYMENT');
    writeFileSync(draft, literal('"6601.01"').replace('kinds: [CLAIM]', 'kinds: [TRIP]'));
    const text = await diff('published', draft, '--since', SINCE);
    expect(text).toContain('source.kinds[0]: CLAIM → TRIP');
    expect(text).toContain(`${approvalKey('1')}  2026-1\n  would be skipped`);
    expect(text).toContain(`${approvalKey('2')}  2026-2\n  no longer skipped`);
    expect(text).toContain('2 approvals since');
  });

  it('counts each approval with its newest form, and none that is withdrawn', async () => {
    desk.approve('1', claimForm(['交通', '10.00']));
    desk.amend('1', claimForm(['交通', '10.00'], ['住宿', '7.00']), '2026-11-21T02:00:00Z');
    desk.approve('2', claimForm(['住宿', '10.00']));
    desk.tell('ApprovalWithdrawn', approvalKey('2'), { withdrawnAt: '2026-11-21T02:00:00Z' });
    desk.approve('3', claimForm(['住宿', '1.00']));
    desk.tell('ApprovalWithdrawn', approvalKey('3'), { withdrawnAt: '2026-11-21T02:00:00Z' });
    desk.approve('3', claimForm(['住宿', '3.00']), '2026-11-22T02:00:00Z');
    writeFileSync(draft, literal('"6601.01"'));
    const text = await diff('published', draft, '--since', SINCE);
    expect(text).toContain('2 approvals since');
    expect(text).toContain(`${approvalKey('1')}  2026-1\n  payload.entries[1].account`);
    expect(text).toContain(`${approvalKey('3')}  2026-3\n  payload.entries[0].account`);
  });

  it.each([
    ['2026-11-20', 2],
    ['2026-11-21', 1],
    ['2026-11-20T16:00:00Z', 1],
    ['0', 3],
    ['1', 0],
  ])('since %s there are %i', async (since, count) => {
    // 20 November, 16:00 UTC is the 21st in Shanghai.
    desk.approve('a', claimForm(['交通', '1.00']), '2026-11-19T15:59:59Z');
    desk.approve('b', claimForm(['交通', '1.00']), '2026-11-20T15:59:59Z');
    desk.approve('d', claimForm(['交通', '1.00']), '2026-11-20T16:00:00Z');
    const places = ['a', 'b', 'd'].map((id) => desk.partitionOf(approvalKey(id)));
    expect(new Set(places).size).toBe(3);
    writeFileSync(draft, literal('"6601.09"'));
    expect(await diff('published', draft, '--since', since)).toContain(`${count} approvals since`);
  });

  it('tells how far it has come through a long history', async () => {
    for (let n = 0; n < 20_000; n++) {
      desk.tell('ApprovalRejected', approvalKey(`r${n}`), { rejectedAt: '2026-11-20T02:00:00Z' });
    }
    await diff('published', flowOf().hash, '--since', SINCE);
    expect(desk.notes).toEqual(['… 20000 messages read, 0 approvals compared']);
  });

  it.each([
    [['published', 'published'], /another version than published/],
    [['published', 'ffff'], /begins no published version/],
    [['published', 'nowhere'], /"nowhere" is no file or folder/],
    [['published'], /name two versions/],
    [['published', 'draft', '--since', 'yesterday'], /--since yesterday: give a day/],
  ])('refuses %j', async (args, words) => {
    await expect(flow.run(['diff', ...args], desk.context)).rejects.toThrow(words);
  });
});
