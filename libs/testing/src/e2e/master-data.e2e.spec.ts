import { tableKey } from '@voucherline/connector-kit';
import { afterEach, expect, test } from 'vitest';
import { eventually } from '../line/eventually.js';
import { approvedClaim, bookedLines, type Claim, type ClaimFields } from './flows/claims.js';
import { DraftFlow } from './flows/draft-flow.js';
import { LONG, PATIENT, REASON } from './flows/patience.js';
import { useLine } from './use-line.js';

const line = useLine();

// A table is read for the first time once only.
const ONCE = { ...LONG, retry: 0 };

const approved = (scenario: string, fields: ClaimFields) => approvedClaim(line(), scenario, fields);
const posted = (...claims: readonly Claim[]) => line().expectPosted(claims, PATIENT);
const parked = (about: Pick<Claim, 'subject'>) => line().told(about, 'MessageParked', PATIENT);
const debit = (claim: Claim) => bookedLines(line(), claim)[0];

/** How a voucher waits for a table that was not read to its end yet. */
const pending = (table: string) => ({ code: `mapping.table-pending:${table}`, owner: 'operations' });

afterEach(async () => {
  await line().dingtalk.withoutFaults();
  await line().kingdee.hq.withoutFaults();
});

test(
  'departments of Kingdee: approvals wait for the first pull, and for a department that is made later',
  ONCE,
  async () => {
    const { hq } = line().kingdee;
    const rows = { 差旅费: '610.00' };
    const flow = new DraftFlow(line(), 'departments')
      .edit('flow.yaml', '"claim-cost-centres", "code", "department"', '"kingdee-hq/departments", "code", "name"')
      .pulling('kingdee-hq', 'departments');
    const table = { subject: tableKey({ product: 'kingdee-galaxy', account: '65000000000001' }, 'departments') };

    // Without the right to read them, the table stays unread.
    await hq.fault({ kind: 'msgCode2', operation: 'ExecuteBillQuery' });
    await flow.publish();
    const early = await approved('departments', { rows });
    expect((await parked(early)).data).toMatchObject(pending('kingdee-hq/departments'));
    const refused = await parked(table);
    expect(refused.data.owner).toBe('administrator');
    await hq.withoutFaults();
    await posted(early);
    expect(debit(early)).toBe('6602.01 BM02 610');
    expect((await line().told(early, 'ParkedResolved', PATIENT)).data.action).toBeUndefined();

    const cause = 'mapping.no-code:kingdee-hq/departments:质量部';
    const unknown = await approved('departments', { rows, department: '质量部' });
    const { data } = await parked(unknown);
    expect(data).toMatchObject({ code: cause, owner: 'administrator' });
    expect(data.nextStep).toContain('departments of the system behind kingdee-hq');
    const other = await approved('departments', { rows, department: '销售部' });
    await posted(early, other);
    expect(debit(other)).toBe('6602.01 BM01 610');

    await hq.setBaseData('BD_Department', { number: 'BM05', name: '质量部' });
    await line().cli('master-data', 'pull', 'kingdee-hq/departments', ...REASON);
    const known = async () => {
      const entries = await line().messages(table, 'MasterDataEntry', ['masterdata.entries.v1']);
      expect(entries.map(({ data: { code } }) => code)).toContain('BM05');
    };
    await eventually('the new department is on the log', known, PATIENT);
    await line().cli('parked', 'release', '--cause', cause, ...REASON);
    await posted(early, other, unknown);
    expect(debit(unknown)).toBe('6602.01 BM05 610');
  },
);

test(
  'contacts that were read by half: approvals wait, and a transformer that was killed meanwhile plans them by itself',
  ONCE,
  async () => {
    const flow = new DraftFlow(line(), 'contacts')
      .edit('flow.yaml', 'form[部门])', 'lookup("dingtalk-main/departments", "name", "code", originator.departmentId))')
      .edit('tables/claim-cost-centres.csv', '销售部,', '样例公司,BM03,,\n销售部,')
      .pulling('dingtalk-main', 'departments');
    // The root is shown, which is all that these claims need; what is below it is not.
    await line().dingtalk.fault({ kind: 'refuse', operation: 'listsub' });
    await flow.publish();
    const claims = [
      await approved('contacts', { rows: { 差旅费: '810.00' } }),
      await approved('contacts', { rows: { 办公费: '820.00' } }),
    ];
    for (const claim of claims) expect((await parked(claim)).data).toMatchObject(pending('dingtalk-main/departments'));
    await line().processes.kill9('transformer');
    await line().dingtalk.withoutFaults();
    await posted(...claims);
    expect(claims.map(debit)).toEqual(['6602.01 BM03 810', '6602.03 BM03 820']);
  },
);
