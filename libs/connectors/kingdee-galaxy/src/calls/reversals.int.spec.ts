import type { TargetOperation, VoucherIntent } from '@voucherline/connector-kit';
import { posted, readBack, reversing } from '@voucherline/connector-kit/conformance';
import { afterEach, describe, expect, it } from 'vitest';
import { type KingdeeStage, startStage } from './testing/stage.js';

let stage: KingdeeStage;
afterEach(() => stage.close());

interface Shown {
  readonly id: string;
  readonly entries: { readonly FEntity: readonly { readonly fields: Readonly<Record<string, string>> }[] };
}
const vouchers = () => stage.control('/documents?form=GL_VOUCHER', undefined, 'GET') as Promise<Shown[]>;

/** A posted voucher, and the intent that takes it back. */
async function reversalOf(change: (intent: VoucherIntent) => VoucherIntent = (intent) => intent) {
  const { operation, context } = stage;
  const original = change(await stage.intent());
  const outcome = await operation.create(original, context);
  const id = outcome.kind === 'done' ? (outcome.documentId ?? '') : '';
  await operation.submit(id, context);
  await operation.post(id, context);
  return { id, intent: reversing(original, await readBack(stage, id)), red: redOf(operation) };
}

function redOf({ reversal }: TargetOperation): TargetOperation {
  if (reversal.kind !== 'entry') throw new Error('vouchers are reversed by an entry');
  return reversal.operation;
}

const twoCurrencies = (intent: VoucherIntent): VoucherIntent => ({
  ...intent,
  payload: {
    ...intent.payload,
    entries: [
      { account: '6602.01', dimensions: { FFLEX5: 'BM01', FFLEX9: 'FY01' }, currency: 'CNY', debit: '712.35' },
      { explanation: '购汇', account: '1002', currency: 'USD', exchangeRate: '7.1235', credit: '100' },
    ],
  },
});

describe('a red voucher', () => {
  it('has every line of the original with dimensions and currency, negative, and names the original', async () => {
    stage = await startStage('save-gl-voucher', 'signature');
    const { id, intent, red } = await reversalOf(twoCurrencies);
    expect(await red.create({ ...intent, accountingDate: '2024-04-02' }, stage.context)).toMatchObject({
      kind: 'done',
    });
    const [original, voucher, ...more] = await vouchers();
    expect(more).toEqual([]);
    expect(original).toMatchObject({ id, red: false, amount: '712.35' });
    expect(voucher).toMatchObject({
      red: true,
      key: intent.voucherKey,
      explanation: '红冲 记-1 (2024-03-31) 报销 BX-1',
      amount: '-712.35',
      fields: { FDate: '2024-04-02T00:00:00', FYEAR: '2024', FPERIOD: '4', FAccountBookID: '001' },
    });
    expect(voucher?.entries.FEntity.map(({ fields }) => fields)).toEqual([
      {
        FEXPLANATION: '红冲 记-1 (2024-03-31) 报销 BX-1',
        FACCOUNTID: '6602.01',
        'FDetailID.FFLEX5': 'BM01',
        'FDetailID.FFLEX9': 'FY01',
        FCURRENCYID: 'PRE001',
        FEXCHANGERATETYPE: 'HLTX01_SYS',
        FEXCHANGERATE: '1',
        FAMOUNTFOR: '-712.35',
        FDEBIT: '-712.35',
        FCREDIT: '0',
      },
      {
        FEXPLANATION: '红冲 记-1 (2024-03-31) 购汇',
        FACCOUNTID: '1002',
        FCURRENCYID: 'PRE007',
        FEXCHANGERATETYPE: 'HLTX01_SYS',
        FEXCHANGERATE: '7.1235',
        FAMOUNTFOR: '-100',
        FDEBIT: '0',
        FCREDIT: '-712.35',
      },
    ]);
  });

  it('of lines whose book amounts are their own, and of a rounding line, takes back the same cents', async () => {
    stage = await startStage('save-gl-voucher', 'signature');
    const entries = [
      { account: '6601', currency: 'USD', exchangeRate: '7.12', debit: '33.33', bookAmount: '237.42' },
      { account: '2241', currency: 'CNY', credit: '237.41' },
      { explanation: '尾差', account: '6601', currency: 'CNY', credit: '0.01' },
    ];
    const { intent, red } = await reversalOf((original) => ({
      ...original,
      payload: { ...original.payload, entries },
    }));
    expect(await red.create(intent, stage.context)).toMatchObject({ kind: 'done' });
    const [original, voucher] = await vouchers();
    const amounts = (shown: Shown | undefined) =>
      shown?.entries.FEntity.map(({ fields }) => ['FAMOUNTFOR', 'FDEBIT', 'FCREDIT'].map((name) => fields[name]));
    expect(amounts(original)).toEqual([
      ['33.33', '237.42', '0.00'],
      ['237.41', '0.00', '237.41'],
      ['0.01', '0.00', '0.01'],
    ]);
    expect(amounts(voucher)).toEqual([
      ['-33.33', '-237.42', '0'],
      ['-237.41', '0', '-237.41'],
      ['-0.01', '0', '-0.01'],
    ]);
    expect(voucher).toMatchObject({ amount: '-237.42', red: true });
  });

  it('takes back what stands in Kingdee, not what was asked for once', async () => {
    stage = await startStage('save-gl-voucher', 'signature');
    const { intent, red } = await reversalOf();
    expect(await red.create({ ...intent, payload: { entries: [] } }, stage.context)).toMatchObject({ kind: 'done' });
    expect((await vouchers())[1]?.entries.FEntity).toHaveLength(2);
  });

  it('is refused in a closed period, definitely, and goes into an open one', async () => {
    stage = await startStage('save-gl-voucher', 'signature');
    const { intent, red } = await reversalOf();
    await stage.control('/periods', { period: '2024-03', open: false });
    const refused = { kind: 'rejected', owner: 'finance', words: expect.stringContaining('已结账') };
    expect(await red.create(intent, stage.context)).toMatchObject(refused);
    expect(await vouchers()).toHaveLength(1);
    expect(await red.create({ ...intent, accountingDate: '2024-04-01' }, stage.context)).toMatchObject({
      kind: 'done',
    });
  });

  it('is not tried when the original can not be read: nothing was sent', async () => {
    stage = await startStage('save-gl-voucher', 'signature');
    const { intent, red } = await reversalOf();
    const saves = (await stage.counts()).Save;
    await stage.fault({ kind: 'html', operation: 'View', times: 1 });
    expect(await red.create(intent, stage.context)).toMatchObject({ kind: 'notSent' });
    await stage.fault({ kind: 'emptyResult', operation: 'View', times: 1 });
    expect(await red.create(intent, stage.context)).toMatchObject({ kind: 'notSent' });
    expect((await stage.counts()).Save).toBe(saves);
  });

  it('can be mended: a second generation of it, beside the first', async () => {
    stage = await startStage('save-gl-voucher', 'signature');
    const { intent, red } = await reversalOf();
    const second = { ...intent, generation: 2 };
    await red.create(intent, stage.context);
    await red.create(second, stage.context);
    const { voucherKey } = intent;
    const keys = [
      { voucherKey, generation: 1 },
      { voucherKey, generation: 2 },
    ];
    expect(await red.lookup(second, stage.context)).toMatchObject({ value: keys });
    expect(await red.lookup(intent, stage.context)).toMatchObject({ value: keys.slice(0, 1) });
  });
});

describe('a key with a generation', () => {
  it('is compared exactly, whatever the database takes for equal', async () => {
    stage = await startStage('save-gl-voucher', 'signature');
    const intent = { ...(await stage.intent()), voucherKey: 'a'.repeat(32), generation: 2 };
    for (const voucherKey of ['A'.repeat(32), `${'a'.repeat(32)}#1`, `${'a'.repeat(32)}#2 `]) {
      await stage.operation.create({ ...intent, voucherKey, generation: 1 }, stage.context);
    }
    expect(stage.documents()).toHaveLength(3);
    expect(await stage.operation.lookup(intent, stage.context)).toEqual({ kind: 'read', value: [] });
  });
});

describe('a payment bill that is undone', () => {
  it('gives the application its open amount back', async () => {
    stage = await startStage('push-payment-bill', 'signature', { sandbox: { openAmountUsedBy: 'saved' } });
    const { operation, context } = stage;
    const { intent, id } = await posted(stage);
    expect(await operation.create(intent, context)).toMatchObject({
      kind: 'rejected',
      words: expect.stringContaining('关联数量'),
    });
    if (operation.reversal.kind === 'undo') await operation.reversal.unpost(id, 'posted', context);
    expect(await operation.create(intent, context)).toMatchObject({ kind: 'rejected' });
    await operation.void(id, context);
    expect(await operation.create({ ...intent, generation: 2 }, context)).toMatchObject({ kind: 'done' });
  });

  it('is for people as long as other documents were made from it', async () => {
    stage = await startStage('push-payment-bill', 'signature');
    const { reversal } = stage.operation;
    if (reversal.kind !== 'undo') throw new Error('payment bills are undone');
    const { id } = await posted(stage);
    await stage.control('/downstream', { id });
    expect(await reversal.unpost(id, 'posted', stage.context)).toMatchObject({
      kind: 'rejected',
      owner: 'finance',
      nextStep: expect.stringContaining('made from this one'),
    });
    expect(await readBack(stage, id)).toMatchObject({ stage: 'posted' });
    await stage.control('/downstream', { id, exists: false });
    expect(await reversal.unpost(id, 'posted', stage.context)).toMatchObject({ kind: 'done' });
  });
});
