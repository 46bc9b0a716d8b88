import { randomUUID } from 'node:crypto';
import { tableKey } from '@voucherline/connector-kit';
import { type AnyMessage, encode, type Message, type Topic } from '@voucherline/contracts';
import { readTopic } from '@voucherline/pipeline';
import { expect, test } from 'vitest';
import { eventually } from '../line/eventually.js';
import { voucherline } from '../line/voucherline.js';
import { Arrivals } from './flows/arrivals.js';
import { approvedClaim, bookedLines, bookedVoucher, type Claim, type ClaimFields, keyOf } from './flows/claims.js';
import { DraftFlow } from './flows/draft-flow.js';
import { useLine } from './use-line.js';

const line = useLine();

const PATIENT = { withinMs: 120_000 };
const LONG = { timeout: 400_000 };
const REASON = ['--reason', 'the test mended it'];

const cli = (...args: string[]) => voucherline(line().facts, ...args);
const approved = (scenario: string, fields: ClaimFields) => approvedClaim(line(), scenario, fields);
const posted = (...claims: readonly Claim[]) => line().expectPosted(claims, PATIENT);
const parked = (claim: Pick<Claim, 'subject'>) => line().told(claim, 'MessageParked', PATIENT);

/** Messages of a type about a claim, all that there are. */
async function all<T extends AnyMessage['type']>(claim: Pick<Claim, 'subject'>, type: T, topics?: readonly Topic[]) {
  const story = await line().story(claim, topics);
  type Wanted = Extract<AnyMessage, { type: T }>;
  return story.map(({ message }) => message).filter((message): message is Wanted => message.type === type);
}

/** The hashes that the commands and confirmations of a claim name. */
async function versionsNamed(claim: Claim): Promise<readonly (string | undefined)[]> {
  await line().told(claim, 'VoucherConfirmed', PATIENT);
  const commands = await all(claim, 'PostVoucher');
  const confirmations = await all(claim, 'VoucherConfirmed');
  return [...commands.map(({ data }) => data.flow.hash), ...confirmations.map(({ data }) => data.flow?.hash)];
}

test(
  'a changed code table: what was approved before keeps the old account, each voucher names its version and is explained',
  LONG,
  async () => {
    const flow = new DraftFlow(line(), 'accounts').edit('flow.yaml', 'from: 2026-01-01T00:00:00+08:00\n', '');
    const old = await flow.publish();
    const before = await approved('accounts', {
      rows: [
        ['差旅费', '100.10'],
        ['办公费', '0.05'],
      ],
    });
    await posted(before);

    flow.edit('tables/claim-accounts.csv', '差旅费,6602.01', '差旅费,6601');
    const changed = await flow.publish();
    expect(changed.hash).not.toBe(old.hash);
    const after = await approved('accounts', {
      rows: [
        ['差旅费', '200.20'],
        ['办公费', '0.06'],
      ],
    });
    await posted(before, after);

    expect(bookedLines(line(), before)).toEqual(['6602.01 BM02 100.1', '6602.03 BM02 0.05', '2241 -100.15']);
    expect(bookedLines(line(), after)).toEqual(['6601 BM02 200.2', '6602.03 BM02 0.06', '2241 -200.26']);
    expect(await versionsNamed(before)).toEqual([old.hash, old.hash]);
    expect(await versionsNamed(after)).toEqual([changed.hash, changed.hash]);

    for (const [claim, version, account] of [
      [before, old, '6602.01'],
      [after, changed, '6601'],
    ] as const) {
      const { data } = await line().told(claim, 'VoucherConfirmed', PATIENT);
      const told = await cli('flow', 'explain', data.document);
      expect(told).toContain(data.number);
      expect(told).toContain(keyOf(claim));
      expect(told).toContain(version.hash);
      expect(told).toContain('Evaluated again it is the same');
      const field = told.slice(
        told.indexOf('payload.entries[0].account ='),
        told.indexOf('payload.entries[0].dimensions'),
      );
      expect(field).toContain(`payload.entries[0].account = ${account}\n`);
      expect(field).toMatch(/rule 规则 +=lookup\("claim-accounts", "account", "category", \[费用类型\]\)/);
      expect(field).toContain(
        `claim-accounts: category = 差旅费, on 日期 2026-11-20 → category = 差旅费, account = ${account}`,
      );
      expect(field).toMatch(/source field 来源字段 费用类型 \(row 第 1 行\), raw value 原值: 差旅费/);
    }
  },
);

test(
  'a cost centre that changes in the past: what is posted stays, what is approved now goes by the day of the document',
  LONG,
  async () => {
    const rows: ClaimFields['rows'] = [['差旅费', '310.00']];
    const flow = new DraftFlow(line(), 'cost-centres');
    await flow.publish();
    const early = await approved('cost-centres', { rows, day: '2026-10-20' });
    const late = await approved('cost-centres', { rows, day: '2026-11-10' });
    await posted(early, late);
    const before = [early, late].map((claim) => bookedVoucher(line(), claim));

    flow.edit('tables/claim-cost-centres.csv', '研发部,BM02,,', '研发部,BM02,,2026-10-31\n研发部,BM04,2026-11-01,');
    await flow.publish();
    const days = ['2026-10-20', '2026-10-31', '2026-11-01', '2026-11-10'];
    const claims: Claim[] = [];
    for (const day of days) claims.push(await approved('cost-centres', { rows, day }));
    await posted(early, late, ...claims);

    const line1 = (claim: Claim) => bookedLines(line(), claim)[0];
    expect([early, late].map(line1)).toEqual(['6602.01 BM02 310', '6602.01 BM02 310']);
    expect(claims.map(line1)).toEqual(['6602.01 BM02 310', '6602.01 BM02 310', '6602.01 BM04 310', '6602.01 BM04 310']);
    expect([early, late].map((claim) => bookedVoucher(line(), claim))).toEqual(before);
  },
);

test(
  'a missing code: its documents wait with who maps what where, others go on; mended and released by cause, each is posted once',
  LONG,
  async () => {
    const flow = new DraftFlow(line(), 'codes');
    await flow.publish();
    const cause = 'mapping.no-code:claim-accounts:培训费';
    const first = await approved('codes', {
      rows: [
        ['差旅费', '1.00'],
        ['培训费', '410.00'],
      ],
    });
    const { data } = await parked(first);
    expect(data).toMatchObject({ code: cause, owner: 'finance' });
    expect(data.reason).toContain('table "claim-accounts" has no row for category = 培训费 on 2026-11-20');
    expect(data.nextStep).toContain('tables/claim-accounts.csv');
    expect(data.nextStep).toContain(`voucherline parked release --cause '${cause}'`);
    const second = await approved('codes', { rows: [['培训费', '420.00']] });
    expect((await parked(second)).data.code).toBe(cause);
    const other = await approved('codes', { rows: [['差旅费', '430.00']] });
    await posted(other);
    const waiting = await cli('parked', 'list', '--cause', 'mapping.no-code:claim-accounts');
    expect(waiting.indexOf(first.subject)).toBeGreaterThan(0);
    expect(waiting.indexOf(second.subject)).toBeGreaterThan(waiting.indexOf(first.subject));
    expect(await cli('parked', 'show', data.parkedId)).toContain(data.nextStep);

    flow.edit('tables/claim-accounts.csv', '差旅费,6602.01\n', '差旅费,6602.01\n培训费,6602.03\n');
    const mended = await flow.publish();
    await cli('parked', 'release', '--cause', cause, ...REASON);
    await posted(first, second, other);
    expect(bookedLines(line(), first)).toEqual(['6602.01 BM02 1', '6602.03 BM02 410', '2241 -411']);
    expect(bookedLines(line(), second)).toEqual(['6602.03 BM02 420', '2241 -420']);
    for (const claim of [first, second]) expect(await versionsNamed(claim)).toEqual([mended.hash, mended.hash]);
    expect(await released(first, second)).toEqual([first.subject, second.subject]);
    expect(await cli('parked', 'list', '--cause', cause)).toContain('nothing is parked');
  },
);

/** The subjects of these claims in the order in which their cases were released. */
async function released(...claims: readonly Claim[]): Promise<readonly string[]> {
  const subjects: string[] = [];
  for await (const { message } of readTopic(line().broker, 'operations.actions.v1')) {
    if (message.type === 'ParkedReleased') subjects.push(message.data.subject);
  }
  return subjects.filter((subject) => claims.some((claim) => claim.subject === subject));
}

/** What claims of the draft's scenario are: by turns one category, the other, and both. */
function mixed(n: number): ClaimFields {
  const travel = ['差旅费', `${500 + n}.01`] as const;
  const office = ['办公费', `${n + 1}.10`] as const;
  return { rows: n % 3 === 0 ? [travel] : n % 3 === 1 ? [office] : [travel, office] };
}

test(
  'a draft is compared with history and published while approvals come in: nothing is sent before, each has the accounts of its version',
  LONG,
  async () => {
    const flow = new DraftFlow(line(), 'draft').edit('flow.yaml', 'from: 2026-01-01T00:00:00+08:00\n', '');
    const old = await flow.publish();
    const since = new Date(old.publishedAt - 1_000).toISOString();
    const arrivals = new Arrivals(line(), 'draft', mixed);
    const told = async (claim: Claim) => (await all(claim, 'PostVoucher')).length > 0;
    await eventually(
      'claims are planned',
      async () => expect(await told(arrivals.claims[5] as Claim)).toBe(true),
      PATIENT,
    );
    const history = [...arrivals.claims];

    flow.edit('tables/claim-accounts.csv', '办公费,6602.03', '办公费,6601');
    const asked = async () => [await end('configuration.published.v1'), await end('operations.actions.v1')];
    const before = await asked();
    const compared = differences(await cli('flow', 'diff', 'published', flow.folder, '--since', since));
    expect(await asked()).toEqual(before);
    const known = [...arrivals.claims];
    const changed = (claims: readonly Claim[]) =>
      claims.filter(({ rows }) => rows.some(([category]) => category === '办公费'));
    for (const { subject } of changed(history.slice(0, 6))) expect(compared.has(subject), subject).toBe(true);
    for (const [subject, fields] of compared) {
      const claim = changed(known).find((one) => one.subject === subject);
      expect(claim, `${subject} changes`).toBeDefined();
      const row = claim?.rows.findIndex(([category]) => category === '办公费');
      expect(fields).toEqual([`payload.entries[${row}].account: 6602.03 → 6601`]);
    }

    const draft = await flow.publish();
    const passed = arrivals.claims.length;
    await eventually('more claims', () => expect(arrivals.claims.length).toBeGreaterThan(passed + 5));
    const claims = await arrivals.stop();
    await posted(...claims);

    const versions: string[] = [];
    for (const claim of claims) {
      const named = await versionsNamed(claim);
      expect(named).toEqual([named[0], named[0]]);
      const [version] = named;
      versions.push(version ?? 'none');
      const accounts = { 差旅费: '6602.01', 办公费: version === old.hash ? '6602.03' : '6601' } as Readonly<
        Record<string, string>
      >;
      expect(
        bookedLines(line(), claim)
          .slice(0, -1)
          .map((text) => text.split(' ')[0]),
      ).toEqual(claim.rows.map(([category]) => accounts[category]));
      const [approval] = await all(claim, 'ApprovalApproved');
      const approvedAt = Date.parse(approval?.data.approvedAt ?? '');
      if (approvedAt < Math.floor(draft.publishedAt / 1_000) * 1_000) expect(version).toBe(old.hash);
    }
    expect(new Set(versions)).toEqual(new Set([old.hash, draft.hash]));
    expect(versions.at(-1)).toBe(draft.hash);
  },
);

/** Documents with their changes, as `flow diff` shows them. */
function differences(told: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  let last: string[] = [];
  for (const text of told.split('\n')) {
    const document = /^(dingtalk\/\S+) {2}/.exec(text)?.[1];
    if (document !== undefined) {
      last = [];
      found.set(document, last);
    } else if (text.startsWith('  ')) last.push(text.trim());
  }
  return found;
}

/** Where a topic ends: how many messages it has ever had. */
async function end(topic: Topic): Promise<bigint> {
  const ends = await line().broker.offsets(topic);
  return ends.reduce((sum, { high }) => sum + high, 0n);
}

// Not tried twice: a table is read for the first time once only.
test('departments that Kingdee knows: approvals wait for the first pull, and for a department that is made later', {
  ...LONG,
  retry: 0,
}, async () => {
  const { hq } = line().kingdee;
  const rows: ClaimFields['rows'] = [['差旅费', '610.00']];
  const flow = new DraftFlow(line(), 'departments')
    .edit('flow.yaml', '"claim-cost-centres", "code", "department"', '"kingdee-hq/departments", "code", "name"')
    .withConnection('kingdee-hq')
    .edit('kingdee-hq.yaml', '  userName: voucherline\n', '  userName: voucherline\n  masterData: [departments]\n');
  const table = { subject: tableKey({ product: 'kingdee-galaxy', account: '65000000000001' }, 'departments') };

  // Without the right to read them, the table stays unread.
  await hq.fault({ kind: 'msgCode2', operation: 'ExecuteBillQuery' });
  const early = await (async () => {
    await flow.publish();
    const claim = await approved('departments', { rows });
    expect((await parked(claim)).data).toMatchObject({
      code: 'mapping.table-pending:kingdee-hq/departments',
      owner: 'operations',
    });
    return claim;
  })().finally(() => hq.withoutFaults());
  const refused = await parked(table);
  expect(refused.data.owner).toBe('administrator');
  await posted(early);
  expect(bookedLines(line(), early)[0]).toBe('6602.01 BM02 610');
  expect((await line().told(early, 'ParkedResolved', PATIENT)).data.action).toBeUndefined();

  const cause = 'mapping.no-code:kingdee-hq/departments:质量部';
  const unknown = await approved('departments', { rows, department: '质量部' });
  const { data } = await parked(unknown);
  expect(data).toMatchObject({ code: cause, owner: 'administrator' });
  expect(data.nextStep).toContain('departments of the system behind kingdee-hq');
  const other = await approved('departments', { rows, department: '销售部' });
  await posted(early, other);
  expect(bookedLines(line(), other)[0]).toBe('6602.01 BM01 610');

  await hq.setBaseData('BD_Department', { number: 'BM05', name: '质量部' });
  await pullAgain(table.subject, refused.data);
  await eventually(
    'the new department is on the log',
    async () => {
      const entries = await all(table, 'MasterDataEntry', ['masterdata.entries.v1']);
      expect(entries.map(({ data: { code } }) => code)).toContain('BM05');
    },
    PATIENT,
  );
  await cli('parked', 'release', '--cause', cause, ...REASON);
  await posted(early, other, unknown);
  expect(bookedLines(line(), unknown)[0]).toBe('6602.01 BM05 610');
});

/** Has a table pulled now, and not an hour after the last time: a release of its lane, whether or not it is parked. */
async function pullAgain(subject: string, { parkedId, stage }: Message<'MessageParked'>['data']): Promise<void> {
  const data = { parkedId, stage, connection: 'kingdee-hq', subject, by: 'test', reason: 'pull now' };
  const time = new Date().toISOString();
  const record = encode({ id: randomUUID(), source: 'cli', type: 'ParkedReleased', key: 'ParkedReleased', time, data });
  await (await line().broker.producer()).send([{ topic: 'operations.actions.v1', partition: 0, record }]);
}

test('a closed period that asks: the voucher waits for a person’s day and is posted on it', LONG, async () => {
  const flow = new DraftFlow(line(), 'periods').edit(
    'flow.yaml',
    'accountingDate: =date([发生日期])',
    'accountingDate: { value: "=date([发生日期])", periods: claim-periods, closed: ask }',
  );
  const { hash } = await flow.publish();
  const closed = await approved('periods', { rows: [['差旅费', '710.00']], day: '2026-10-20' });
  const { data } = await parked(closed);
  expect(data.code).toBe('mapping.period-ask:2026-10');
  expect(data.nextStep).toContain('--replan --date');
  const open = await approved('periods', { rows: [['差旅费', '720.00']], day: '2026-11-20' });
  await posted(open);

  await cli('parked', 'release', data.parkedId, '--replan', '--date', '2026-11-02', ...REASON);
  await posted(closed, open);
  expect(bookedVoucher(line(), closed).fields.FDate?.slice(0, 10)).toBe('2026-11-02');
  expect(bookedVoucher(line(), open).fields.FDate?.slice(0, 10)).toBe('2026-11-20');
  expect(await versionsNamed(closed)).toEqual([hash, hash]);
  expect(await cli('flow', 'explain', keyOf(closed))).toContain('The accounting date was given by a person');
});
