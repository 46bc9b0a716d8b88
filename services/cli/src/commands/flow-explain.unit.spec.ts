import { type PostVoucher, voucherKey } from '@voucherline/contracts';
import { evaluateFlow } from '@voucherline/mapping';
import { masterDataOf } from '@voucherline/pipeline';
import { beforeEach, describe, expect, it } from 'vitest';
import { approvalKey, CLAIM, claimForm, Desk, flowOf } from '../testing/desk.js';
import { flow } from './flow.js';

const SUBJECT = approvalKey('1');
const KEY = voucherKey(SUBJECT, 'claim-voucher', 0);
const APPROVED_AT = '2026-11-20T16:30:00Z';
const FORM = claimForm(['交通', '10.00'], ['住宿', '20.00']);
const DEPARTMENTS = masterDataOf({ 'erp/departments': [{ code: 'BM01', name: '研发部' }] });

let desk: Desk;

beforeEach(() => {
  desk = new Desk();
  desk.connect('oa', 'dingtalk');
  desk.connect('erp', 'kingdee-galaxy');
  desk.publish(flowOf());
  desk.approve('1', FORM, APPROVED_AT);
});

/** The command that planning makes of the approval's n-th form, changed. */
function post(change: Partial<PostVoucher> = {}, options: { accountingDate?: string; form?: typeof FORM } = {}): void {
  const { flow, hash } = flowOf();
  const { form = FORM, accountingDate } = options;
  const originator = { userId: 'u1', departmentId: '2', departmentName: '研发部' };
  const head = { connection: 'oa', kind: 'CLAIM', businessId: '2026-1', title: '报销', originator };
  const evaluation = evaluateFlow(
    flow,
    { ...head, approvedAt: APPROVED_AT, form },
    { timeZone: 'Asia/Shanghai', masterData: DEPARTMENTS, ...(accountingDate !== undefined && { accountingDate }) },
  );
  if (evaluation.kind !== 'rendered') throw new Error(JSON.stringify(evaluation));
  const { payload, accountingDate: day, amount, expectation, lookups = [] } = evaluation.rendering;
  desk.tell('PostVoucher', SUBJECT, {
    ...{ voucherKey: KEY, voucher: 'claim-voucher', revision: 0, flow: { name: 'claim', hash, offset: 2 } },
    ...{ target: 'erp', operation: 'save-gl-voucher', accountingDate: day, payload, expectation, lookups },
    members: [{ approval: SUBJECT, revision: 0, amount }],
    ...{ fingerprint: 'f', patienceSeconds: 1 },
    ...change,
  });
}

function confirm(number = 'PZ0001', key = KEY): void {
  const evidence = { readAt: '', status: 'C', amount: { amount: '30.00', currency: 'CNY' }, contentSha256: 'c' };
  const of = { voucherKey: key, voucher: 'claim-voucher', revision: 0, generation: 1, target: 'erp' };
  desk.tell('VoucherConfirmed', SUBJECT, { ...of, document: 'kingdee-galaxy/a1/GL_VOUCHER/7', number, evidence });
}

async function explain(asked: string): Promise<string> {
  desk.lines.splice(0);
  expect(await flow.run(['explain', asked], desk.context)).toBe(0);
  return desk.text;
}

/** What is said below a field. */
function below(text: string, field: string): string {
  const from = text.slice(text.indexOf(`  ${field} = `));
  return from.slice(0, from.slice(1).search(/\n {2}\S/) + 1);
}

describe('flow explain', () => {
  it.each(['PZ0001', KEY, KEY.slice(0, 8), 'kingdee-galaxy/a1/GL_VOUCHER/7', SUBJECT])(
    'finds a voucher by %s',
    async (asked) => {
      post();
      confirm();
      const text = await explain(asked);
      expect(text).toContain(`${KEY}  claim-voucher → erp  PZ0001 confirmed 已过账`);
      expect(text).toContain(flowOf().hash);
    },
  );

  it('says for each field its value, rule, looked-up row, source field and raw value', async () => {
    post();
    const text = await explain(KEY);
    expect(text).toContain('Evaluated again it is the same');
    const account = below(text, 'payload.entries[1].account');
    expect(account).toMatch(/= 6601\.02\n +rule 规则 +=lookup\("accounts"/);
    expect(account).toMatch(/look-up 查表 +accounts: category = 住宿, on 日期 2026-11-21 → /);
    expect(account).toMatch(/来源字段 费用类型 \(row 第 2 行\), raw value 原值: 住宿/);
    expect(below(text, 'payload.entries[0].dimensions.FFLEX5')).toMatch(/erp\/departments: name = 研发部.*code = BM01/);
    expect(below(text, 'amount')).toMatch(
      /= 30\.00\n +rule 规则 +=total[\s\S]*明细: 2 rows[\s\S]*raw value 原值: 20\.00/,
    );
  });

  it('takes rows of master data from the command, whatever they are now', async () => {
    post();
    desk.masterData('erp/departments', [{ code: 'BM99', name: '研发部' }]);
    expect(await explain(KEY)).toContain('Evaluated again it is the same');
  });

  it('takes the version that made it, the form it was made from, and the day that a person gave', async () => {
    post({ action: 'a1' }, { accountingDate: '2026-12-01' });
    desk.publish(flowOf(CLAIM.replace('"2241"', '"2202"')));
    desk.amend('1', claimForm(['交通', '99.00']), '2026-11-22T02:00:00Z');
    const text = await explain(KEY);
    expect(text).toContain('The accounting date was given by a person');
    expect(text).not.toContain('NOT THE SAME');
    expect(text).toContain('accountingDate = 2026-12-01');
  });

  it('says plainly where evaluating again gives something else, and shows what was recorded', async () => {
    post();
    const { payload } = recorded();
    const entries = (payload.entries as readonly object[]).map((entry, n) =>
      n === 0 ? { ...entry, account: '6609' } : entry,
    );
    post({ payload: { ...payload, entries } });
    const text = await explain(KEY);
    expect(text).toContain('NOT THE SAME 不一致');
    expect(text).toContain('payload.entries[0].account: recorded 已记录 6609 / now 现在 6601.01');
    expect(text).toContain('  payload.entries[0].account = 6609');
  });

  it('shows what was recorded where nothing can be evaluated again, and says why', async () => {
    post({ flow: { name: 'claim', hash: 'gone', offset: 9 } });
    const text = await explain(KEY);
    expect(text).toContain('Only what was recorded is shown, because version gone of claim is not on the log');
    expect(text).toContain('payload.entries[0].account = 6601.01');
  });

  it('explains all vouchers of an approval, and asks back where a number means several subjects', async () => {
    post();
    const second = voucherKey(SUBJECT, 'claim-voucher', 1);
    post({ voucherKey: second, revision: 1 });
    const text = await explain(SUBJECT);
    expect(text).toContain(KEY);
    expect(text).toContain(second);
    await expect(flow.run(['explain', 'PZ9999'], desk.context)).rejects.toThrow(/no voucher on the log/);
  });
});

function recorded(): PostVoucher {
  const all = [0, 1, 2].flatMap((partition) => desk.log.partition('vouchers.commands.v1', partition));
  return JSON.parse(String(all[0]?.value)) as PostVoucher;
}
