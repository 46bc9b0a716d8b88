import { readdirSync, readFileSync } from 'node:fs';
import { manifests, masterDataPure, sourcePure, targetPure } from '@voucherline/connectors/pure';
import type { AnyMessage } from '@voucherline/contracts';
import {
  type Checked,
  type CheckedFile,
  checkConnection,
  checkFlow,
  checkPublication,
  faultText,
  type Publication,
} from '@voucherline/mapping';
import { configurationOf, masterDataOf } from '@voucherline/pipeline';
import { describe, expect, it } from 'vitest';
import { collected, type InstanceParts, PAYMENT_FORM } from './fixtures/dingtalk-instance.js';
import { StageHarness } from './fixtures/harness.js';
import { publishedFlow } from './fixtures/published.js';
import { normaliseStage } from './normalise/normalise-stage.js';
import { planStage } from './plan/plan-stage.js';

const DEPLOY = new URL('../../../deploy/', import.meta.url);
const ENVIRONMENT = {
  VOUCHERLINE_DINGTALK_URL: 'http://127.0.0.1:18630',
  VOUCHERLINE_KINGDEE_URL: 'http://127.0.0.1:18631',
};

const TABLES = readdirSync(new URL('flows/tables/', DEPLOY)).map((file) => {
  return { name: file.replace('.csv', ''), file, text: readFileSync(new URL(`flows/tables/${file}`, DEPLOY), 'utf8') };
});

function checked<T>(folder: string, check: (text: string, file: string) => Checked<T>): readonly CheckedFile<T>[] {
  const files = readdirSync(new URL(folder, DEPLOY), { recursive: true, encoding: 'utf8' }).filter(isConfiguration);
  return files.map((name) => {
    const result = check(readFileSync(new URL(`${folder}/${name}`, DEPLOY), 'utf8'), `deploy/${folder}/${name}`);
    if (!result.ok) throw new Error(result.errors.map(faultText).join('\n'));
    return result;
  });
}

/** A connection, or the flow of a folder. */
function isConfiguration(name: string): boolean {
  return /^[^/]+\.yaml$|^[^/]+\/flow\.yaml$/.test(name);
}

function samples(): Publication {
  return {
    connections: checked('connections', (text, file) => checkConnection(text, file, manifests(), ENVIRONMENT)),
    flows: checked('flows', (text, file) => checkFlow(text, file, TABLES)),
  };
}

/** Kingdee's accounts that the samples book on, as they are pulled: vouchers are checked against them. And who travels. */
const PULLED = masterDataOf({
  'dingtalk-main/users': [{ code: 'user01', name: '张三', jobNumber: 'E003' }],
  'kingdee-hq/accounts': [
    { code: '1002', name: '银行存款' },
    { code: '1221', name: '其他应收款' },
    { code: '2221.01', name: '应交增值税' },
    { code: '2241', name: '其他应付款' },
    { code: '6602.01', name: '管理费用-差旅费', requiredDimensions: 'FFLEX5' },
    { code: '6602.02', name: '管理费用-办公费', requiredDimensions: 'FFLEX5,FFLEX9' },
    { code: '6603', name: '财务费用' },
  ],
});

const ENDED = { status: 'COMPLETED', result: 'agree', finished: '2026-11-30 23:59:59' } as const;

/** The samples published, before the stages that make commands of what is collected. */
function line() {
  const { connections, flows } = samples();
  const configuration = configurationOf([
    ...connections.map(({ value: { connection: content, hash } }) => {
      return { type: 'ConnectionPublished' as const, data: { name: content.name, hash, content } };
    }),
    ...flows.map(({ value }) => publishedFlow(value, '2026-11-01T00:00:00Z')),
  ]);
  const normalise = new StageHarness(
    normaliseStage({ configuration, sourceOf: sourcePure, masterDataOf: masterDataPure }),
    configuration,
  );
  const plan = new StageHarness(planStage({ targetOf: targetPure }), configuration, PULLED);
  return {
    collect: (instance: InstanceParts, readAt = '2026-12-01T00:00:00Z') => {
      return normalise.take(collected({ ...ENDED, ...instance }, readAt)).flatMap((event) => plan.take(event));
    },
    confirm: ({ data, key }: Extract<AnyMessage, { type: 'PostVoucher' }>) => {
      const { voucherKey, voucher, revision, target, expectation } = data;
      const time = '2026-12-01T00:01:00Z';
      const evidence = { readAt: time, status: 'C', amount: expectation.amount, contentSha256: 'c' };
      const of = {
        voucherKey,
        voucher,
        revision,
        target,
        generation: 1,
        document: 'erp/1/GL_VOUCHER/1',
        number: '记-1',
      };
      const told = { id: `confirmed ${voucherKey}`, source: 'erp-writer', key, time };
      return plan.take({ ...told, type: 'VoucherConfirmed', data: { ...of, evidence } });
    },
  };
}

const commandsFor = (instance: InstanceParts) => line().collect(instance);

describe('the samples', () => {
  it('may be published together', () => {
    const publication = samples();
    expect(publication.flows.length).toBeGreaterThan(0);
    const faults = checkPublication(
      publication,
      { flows: [], connections: [], vouchers: [] },
      (product) => targetPure(product)?.operations,
      (product) => masterDataPure(product)?.manifest.masterData,
    );
    expect(faults.map(faultText)).toEqual([]);
  });

  it('make a payment bill of a payment request', () => {
    expect(commandsFor({ form: PAYMENT_FORM })).toMatchObject([
      {
        type: 'PostVoucher',
        data: {
          voucher: 'payment-bill',
          operation: 'push-payment-bill',
          accountingDate: '2026-11-30',
          payload: { applicationNumber: 'FKSQ0001', remark: '十月货款' },
          expectation: { amount: { amount: '1280.50', currency: 'CNY' } },
        },
      },
    ]);
  });

  it('make an accounting voucher of an expense claim', () => {
    const rows = [
      { 费用类型: '差旅费', 部门: '销售部', 币种: 'CNY', 金额: '1,060.00', 税额: '60.00' },
      { 费用类型: '办公费', 部门: '研发部', 币种: 'USD', 金额: '10.01', 税额: null },
    ];
    const form = { 报销事由: '十一月差旅', 费用明细: rows };
    expect(commandsFor({ processCode: 'PROC-EXPENSE', form })).toMatchObject([
      {
        type: 'PostVoucher',
        data: {
          voucher: 'accounting-voucher',
          operation: 'save-gl-voucher',
          payload: {
            explanation: '报销202611200001 十一月差旅',
            entries: [
              { account: '6602.01', dimensions: { FFLEX5: 'BM01' }, currency: 'CNY', debit: '1000.00' },
              {
                account: '6602.02',
                dimensions: { FFLEX5: 'BM04' },
                currency: 'USD',
                exchangeRate: '7.0951',
                debit: '10.01',
              },
              { account: '2221.01', currency: 'CNY', debit: '60.00' },
              { account: '2241', currency: 'CNY', credit: '1131.02' },
            ],
          },
          expectation: { amount: { amount: '1131.02', currency: 'CNY' } },
        },
      },
    ]);
  });

  it('settle a travel claim once the payment is there and the accrual is confirmed, and leave the accrual alone', () => {
    const trip = { 出发日期: '2026-11-10', 返回日期: '2026-11-12', 目的地: '上海', 城市类别: '一线城市' };
    const claim = (paid: string | null): InstanceParts => ({
      processCode: 'PROC-TRAVEL',
      form: {
        ...{ 出差事由: '拜访客户', 部门: '销售部', 借款金额: '1,000.00', 付款日期: paid },
        行程明细: [{ ...trip, 交通费: '1,106.50', 住宿费: '880.00' }],
      },
    });
    const payable = { account: '2241', dimensions: { FFLEX7: 'E003' }, currency: 'CNY' };
    const travel = line();
    const [accrual, ...more] = travel.collect(claim(null));
    expect(more).toEqual([]);
    expect(accrual).toMatchObject({
      type: 'PostVoucher',
      data: { voucher: 'travel-accrual', accountingDate: '2026-11-30' },
    });
    if (accrual?.type !== 'PostVoucher') throw new Error('there is no accrual');
    expect(accrual.data.payload.entries).toContainEqual({ ...payable, credit: '1436.50' });

    const settled = { voucher: 'travel-settlement', accountingDate: '2026-12-02' };
    expect(travel.collect(claim('2026-12-02'), '2026-12-02T02:00:00Z')).toEqual([]);
    expect(travel.confirm(accrual)).toMatchObject([{ type: 'PostVoucher', data: settled }, { type: 'WriteBack' }]);
  });
});
