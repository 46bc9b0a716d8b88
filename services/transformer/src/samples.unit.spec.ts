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

/** Kingdee's accounts that the samples book on, as they are pulled: vouchers are checked against them. */
const PULLED = masterDataOf({
  'kingdee-hq/accounts': [
    { code: '2221.01', name: '应交增值税' },
    { code: '2241', name: '其他应付款' },
    { code: '6602.01', name: '管理费用-差旅费', requiredDimensions: 'FFLEX5' },
    { code: '6602.02', name: '管理费用-办公费', requiredDimensions: 'FFLEX5,FFLEX9' },
    { code: '6603', name: '财务费用' },
  ],
});

/** What the samples make of one approved instance. */
function commandsFor(instance: InstanceParts): readonly AnyMessage[] {
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
  const ended = { status: 'COMPLETED', result: 'agree', finished: '2026-11-30 23:59:59' } as const;
  const events = normalise.take(collected({ ...ended, ...instance }, '2026-12-01T00:00:00Z'));
  return events.flatMap((event) => plan.take(event));
}

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
});
