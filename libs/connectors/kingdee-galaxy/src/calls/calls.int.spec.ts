import type { CallContext, VoucherIntent } from '@voucherline/connector-kit';
import { afterEach, describe, expect, it } from 'vitest';
import { connectionTo, type Family, type KingdeeStage, type OperationName, startStage } from './testing/stage.js';

let stage: KingdeeStage;
const opened: CallContext[] = [];
afterEach(async () => {
  for (const { http } of opened.splice(0)) await http.close();
  await stage.close();
});

type Options = Parameters<typeof startStage>[2];
const start = async (
  name: OperationName = 'push-payment-bill',
  family: Family = 'signature',
  options: Options = {},
) => {
  stage = await startStage(name, family, options);
  return stage;
};
const another = (family: Family, settings: Record<string, unknown>) => {
  const context = connectionTo(stage.url, family, settings);
  opened.push(context);
  return context;
};
const { create, lookup, read, mark, prerequisite } = {
  create: (intent: VoucherIntent) => stage.operation.create(intent, stage.context),
  lookup: (intent: VoucherIntent, context = stage.context) => stage.operation.lookup(intent, context),
  read: (id: string) => stage.operation.read(id, stage.context),
  mark: (intent: VoucherIntent, id: string) => stage.operation.mark(intent, id, stage.context),
  prerequisite: (intent: VoucherIntent) => stage.operation.prerequisite(intent, stage.context),
};
const forApplication = (applicationNumber: string): VoucherIntent => ({
  voucherKey: 'c'.repeat(32),
  generation: 1,
  accountingDate: '2024-03-31',
  payload: { applicationNumber },
  expectation: { amount: { amount: '1', currency: 'CNY' }, date: '2024-03-31' },
});
interface Shown {
  readonly fields: Readonly<Record<string, string>>;
  readonly entries: Readonly<Record<string, readonly { readonly fields: Readonly<Record<string, string>> }[]>>;
}
const shown = (form: string) => stage.control(`/documents?form=${form}`, undefined, 'GET') as Promise<Shown[]>;
const bills = () => shown('AP_PAYBILL');

/** Two expenses in USD, the second with what the bank charged, one in CNY; the claim was added up before it was rounded. */
const twoCurrencies = [
  { account: '6601', currency: 'USD', exchangeRate: '7.1235', debit: '33.33' },
  { account: '6601', currency: 'USD', exchangeRate: '7.12', debit: '33.33', bookAmount: '237.42' },
  { account: '6601', currency: 'CNY', debit: '500.00' },
  { account: '2241', currency: 'CNY', credit: '974.84' },
  { explanation: '尾差', account: '6601', currency: 'CNY', credit: '0.01' },
];

describe('what a payment bill waits for', () => {
  it('is an audited application, said in words', async () => {
    await start();
    const waiting = (words: RegExp) => ({ value: { ready: false, waitingFor: expect.stringMatching(words) } });
    const intent = forApplication('FKSQ-1');
    expect(await prerequisite(intent)).toMatchObject(waiting(/FKSQ-1 does not exist/));
    await stage.control('/payapply', { number: 'FKSQ-1', amount: '1', audited: false });
    expect(await prerequisite(intent)).toMatchObject(waiting(/status A \(not audited\)/));
    await stage.control('/by-hand', { operation: 'Cancel', form: 'CN_PAYAPPLY', id: '100001' });
    expect(await prerequisite(intent)).toMatchObject(waiting(/is cancelled/));
    await stage.control('/by-hand', { operation: 'UnCancel', form: 'CN_PAYAPPLY', id: '100001' });
    await stage.control('/payapply/FKSQ-1/audit');
    expect(await prerequisite(intent)).toEqual({ kind: 'read', value: { ready: true } });
    // The database takes these for equal; they are different numbers to us.
    expect(await prerequisite(forApplication('fksq-1'))).toMatchObject(waiting(/fksq-1 does not exist/));
  });
});

describe('a look-up for a payment bill', () => {
  it("shows a clerk's bill as not ours, whatever stage it has", async () => {
    await start();
    const intent = await stage.intent();
    await stage.control('/push-by-hand', { number: intent.payload.applicationNumber, audit: true });
    expect(await lookup(intent)).toMatchObject({ value: [{ ours: false, stage: 'posted' }] });
  });

  it('compares exactly what the database compares loosely', async () => {
    await start();
    const intent = await stage.intent();
    await create(intent);
    const number = String(intent.payload.applicationNumber).toLowerCase();
    expect(await lookup(forApplication(number))).toEqual({ kind: 'read', value: [] });
  });

  it('can not be led astray by a number with quotes', async () => {
    await start();
    await expect(create(forApplication("x' or FID>0 or FBillNo='"))).rejects.toThrow(/was not checked/);
    await expect(lookup(forApplication("x' or FID>0 or FBillNo='"))).rejects.toThrow(/was not checked/);
  });

  it('keeps ids and amounts that no float can hold', async () => {
    await start('push-payment-bill', 'signature', { sandbox: { firstId: '9007199254740993' } });
    const { numbers } = (await stage.control('/payapply', { amount: '90071992547409.93' })) as { numbers: [string] };
    const intent = forApplication(numbers[0]);
    expect(await create(intent)).toMatchObject({ kind: 'done', documentId: '9007199254740993' });
    expect(await mark(intent, '9007199254740993')).toMatchObject({ kind: 'done' });
    expect(await read('9007199254740993')).toMatchObject({
      value: {
        id: '9007199254740993',
        document: 'kingdee-galaxy/65000000000001/AP_PAYBILL/9007199254740993',
        amount: { amount: '90071992547409.93', currency: 'CNY' },
      },
    });
  });

  it('refuses a currency that no setting names', async () => {
    await start('push-payment-bill', 'signature', { connection: { currencies: ['PRE007=USD'] } });
    const intent = await stage.intent();
    await create(intent);
    expect(await lookup(intent)).toMatchObject({ kind: 'rejected', code: 'CURRENCY', owner: 'administrator' });
  });
});

describe('Push', () => {
  it.each(['sibling', 'siblingArray', 'inside'])(
    'is refused in the words of its conversion, wherever they stand: %s',
    async (place) => {
      await start('push-payment-bill', 'signature', { sandbox: { convertStatus: place, openAmountUsedBy: 'saved' } });
      const intent = await stage.intent();
      expect(await create(intent)).toMatchObject({ kind: 'done' });
      expect(await create(intent)).toMatchObject({
        kind: 'rejected',
        owner: 'finance',
        words: expect.stringContaining('关联数量'),
        nextStep: expect.stringContaining('no open amount'),
      });
    },
  );

  it('without a rule is for the administrator', async () => {
    await start('push-payment-bill', 'signature', { sandbox: { defaultRule: false } });
    expect(await create(await stage.intent())).toMatchObject({ kind: 'rejected', owner: 'administrator' });
  });

  it('that the server does twice shows two bills', async () => {
    await start();
    const intent = await stage.intent();
    await stage.fault({ kind: 'executeTwice', operation: 'Push' });
    await create(intent);
    expect(await lookup(intent)).toMatchObject({ value: [{ ours: true }, { ours: true }] });
  });

  it('is in doubt when its answer names no document', async () => {
    await start();
    const intent = await stage.intent();
    await stage.fault({ kind: 'noRows', operation: 'Push' });
    expect(await create(intent)).toEqual({ kind: 'inDoubt', reason: 'the answer names 0 documents, not one' });
  });
});

describe('marking a bill', () => {
  it('makes a numberless draft a bill with number and key, and changes nothing else', async () => {
    await start('push-payment-bill', 'signature', { sandbox: { pushSavesAs: 'draft' } });
    const intent = await stage.intent();
    expect(await create(intent)).toEqual({ kind: 'done', documentId: '100001', number: '' });
    expect(await lookup(intent)).toMatchObject({ value: [{ number: '', status: 'Z', stage: 'draft' }] });
    const [before] = await bills();
    expect(await mark(intent, '100001')).toMatchObject({ kind: 'done', number: 'FKD00000001' });
    expect(await read('100001')).toMatchObject({
      value: { number: 'FKD00000001', status: 'A', voucherKey: intent.voucherKey },
    });
    const [after] = await bills();
    expect(after?.entries).toEqual(before?.entries);
    expect(after?.fields).toEqual({
      ...before?.fields,
      F_VL_KEY: intent.voucherKey,
      FTHIRDBILLNO: intent.voucherKey,
      FREMARK: 'BX-1',
    });
  });

  it('leaves a third-party number that is there', async () => {
    await start();
    const intent = await stage.intent();
    await create(intent);
    await mark(intent, '100001');
    await mark({ ...intent, voucherKey: 'd'.repeat(32) }, '100001');
    expect((await bills())[0]?.fields).toMatchObject({ F_VL_KEY: 'd'.repeat(32), FTHIRDBILLNO: intent.voucherKey });
  });

  it('saves nothing when the bill is there no more', async () => {
    await start();
    const intent = await stage.intent();
    await create(intent);
    await stage.operation.void('100001', stage.context);
    expect(await mark(intent, '100001')).toMatchObject({ kind: 'rejected', code: 'ABSENT' });
    expect((await stage.counts()).Save).toBeUndefined();
  });

  it('is refused where the bill can not be saved, for finance to complete', async () => {
    await start('push-payment-bill', 'signature', { sandbox: { ownBankAccount: '' } });
    const intent = await stage.intent();
    expect(await create(intent)).toMatchObject({ kind: 'done', number: '' });
    expect(await mark(intent, '100001')).toMatchObject({
      kind: 'rejected',
      owner: 'finance',
      words: expect.stringContaining('我方银行'),
    });
  });
});

describe('a voucher', () => {
  it('is written to the cent, by numbers, with the key in its header', async () => {
    await start('save-gl-voucher');
    const intent = await stage.intent();
    const entries = [
      { account: '6602.01', dimensions: { FFLEX5: 'BM01' }, currency: 'CNY', debit: '712.35' },
      { explanation: '购汇', account: '1002', currency: 'USD', exchangeRate: '7.1235', credit: '100' },
    ];
    expect(await create({ ...intent, payload: { ...intent.payload, date: '2024-02-29', entries } })).toMatchObject({
      kind: 'done',
    });
    const [voucher] = await shown('GL_VOUCHER');
    expect(voucher).toMatchObject({
      status: 'A',
      key: intent.voucherKey,
      amount: '712.35',
      fields: { FDate: '2024-02-29T00:00:00', FYEAR: '2024', FPERIOD: '2', FCREDITTOTAL: '712.35' },
    });
    expect(voucher?.entries.FEntity?.map(({ fields }) => fields)).toMatchObject([
      {
        FEXPLANATION: '报销 BX-1',
        FDEBIT: '712.35',
        FCREDIT: '0.00',
        'FDetailID.FFLEX5': 'BM01',
        FCURRENCYID: 'PRE001',
      },
      {
        FEXPLANATION: '购汇',
        FDEBIT: '0.00',
        FCREDIT: '712.35',
        FAMOUNTFOR: '100',
        FEXCHANGERATE: '7.1235',
        FCURRENCYID: 'PRE007',
      },
    ]);
    expect(await read('100001')).toMatchObject({ value: { number: '记-1', date: '2024-02-29' } });
  });

  it('in two currencies with a rounding line is in the book to the cent, as what is read back shows', async () => {
    await start('save-gl-voucher');
    const intent = await stage.intent();
    const payload = { ...intent.payload, entries: twoCurrencies };
    expect(stage.operation.checkPayload(payload, stage.context.connection.content.settings)).toEqual([]);
    expect(await create({ ...intent, payload })).toMatchObject({ kind: 'done' });
    const [voucher] = await shown('GL_VOUCHER');
    const columns = ['FCURRENCYID', 'FEXCHANGERATE', 'FAMOUNTFOR', 'FDEBIT', 'FCREDIT'];
    expect(voucher?.entries.FEntity?.map(({ fields }) => columns.map((name) => fields[name]))).toEqual([
      ['PRE007', '7.1235', '33.33', '237.43', '0.00'],
      ['PRE007', '7.12', '33.33', '237.42', '0.00'],
      ['PRE001', '1', '500.00', '500.00', '0.00'],
      ['PRE001', '1', '974.84', '0.00', '974.84'],
      ['PRE001', '1', '0.01', '0.00', '0.01'],
    ]);
    expect(await read('100001')).toMatchObject({ value: { amount: { amount: '974.85', currency: 'CNY' } } });
  });

  it('whose lines Kingdee values itself, another way, is refused or reads back otherwise; never what was not meant', async () => {
    await start('save-gl-voucher', 'signature', { sandbox: { bookAmounts: 'computed' } });
    const intent = await stage.intent();
    const own = { account: '1002', currency: 'USD', exchangeRate: '7.12', bookAmount: '237.42' };
    const [cny] = twoCurrencies.slice(2);
    const against = { ...cny, debit: undefined, credit: '237.42' };
    const entries = [{ ...own, debit: '33.33' }, against];
    expect(await create({ ...intent, payload: { ...intent.payload, entries } })).toMatchObject({
      kind: 'rejected',
      owner: 'finance',
      words: expect.stringContaining('借贷不平衡'),
    });
    const both = [
      { ...own, debit: '33.33' },
      { ...own, credit: '33.33' },
    ];
    expect(await create({ ...intent, payload: { ...intent.payload, entries: both } })).toMatchObject({ kind: 'done' });
    expect(await read('100001')).toMatchObject({ value: { amount: { amount: '237.31' } } });
  });

  it('is found by exactly its key, whatever the database takes for equal', async () => {
    await start('save-gl-voucher');
    const intent = await stage.intent();
    await create({ ...intent, voucherKey: intent.voucherKey.toUpperCase() });
    expect(await lookup(intent)).toEqual({ kind: 'read', value: [] });
  });

  it('of a closed period is refused for finance, and nothing was made', async () => {
    await start('save-gl-voucher', 'signature', { sandbox: { closedPeriods: ['2024-03'] } });
    expect(await create(await stage.intent())).toMatchObject({
      kind: 'rejected',
      code: 'MsgCode 11',
      owner: 'finance',
      words: expect.stringContaining('已结账'),
    });
    expect(stage.documents()).toEqual([]);
  });

  it('in a currency that no setting names is not sent', async () => {
    await start('save-gl-voucher', 'signature', { connection: { currencies: ['PRE007=USD'] } });
    expect(await create(await stage.intent())).toMatchObject({ kind: 'rejected', code: 'CURRENCY' });
    expect((await stage.counts()).Save).toBeUndefined();
  });
});

describe('answers', () => {
  it.each([
    ['msgCode4', 'inDoubt', 'unavailable'],
    ['msgCode6', 'inDoubt', 'unavailable'],
    ['msgCode0', 'inDoubt', 'unavailable'],
    ['responseError', 'inDoubt', 'unavailable'],
    ['emptyResult', 'inDoubt', 'unavailable'],
    ['msgCode1', 'inDoubt', 'rejected'],
    ['msgCode13', 'throttled', 'throttled'],
    ['msgCode14', 'throttled', 'throttled'],
    ['msgCode2', 'rejected', 'rejected'],
    ['msgCode7', 'rejected', 'rejected'],
    ['gateway519', 'rejected', 'rejected'],
  ])('%s: a create is %s, a read %s', async (kind, written, wasRead) => {
    await start();
    const intent = await stage.intent();
    await stage.fault({ kind });
    expect((await create(intent)).kind).toBe(written);
    expect((await lookup(intent)).kind).toBe(wasRead);
  });
});

describe('a connection that is set up wrongly', () => {
  const administrator = {
    kind: 'rejected',
    owner: 'administrator',
    nextStep: expect.stringMatching(/appId|acctId|key field/),
  };

  it('by signature is told at the first read', async () => {
    await start();
    const context = another('signature', { userName: 'other' });
    expect(await stage.calls.probe(context)).toMatchObject({ ...administrator, code: 'MsgCode 1' });
  });

  it('by session logs in once for a call, and does not try again', async () => {
    await start('push-payment-bill', 'session');
    const context = another('session', { appId: '100002_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcY' });
    expect(await stage.calls.probe(context)).toMatchObject({ ...administrator, code: 'LOGIN' });
    expect(await stage.counts()).toMatchObject({ LoginBySign: 1 });
    expect(await stage.operation.create(await stage.intent(), context)).toMatchObject({
      ...administrator,
      code: 'LOGIN',
    });
  });

  it('with a wrong password is told so, without the password', async () => {
    await start('push-payment-bill', 'password');
    const context = another('password', { userName: 'other' });
    const outcome = await stage.calls.probe(context);
    expect(outcome).toMatchObject({ ...administrator, words: expect.stringContaining('LoginResultType 0') });
    expect(JSON.stringify(outcome)).not.toContain('sandbox-password');
  });

  it('lacks the key field', async () => {
    await start('push-payment-bill', 'signature', { connection: { keyField: 'F_OTHER_KEY' } });
    expect(await stage.calls.probe(stage.context)).toMatchObject(administrator);
  });
});

describe('a lost session', () => {
  it('is renewed once for all that find it lost', async () => {
    await start('push-payment-bill', 'session');
    const intent = await stage.intent();
    await lookup(intent);
    await stage.control('/sessions/expire');
    const outcomes = await Promise.all([1, 2, 3, 4, 5].map(() => lookup(intent)));
    expect(outcomes).toEqual(Array(5).fill({ kind: 'read', value: [] }));
    expect(await stage.counts()).toMatchObject({ LoginBySign: 2 });
  });

  it('every third call costs no document and makes none twice', async () => {
    await start('push-payment-bill', 'session');
    await stage.fault({ kind: 'sessionLost', operation: 'ExecuteBillQuery', every: 3 });
    for (let n = 0; n < 6; n += 1) {
      const intent = await stage.intent();
      expect(await prerequisite(intent)).toMatchObject({ value: { ready: true } });
      expect(await create(intent)).toMatchObject({ kind: 'done' });
      expect(await lookup(intent)).toMatchObject({ value: [{ ours: true }] });
    }
    expect(stage.documents()).toHaveLength(6);
  });
});
