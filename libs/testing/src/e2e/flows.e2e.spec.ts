import type { Topic } from '@voucherline/contracts';
import { readTopic } from '@voucherline/pipeline';
import { expect, test } from 'vitest';
import { eventually } from '../line/eventually.js';
import { told } from '../line/invariants.js';
import { Arrivals } from './flows/arrivals.js';
import {
  approvedClaim,
  bookedLines,
  bookedVoucher,
  type Claim,
  type ClaimFields,
  debitedAccounts,
  keyOf,
} from './flows/claims.js';
import { DraftFlow } from './flows/draft-flow.js';
import { LONG, PATIENT, REASON } from './flows/patience.js';
import { useOwnLine } from './use-line.js';

// What is published here into the past would be other rules for what the other files have posted: their replays would say so.
const line = useOwnLine();

const FROM = 'from: 2026-01-01T00:00:00+08:00\n';

const approved = (scenario: string, fields: ClaimFields) => approvedClaim(line(), scenario, fields);
const posted = (...claims: readonly Claim[]) => line().expectPosted(claims, PATIENT);
const parked = (claim: Claim) => line().told(claim, 'MessageParked', PATIENT);

/** The hashes that all commands and confirmations of a claim name. */
async function versionsNamed(claim: Claim): Promise<readonly (string | undefined)[]> {
  await line().told(claim, 'VoucherConfirmed', PATIENT);
  const commands = await line().messages(claim, 'PostVoucher');
  const confirmations = await line().messages(claim, 'VoucherConfirmed');
  return [...commands.map(({ data }) => data.flow.hash), ...confirmations.map(({ data }) => data.flow?.hash)];
}

/** A case that travels with the flow. */
const CASE = `title: A trip
approval:
  businessId: "1"
  title: 报销
  approvedAt: 2026-11-20T10:00:00+08:00
  originator: { userId: user01 }
  form: { 场景: accounts, 发生日期: "2026-11-20", 部门: 研发部, 费用明细: [{ 费用类型: 差旅费, 金额: "9.00" }] }
expect:
  voucher: { lookups: [{ table: claim-accounts, row: { account: "6602.01" } }, { table: claim-cost-centres }] }
`;

test(
  'a changed code table: earlier vouchers keep the old account; each names its version and is explained',
  LONG,
  async () => {
    const flow = new DraftFlow(line(), 'accounts').edit('flow.yaml', FROM, '').write('cases/trip.yaml', CASE);
    const old = await flow.publish();
    const before = await approved('accounts', { rows: { 差旅费: '100.10', 办公费: '0.05' } });
    await posted(before);

    flow.edit('tables/claim-accounts.csv', '差旅费,6602.01', '差旅费,6601');
    // Its case says what it was; until somebody has looked at that, nothing is published.
    await expect(flow.publish()).rejects.toThrow('nothing was published, because cases fail');
    const changed = await flow.edit('cases/trip.yaml', '6602.01', '6601').publish();
    expect(changed.hash).not.toBe(old.hash);
    expect(changed.said).toContain(before.subject);
    expect(changed.said).toContain('payload.entries[0].account: 6602.01 → 6601');
    const after = await approved('accounts', { rows: { 差旅费: '200.20', 办公费: '0.06' } });
    await posted(before, after);

    expect(bookedLines(line(), before)).toEqual(['6602.01 BM02 100.1', '6602.03 BM02 0.05', '2241 -100.15']);
    expect(bookedLines(line(), after)).toEqual(['6601 BM02 200.2', '6602.03 BM02 0.06', '2241 -200.26']);
    expect(await versionsNamed(before)).toEqual([old.hash, old.hash]);
    expect(await versionsNamed(after)).toEqual([changed.hash, changed.hash]);
    await expectExplained(before, old.hash, '6602.01');
    await expectExplained(after, changed.hash, '6601');
  },
);

/** Where the account of the first debit came from, by the line's own words. */
async function expectExplained(claim: Claim, hash: string, account: string): Promise<void> {
  const { data } = await line().told(claim, 'VoucherConfirmed');
  const said = await line().cli('flow', 'explain', data.document);
  for (const text of [keyOf(claim), data.number, hash, 'Evaluated again it is the same']) expect(said).toContain(text);
  const field = said.slice(said.indexOf('payload.entries[0].account ='), said.indexOf('payload.entries[0].dimensions'));
  expect(field).toContain(`payload.entries[0].account = ${account}\n`);
  expect(field).toMatch(/rule 规则 +=lookup\("claim-accounts", "account", "category", \[费用类型\]\)/);
  const row = `category = 差旅费, account = ${account}`;
  expect(field).toContain(`claim-accounts: category = 差旅费, on 日期 2026-11-20 → ${row}`);
  expect(field).toMatch(/source field 来源字段 费用类型 \(row 第 1 行\), raw value 原值: 差旅费/);
}

test(
  'a cost centre that changes in the past: what is posted stays, what is approved now goes by its day',
  LONG,
  async () => {
    const rows = { 差旅费: '310.00' };
    const flow = new DraftFlow(line(), 'cost-centres');
    await flow.publish();
    const earlier = [
      await approved('cost-centres', { rows, day: '2026-10-20' }),
      await approved('cost-centres', { rows, day: '2026-11-10' }),
    ];
    await posted(...earlier);
    const vouchers = () => earlier.map((claim) => bookedVoucher(line(), claim));
    const before = vouchers();

    flow.edit('tables/claim-cost-centres.csv', '研发部,BM02,,', '研发部,BM02,,2026-10-31\n研发部,BM04,2026-11-01,');
    await flow.publish();
    const claims: Claim[] = [];
    for (const day of ['2026-10-20', '2026-10-31', '2026-11-01', '2026-11-10']) {
      claims.push(await approved('cost-centres', { rows, day }));
    }
    await posted(...earlier, ...claims);

    const debit = (claim: Claim) => bookedLines(line(), claim)[0];
    const [old, now] = ['6602.01 BM02 310', '6602.01 BM04 310'];
    expect(earlier.map(debit)).toEqual([old, old]);
    expect(vouchers()).toEqual(before);
    expect(claims.map(debit)).toEqual([old, old, now, now]);
  },
);

test(
  'a missing code: its documents wait with who maps what where, others go on; mended and released by cause, each is posted once',
  LONG,
  async () => {
    const flow = new DraftFlow(line(), 'codes');
    await flow.publish();
    const cause = 'mapping.no-code:claim-accounts:培训费';
    const first = await approved('codes', { rows: { 差旅费: '1.00', 培训费: '410.00' } });
    const { data } = await parked(first);
    expect(data).toMatchObject({ code: cause, owner: 'finance' });
    expect(data.reason).toContain('table "claim-accounts" has no row for category = 培训费 on 2026-11-20');
    expect(data.nextStep).toContain('tables/claim-accounts.csv');
    expect(data.nextStep).toContain(`voucherline parked release --cause '${cause}'`);
    const second = await approved('codes', { rows: { 培训费: '420.00' } });
    expect((await parked(second)).data.code).toBe(cause);
    const other = await approved('codes', { rows: { 差旅费: '430.00' } });
    await posted(other);
    const waiting = await line().cli('parked', 'list', '--cause', 'mapping.no-code:claim-accounts');
    expect(waiting.indexOf(first.subject)).toBeGreaterThan(0);
    expect(waiting.indexOf(second.subject)).toBeGreaterThan(waiting.indexOf(first.subject));
    expect(await line().cli('parked', 'show', data.parkedId)).toContain(data.nextStep);

    flow.edit('tables/claim-accounts.csv', '差旅费,6602.01\n', '差旅费,6602.01\n培训费,6602.03\n');
    const { hash } = await flow.publish();
    await line().cli('parked', 'release', '--cause', cause, ...REASON);
    await posted(first, second, other);
    expect(bookedLines(line(), first)).toEqual(['6602.01 BM02 1', '6602.03 BM02 410', '2241 -411']);
    expect(bookedLines(line(), second)).toEqual(['6602.03 BM02 420', '2241 -420']);
    for (const claim of [first, second]) expect(await versionsNamed(claim)).toEqual([hash, hash]);
    expect(await released(first, second)).toEqual([first.subject, second.subject]);
    expect(await line().cli('parked', 'list', '--cause', cause)).toContain('nothing is parked');
  },
);

/** The subjects of these claims, as often and in the order in which their cases were released. */
async function released(...claims: readonly Claim[]): Promise<readonly string[]> {
  const subjects: string[] = [];
  for await (const { message } of readTopic(line().broker, 'operations.actions.v1')) {
    if (message.type === 'ParkedReleased') subjects.push(message.data.subject);
  }
  return subjects.filter((subject) => claims.some((claim) => claim.subject === subject));
}

/** By turns one category, the other, and both. */
function mixed(n: number): ClaimFields {
  const travel = { 差旅费: `${500 + n}.01` };
  const office = { 办公费: `${n + 1}.10` };
  return { rows: n % 3 === 0 ? travel : n % 3 === 1 ? office : { ...travel, ...office } };
}

const changes = ({ rows }: Claim) => '办公费' in rows;

test(
  'a draft is compared and published while approvals come in: each has the accounts of its version, to the cent',
  LONG,
  async () => {
    const flow = new DraftFlow(line(), 'draft').edit('flow.yaml', FROM, '');
    const old = await flow.publish();
    // Approvals have their times in seconds.
    const since = new Date(Math.floor(Date.now() / 1_000) * 1_000).toISOString();
    const arrivals = new Arrivals(line(), 'draft', mixed);
    const commands = () => line().messages(arrivals.claims[5] as Claim, 'PostVoucher');
    await eventually('claims are planned', async () => expect(await commands()).toHaveLength(1), PATIENT);
    const history = arrivals.claims.slice(0, 6);

    flow.edit('tables/claim-accounts.csv', '办公费,6602.03', '办公费,6601');
    const before = await published();
    const compared = differences(await line().cli('flow', 'diff', 'published', flow.folder, '--since', since));
    expect(await published()).toEqual(before);
    const bySubject = new Map(arrivals.claims.map((claim) => [claim.subject, claim]));
    for (const claim of history) expect(compared.has(claim.subject)).toBe(changes(claim));
    for (const [subject, fields] of compared) {
      const row = Object.keys(bySubject.get(subject)?.rows ?? {}).indexOf('办公费');
      expect(fields, subject).toEqual([`payload.entries[${row}].account: 6602.03 → 6601`]);
    }

    const draft = await flow.publish();
    const passed = arrivals.claims.length;
    await eventually('more claims', () => expect(arrivals.claims.length).toBeGreaterThan(passed + 5));
    const claims = await arrivals.stop();
    await posted(...claims);

    const log = await eventually('all are confirmed', () => versionsByClaim(claims), PATIENT);
    const booked = debitedAccounts(line(), claims);
    for (const claim of claims) {
      const { named, approvedAt } = log.get(claim) ?? { named: [], approvedAt: 0 };
      const [version] = named;
      expect(named).toEqual([version, version]);
      expect([old.hash, draft.hash]).toContain(version);
      const account = { 差旅费: '6602.01', 办公费: version === draft.hash ? '6601' : '6602.03' };
      expect(booked.get(claim)).toEqual(
        Object.keys(claim.rows).map((category) => account[category as keyof typeof account]),
      );
      if (approvedAt < Math.floor(draft.publishedAt / 1_000) * 1_000) expect(version).toBe(old.hash);
    }
    const versions = claims.map((claim) => log.get(claim)?.named[0]);
    expect([versions[0], versions.at(-1)]).toEqual([old.hash, draft.hash]);
  },
);

/** When each claim was approved, and the versions that its commands and confirmations name; reads the log once. @throws until each has both */
async function versionsByClaim(claims: readonly Claim[]) {
  const { byKey } = await told(line());
  return new Map(
    claims.map((claim) => {
      const about = byKey.get(claim.subject) ?? [];
      const approval = about.find((message) => message.type === 'ApprovalApproved');
      const commands = about.filter((message) => message.type === 'PostVoucher');
      const confirmations = about.filter((message) => message.type === 'VoucherConfirmed');
      expect([commands.length > 0, confirmations.length > 0]).toEqual([true, true]);
      const named = [...commands, ...confirmations].map(({ data }) => data.flow?.hash);
      return [claim, { named, approvedAt: Date.parse(approval?.data.approvedAt ?? '') }] as const;
    }),
  );
}

/** What people have published and asked for so far, by the ends of the log. */
async function published(): Promise<readonly object[]> {
  const topics: readonly Topic[] = ['configuration.published.v1', 'operations.actions.v1'];
  return Promise.all(topics.map((topic) => line().broker.offsets(topic)));
}

/** Documents with what changes in them, as `flow diff` shows it. */
function differences(said: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  let last: string[] = [];
  for (const text of said.split('\n')) {
    const document = /^(dingtalk\/\S+) {2}/.exec(text)?.[1];
    if (document !== undefined) {
      last = [];
      found.set(document, last);
    } else if (text.startsWith('  ')) last.push(text.trim());
  }
  return found;
}

test('a closed period that asks: the voucher waits for a person’s day and is posted on it', LONG, async () => {
  const flow = new DraftFlow(line(), 'periods').edit(
    'flow.yaml',
    'accountingDate: =date([发生日期])',
    'accountingDate: { value: "=date([发生日期])", periods: claim-periods, closed: ask }',
  );
  const { hash } = await flow.publish();
  const closed = await approved('periods', { rows: { 差旅费: '710.00' }, day: '2026-10-20' });
  const { data } = await parked(closed);
  expect(data.code).toBe('mapping.period-ask:2026-10');
  expect(data.nextStep).toContain('--replan --date');
  const open = await approved('periods', { rows: { 差旅费: '720.00' }, day: '2026-11-20' });
  await posted(open);

  await line().cli('parked', 'release', data.parkedId, '--replan', '--date', '2026-11-02', ...REASON);
  await posted(closed, open);
  const day = (claim: Claim) => bookedVoucher(line(), claim).fields.FDate?.slice(0, 10);
  expect([closed, open].map(day)).toEqual(['2026-11-02', '2026-11-20']);
  expect(await versionsNamed(closed)).toEqual([hash, hash]);
  expect(await line().cli('flow', 'explain', keyOf(closed))).toContain('The accounting date was given by a person');
});
