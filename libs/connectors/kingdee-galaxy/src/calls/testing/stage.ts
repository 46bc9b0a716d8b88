import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CallContext, TargetOperation, VoucherIntent } from '@voucherline/connector-kit';
import {
  leaseOn,
  type OracleDocument,
  posted,
  readBack,
  reversing,
  type TargetStage,
} from '@voucherline/connector-kit/conformance';
import { readBook } from '@voucherline/connector-kit/sandbox';
import { type ConnectionContent, voucherKey } from '@voucherline/contracts';
import { startKingdeeSandbox } from '../../sandbox/index.js';
import { DEFAULT_SETTINGS } from '../../sandbox/settings.js';
import { kingdeeGalaxyCalls } from '../index.js';

export type Family = 'signature' | 'session' | 'password';

const { acctId, userName, appId, appSecret, password, keyField } = DEFAULT_SETTINGS;

/** A connection to a sandbox at `url`. */
export function connectionTo(
  url: string,
  family: Family,
  settings: Readonly<Record<string, unknown>> = {},
): CallContext {
  const content: ConnectionContent = {
    name: 'kingdee-test',
    product: 'kingdee-galaxy',
    account: acctId,
    timeZone: 'Asia/Shanghai',
    settings: {
      baseUrl: `${url}/k3cloud/`,
      authentication: family === 'signature' ? 'signature' : 'session',
      userName,
      ...(family !== 'password' && { appId }),
      currencies: ['PRE001=CNY', 'PRE007=USD'],
      ...settings,
    },
    secrets: {},
    limits: { perSecond: 100, concurrency: 8 },
  };
  const secrets = family === 'password' ? { password: { current: password } } : { appSecret: { current: appSecret } };
  return leaseOn(`${url}/k3cloud/`, { content, secrets });
}

/** A control call of the sandbox at `url`. */
export async function controlOf(url: string, path: string, body?: object, method = 'POST'): Promise<unknown> {
  const response = await fetch(`${url}/_sandbox${path}`, { method, ...(body && { body: JSON.stringify(body) }) });
  const answer: unknown = await response.json();
  if (!response.ok) throw new Error(`${path}: ${JSON.stringify(answer)}`);
  return answer;
}

/** A stage, and what tests of Kingdee's own ways need beside it. */
export interface KingdeeStage extends TargetStage {
  readonly url: string;
  control(path: string, body?: object, method?: string): Promise<unknown>;
}

const FORMS = {
  'push-payment-bill': 'AP_PAYBILL',
  'save-gl-voucher': 'GL_VOUCHER',
  'reverse-gl-voucher': 'GL_VOUCHER',
} as const;
export type OperationName = keyof typeof FORMS;

/** Starts a sandbox of its own and a connection to it. */
export async function startStage(
  name: OperationName,
  family: Family,
  options: { sandbox?: Record<string, unknown>; connection?: Record<string, unknown> } = {},
): Promise<KingdeeStage> {
  const dataDir = mkdtempSync(join(tmpdir(), 'kingdee-'));
  const sandbox = await startKingdeeSandbox({ dataDir, settings: options.sandbox ?? {} });
  const { url, bookPath } = sandbox;
  const context = connectionTo(url, family, options.connection);
  const control = (path: string, body?: object, method?: string) => controlOf(url, path, body, method);
  let stopped: Promise<void> | undefined;
  const stopVendor = () => {
    stopped ??= sandbox.close();
    return stopped;
  };
  let made = 0;
  const intent = async () => {
    made += 1;
    return name === 'push-payment-bill' ? paymentIntent(made, control) : voucherIntent(made);
  };
  const stage: KingdeeStage = {
    ...{ calls: kingdeeGalaxyCalls, operation: operationOf(name), context, url, control, intent, stopVendor },
    vendorNames: {
      create: name === 'push-payment-bill' ? 'Push' : 'Save',
      submit: 'Submit',
      post: 'Audit',
      void: 'Delete',
      unpost: 'UnAudit',
      query: 'ExecuteBillQuery',
    },
    trespassing,
    documents: () => documentsOf(bookPath, FORMS[name]),
    fault: async (rule) => void (await control('/faults', rule)),
    clearFaults: async () => void (await control('/faults', undefined, 'DELETE')),
    counts: async () => ((await control('/stats', undefined, 'GET')) as { calls: Record<string, number> }).calls,
    ...(family !== 'signature' && {
      sessions: { login: family === 'password' ? 'ValidateUser' : 'LoginBySign', lost: { kind: 'sessionLost' } },
    }),
    close: async () => {
      await context.http.close();
      await stopVendor();
      rmSync(dataDir, { recursive: true });
    },
  };
  return name === 'reverse-gl-voucher' ? withOriginals(stage) : stage;
}

function operationOf(name: OperationName): TargetOperation {
  if (name !== 'reverse-gl-voucher') return kingdeeGalaxyCalls.operations[name] as TargetOperation;
  const { reversal } = operationOf('save-gl-voucher');
  if (reversal.kind !== 'entry') throw new Error('vouchers are reversed by an entry');
  return reversal.operation;
}

/** A stage whose intents reverse vouchers that are posted before; those and the calls for them do not count. */
function withOriginals(stage: KingdeeStage): KingdeeStage {
  const originals = new Set<string>();
  const spent: Record<string, number> = {};
  const vouchers = { ...stage, operation: operationOf('save-gl-voucher') };
  const steps = ['Save', 'Submit', 'Audit'];
  return {
    ...stage,
    intent: async () => {
      const { intent, id } = await posted(vouchers);
      originals.add(id);
      for (const step of steps) spent[step] = (spent[step] ?? 0) + 1;
      return reversing(intent, await readBack(vouchers, id));
    },
    documents: () => stage.documents().filter(({ id }) => !originals.has(id)),
    counts: async () => {
      const counts = await stage.counts();
      return Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, count - (spent[name] ?? 0)]));
    },
  };
}

async function paymentIntent(made: number, control: KingdeeStage['control']): Promise<VoucherIntent> {
  const amount = `${1280 + made}.50`;
  const { numbers } = (await control('/payapply', { amount })) as { numbers: [string] };
  const expected = { amount: { amount: `${1280 + made}.5`, currency: 'CNY' }, payee: 'S001', date: '2024-03-31' };
  return intentOf(made, { applicationNumber: numbers[0], remark: `BX-${made}` }, expected);
}

function voucherIntent(made: number): VoucherIntent {
  const amount = `0.${made}1`;
  const entries = [
    { account: '6602.01', dimensions: { FFLEX5: 'BM01' }, currency: 'CNY', debit: amount },
    { account: '2241', currency: 'CNY', credit: amount },
  ];
  const payload = { accountBook: '001', voucherGroup: 'PRE001', explanation: `报销 BX-${made}`, entries };
  return intentOf(made, payload, { amount: { amount, currency: 'CNY' }, date: '2024-03-31' });
}

function intentOf(
  made: number,
  payload: VoucherIntent['payload'],
  expectation: VoucherIntent['expectation'],
): VoucherIntent {
  const key = voucherKey(`dingtalk/corp/approval/${made}`, 'voucher', 0);
  return { voucherKey: key, generation: 1, accountingDate: '2024-03-31', payload, expectation };
}

function trespassing(payload: VoucherIntent['payload'], id: string): readonly VoucherIntent['payload'][] {
  const { entries } = payload as { entries?: readonly object[] };
  const inEntries = entries?.map((entry) => ({ ...entry, FEntryID: id }));
  return [
    { ...payload, FID: id },
    { ...payload, FVOUCHERID: Number(id) },
    { ...payload, Id: id },
    { ...payload, Model: { FID: id } },
    { ...payload, ValidateFlag: 'false' },
    { ...payload, FPAYORGID: { FNumber: '100' } },
    ...(inEntries === undefined ? [] : [{ ...payload, entries: inEntries }]),
  ];
}

function documentsOf(bookPath: string, form: string): readonly OracleDocument[] {
  return readBook(bookPath)
    .filter((line) => line.form === form && line.deleted === undefined)
    .map(({ seq, at, ...document }) => {
      const { [keyField]: key = '' } = document.fields as Record<string, string>;
      return { id: document.id, key, bytes: JSON.stringify(document) };
    });
}
