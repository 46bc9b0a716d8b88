import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TargetCalls } from '@voucherline/connector-kit';
import { type BookLine, readBook, type Sandbox } from '@voucherline/connector-kit/sandbox';
import { targetCalls } from '@voucherline/connectors/calls';
import { sandboxes } from '@voucherline/connectors/sandbox';
import {
  type AnyMessage,
  type ConnectionContent,
  decode,
  encode,
  type Message,
  type MessageType,
  type MessageTypes,
  topicOf,
  voucherKey,
} from '@voucherline/contracts';
import { configurationOf, MemoryBroker, MemoryLog, shardOf } from '@voucherline/pipeline';
import {
  createMetrics,
  createRedactor,
  createSecretSource,
  silentLogger,
  systemClock,
  systemRandomness,
  systemTimers,
} from '@voucherline/platform';
import { exclusiveClaims, LEDGER_TABLES, migrate, openPool, UNIT_TABLES, WORK_TABLES } from '@voucherline/store';
import { createContextFactory, createWorkerRunner, type WorkerRunner } from '@voucherline/work';
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { postWorker } from './post/post-worker.js';
import { countedLedger } from './posting-metrics.js';

declare module 'vitest' {
  interface ProvidedContext {
    databaseUrl: string;
  }
}

const SHARDS = 2;
const PRODUCT = 'kingdee-galaxy';
const CONNECTION = 'kingdee-hq';
const EAST = 'kingdee-east';
/** Short, so that doubts are over soon; the sandbox executes late within it. */
const SETTLE_MS = 3000;

/** Kingdee's own connector, but for the time after which a create can't be executed any more. */
function target(product: string): TargetCalls | undefined {
  const calls = targetCalls(product);
  if (calls === undefined) return undefined;
  const operations = Object.entries(calls.operations).map(([name, one]) => [name, { ...one, settleMs: SETTLE_MS }]);
  return { ...calls, operations: Object.fromEntries(operations) };
}

let dataDir: string;
let sandbox: Sandbox;
let pool: ReturnType<typeof openPool>;
let schema: string;
let broker: MemoryBroker;
let log: MemoryLog;
let workers: WorkerRunner[];
let sent: Map<string, number>;

const connection = (url: string, name = CONNECTION): ConnectionContent => ({
  name,
  product: PRODUCT,
  account: name === CONNECTION ? '65000000000001' : '65000000000002',
  timeZone: 'Asia/Shanghai',
  settings: {
    baseUrl: `${url}/k3cloud/`,
    authentication: 'signature',
    userName: 'voucherline',
    appId: '100001_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcY',
  },
  secrets: { appSecret: 'kingdee-app-secret' },
  limits: { perSecond: 100, concurrency: 4 },
});

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'erp-writer-'));
  const kingdee = sandboxes.find(({ product }) => product === PRODUCT);
  if (kingdee === undefined) throw new Error('no sandbox of Kingdee');
  sandbox = await kingdee.start({ dataDir });
  schema = `erp_writer_${randomUUID().replaceAll('-', '')}`;
  pool = openPool(inject('databaseUrl'), { schema, max: 10 });
  await migrate(pool, schema, [UNIT_TABLES, WORK_TABLES, ...LEDGER_TABLES]);
  log = new MemoryLog({ shards: SHARDS });
  broker = new MemoryBroker(log);
  sent = new Map();
  workers = [];
  await startWorker();
});

afterEach(async () => {
  for (const worker of workers) await worker.stop();
  await broker.close();
  await pool.query(`DROP SCHEMA ${schema} CASCADE`);
  await pool.end();
  await sandbox.close();
  rmSync(dataDir, { recursive: true, force: true });
});

async function startWorker(): Promise<void> {
  const ports = { clock: systemClock, timers: systemTimers, randomness: systemRandomness, logger: silentLogger };
  const env = { VOUCHERLINE_SECRET_KINGDEE_APP_SECRET: 'app-secret-for-tests' };
  const secrets = createSecretSource({ env, clock: systemClock, redactor: createRedactor() });
  const metrics = createMetrics(`erp-writer-${workers.length}`);
  const published = [CONNECTION, EAST].map((name) => {
    const content = connection(sandbox.url, name);
    return { type: 'ConnectionPublished' as const, data: { name, hash: '', content } };
  });
  const worker = createWorkerRunner({
    ...ports,
    ...{ pool, broker, metrics, service: 'erp-writer', processId: randomUUID() },
    worker: postWorker(target, exclusiveClaims(pool)),
    configuration: configurationOf(published),
    contextFor: createContextFactory({ ...ports, secrets, allowLoopback: true }),
    applyEffects: countedLedger(metrics),
  });
  workers.push(worker);
  await worker.start();
}

async function control(path: string, body: object = {}, method = 'POST'): Promise<Record<string, unknown>> {
  const response = await fetch(`${sandbox.url}/_sandbox${path}`, { method, body: JSON.stringify(body) });
  const answer = (await response.json()) as Record<string, unknown>;
  if (!response.ok) throw new Error(`${path}: ${JSON.stringify(answer)}`);
  return answer;
}

/** Puts a message into the log, as its writer would. */
async function publish<T extends MessageType>(type: T, key: string, data: MessageTypes[T]): Promise<void> {
  const run = `${topicOf(type)} ${key}`;
  sent.set(run, (sent.get(run) ?? 0) + 1);
  const sequence = sent.get(run) as number;
  const time = new Date().toISOString();
  const message = { id: randomUUID(), source: 'test', type, key, time, sequence, data } as unknown as AnyMessage;
  const topic = topicOf(type);
  const partition = topic === 'operations.actions.v1' ? 0 : shardOf(key, SHARDS);
  await (await broker.producer()).send([{ topic, partition, record: encode(message) }]);
}

/** What was said about a key, of these types. */
function said<T extends MessageType>(type: T, key: string): readonly Message<T>[] {
  return log
    .partition(topicOf(type), shardOf(key, SHARDS))
    .map(decode)
    .filter((message) => message.type === type && message.key === key) as unknown as Message<T>[];
}

const hears = <T extends MessageType>(type: T, key: string, times = 1) =>
  vi.waitFor(() => expect(said(type, key).length).toBeGreaterThanOrEqual(times), { timeout: 30_000, interval: 50 });

/** Documents as the book has them now. */
const bills = (form = 'AP_PAYBILL'): readonly BookLine[] =>
  readBook(join(dataDir, `${PRODUCT}.jsonl`)).filter((line) => line.form === form && line.deleted === undefined);

const subjectOf = (n: number | string) => `dingtalk/corp/approval/${n}`;

async function application(amount: string, settings: object = {}): Promise<string> {
  const { numbers } = await control('/payapply', { amount, ...settings });
  return (numbers as string[])[0] as string;
}

function payment(
  n: number | string,
  number: string,
  amount: string,
  change: Partial<MessageTypes['PostVoucher']> = {},
) {
  const expectation = { amount: { amount, currency: 'CNY' }, payee: 'S001', date: '2024-03-31' };
  return {
    ...{ voucherKey: voucherKey(subjectOf(n), 'payment-bill', 0), voucher: 'payment-bill', revision: 0 },
    ...{ flow: { name: 'payments', hash: 'h', offset: 0 }, target: CONNECTION, operation: 'push-payment-bill' },
    ...{ accountingDate: '2024-03-31', members: [], payload: { applicationNumber: number, remark: `BX-${n}` } },
    ...{ fingerprint: `f-${n}`, expectation, patienceSeconds: 3600 },
    ...change,
  };
}

const post = async (
  n: number | string,
  number: string,
  amount: string,
  change: Partial<MessageTypes['PostVoucher']> = {},
) => publish('PostVoucher', subjectOf(n), payment(n, number, amount, change));

const decide = async (type: 'ParkedReleased' | 'ParkedDiscarded', n: number | string) => {
  const parked = said('MessageParked', subjectOf(n)).at(-1);
  if (parked === undefined) throw new Error('nothing is parked');
  const { parkedId, stage } = parked.data;
  await publish(type, 'none', {
    parkedId,
    stage,
    connection: CONNECTION,
    subject: subjectOf(n),
    by: 'zhang',
    reason: 'seen',
  });
};

const reverse = (
  n: number | string,
  { voucherKey: key, voucher, revision, target }: MessageTypes['PostVoucher'],
  accountingDate?: string,
) =>
  publish('ReverseVoucher', subjectOf(n), {
    ...{ voucherKey: key, voucher, revision, target, reason: 'withdrawn' },
    ...(accountingDate !== undefined && { accountingDate }),
  });

const settle = (n: string, found: { resolution: 'linked' | 'absent'; document?: string }) =>
  publish('DoubtResolved', 'none', {
    ...{ voucherKey: voucherKey(subjectOf(n), 'payment-bill', 0), connection: CONNECTION, subject: subjectOf(n) },
    ...{ by: 'zhang', reason: 'searched', ...found },
  });

const stages = async () => {
  const { rows } = await pool.query<{ voucher: string; generation: number; stage: string; live: boolean }>(
    'SELECT voucher, generation, stage, live FROM vouchers ORDER BY voucher, generation',
  );
  return rows.map(({ voucher, generation, stage, live }) => `${voucher} ${generation} ${stage} ${live ? 'live' : ''}`);
};

describe('a payment request into Kingdee', () => {
  it('becomes one audited payment bill that carries the key, with evidence', async () => {
    await post(1, await application('1280.50'), '1280.5');
    await hears('VoucherConfirmed', subjectOf(1));
    const [bill, ...more] = bills();
    expect(more).toEqual([]);
    expect(bill).toMatchObject({ status: 'C', fields: { F_VL_KEY: voucherKey(subjectOf(1), 'payment-bill', 0) } });
    const [confirmed] = said('VoucherConfirmed', subjectOf(1));
    expect(confirmed?.data).toMatchObject({
      document: `kingdee-galaxy/65000000000001/AP_PAYBILL/${bill?.id}`,
      number: bill?.number,
      evidence: { status: 'C', amount: { currency: 'CNY' } },
    });
    const { rows } = await pool.query('SELECT stage, chosen_doc, number FROM vouchers');
    expect(rows).toEqual([{ stage: 'confirmed', chosen_doc: confirmed?.data.document, number: bill?.number }]);
  });

  it('waits until the application is there and audited', async () => {
    await post(2, 'FKSQ-LATE', '100');
    await application('100', { number: 'FKSQ-LATE', audited: false });
    await control('/payapply/FKSQ-LATE/audit');
    await hears('VoucherConfirmed', subjectOf(2));
    expect(bills()).toHaveLength(1);
  });

  it.each(['Push', 'Save', 'Submit', 'Audit'])(
    'is one bill when the reply to %s gets lost after the commit',
    async (operation) => {
      await control('/faults', { operation, kind: 'dropAfterCommit', times: 1 });
      await post(operation, await application('77'), '77');
      await hears('VoucherConfirmed', subjectOf(operation));
      expect(said('VoucherInDoubt', subjectOf(operation))).toHaveLength(1);
      expect(bills()).toMatchObject([{ status: 'C' }]);
    },
  );

  it('is one bill, and no draft is left, when a Push is executed late', async () => {
    await control('/faults', { operation: 'Push', kind: 'executeLate', delayMs: 1500, times: 1 });
    await post(3, await application('300'), '300');
    await hears('VoucherConfirmed', subjectOf(3));
    expect(bills()).toMatchObject([{ status: 'C' }]);
  });

  it('deletes the double when one Push is executed twice', async () => {
    await control('/faults', { operation: 'Push', kind: 'executeTwice', times: 1 });
    await post(4, await application('400'), '400');
    await hears('VoucherConfirmed', subjectOf(4));
    expect(bills()).toMatchObject([{ status: 'C' }]);
    const { rows } = await pool.query("SELECT outcome FROM attempts WHERE operation = 'void'");
    expect(rows).toEqual([{ outcome: 'done' }]);
  });

  it('is parked when Kingdee refuses, and goes on when released', async () => {
    await control('/faults', { operation: 'Submit', kind: 'refuse', times: 1 });
    await post(5, await application('500'), '500');
    await hears('MessageParked', subjectOf(5));
    expect(said('VoucherRejected', subjectOf(5))).toHaveLength(1);
    await decide('ParkedReleased', 5);
    await hears('VoucherConfirmed', subjectOf(5));
    expect(bills()).toMatchObject([{ status: 'C' }]);
  });

  it('is held when a clerk pushed the application before', async () => {
    const number = await application('600');
    const { id } = await control('/push-by-hand', { number });
    await post(6, number, '600');
    await hears('VoucherHeld', subjectOf(6));
    expect(said('VoucherHeld', subjectOf(6))[0]?.data).toMatchObject({
      owner: 'finance',
      documents: [`kingdee-galaxy/65000000000001/AP_PAYBILL/${String(id)}`],
    });
    expect(bills()).toHaveLength(1);
    await decide('ParkedDiscarded', 6);
    await hears('ParkedResolved', subjectOf(6));
    expect(bills()).toHaveLength(1);
  });

  it('is never paid twice when replies are lost at random and another process takes over', async () => {
    const faults = ['Push', 'Submit', 'Audit', 'Save'].flatMap((operation, seed) => [
      { operation, kind: 'dropAfterCommit', probability: 0.2, seed },
      { operation, kind: 'http500', probability: 0.1, seed: seed + 10 },
    ]);
    for (const fault of faults) await control('/faults', fault);
    const names = Array.from({ length: 8 }, (_, n) => `many-${n}`);
    for (const name of names) await post(name, await application('10'), '10');
    await vi.waitFor(() => expect(bills().some(({ status }) => status === 'C')).toBe(true), { timeout: 20_000 });
    await startWorker();
    await workers.shift()?.stop();
    await control('/faults', {}, 'DELETE');
    await Promise.all(names.map((name) => hears('VoucherConfirmed', subjectOf(name))));
    expect(names.flatMap((name) => said('VoucherInDoubt', subjectOf(name))).length).toBeGreaterThan(0);
    expect(bills().filter(({ status }) => status === 'C')).toHaveLength(8);
  });
});

describe('a payment request that is withdrawn', () => {
  it('after its bill was audited: the audit is undone and the bill deleted', async () => {
    const command = payment('w1', await application('700'), '700');
    await publish('PostVoucher', subjectOf('w1'), command);
    await hears('VoucherConfirmed', subjectOf('w1'));
    expect(bills()).toMatchObject([{ status: 'C' }]);
    await control('/faults', { operation: 'UnAudit', kind: 'dropAfterCommit', times: 1 });
    await reverse('w1', command);
    await hears('VoucherReversed', subjectOf('w1'));
    expect(bills()).toEqual([]);
    expect(said('VoucherReversed', subjectOf('w1'))[0]?.data).not.toHaveProperty('entry');
    expect(await stages()).toEqual(['payment-bill 1 reversed ']);
  });

  it('while its Push is in doubt: what came of it is found and deleted, nothing is posted', async () => {
    await control('/faults', { operation: 'Push', kind: 'executeLate', delayMs: 1500, times: 1 });
    const command = payment('w2', await application('800'), '800');
    await publish('PostVoucher', subjectOf('w2'), command);
    await hears('VoucherInDoubt', subjectOf('w2'));
    await reverse('w2', command);
    await hears('VoucherCancelled', subjectOf('w2'));
    expect(bills()).toEqual([]);
    expect(await stages()).toEqual(['payment-bill 1 cancelled ']);
  });

  it('and approved again is paid by the next revision, once', async () => {
    const number = await application('900');
    const command = payment('w3', number, '900');
    await publish('PostVoucher', subjectOf('w3'), command);
    await reverse('w3', command);
    const key = voucherKey(subjectOf('w3'), 'payment-bill', 1);
    await post('w3', number, '900', {
      voucherKey: key,
      revision: 1,
      supersedes: command.voucherKey,
      fingerprint: 'f-w3-1',
    });
    await vi.waitFor(() => expect(said('VoucherConfirmed', subjectOf('w3')).at(-1)?.data.revision).toBe(1), {
      timeout: 30_000,
    });
    expect(bills()).toMatchObject([{ status: 'C' }]);
  });
});

describe('a payment request in doubt', () => {
  it('is paid by the bill that a clerk pushed meanwhile, once a person has linked it', async () => {
    const number = await application('950');
    await control('/faults', { operation: 'Push', kind: 'http500', times: 1 });
    await post('l1', number, '950');
    await hears('VoucherInDoubt', subjectOf('l1'));
    const { id } = await control('/push-by-hand', { number });
    await hears('VoucherHeld', subjectOf('l1'));
    await settle('l1', { resolution: 'linked', document: String(id) });
    await hears('VoucherConfirmed', subjectOf('l1'));
    expect(bills()).toMatchObject([{ id, status: 'C' }]);
    expect(said('VoucherDoubtSettled', subjectOf('l1'))[0]?.data).toMatchObject({
      ...{ resolution: 'linked', document: `kingdee-galaxy/65000000000001/AP_PAYBILL/${String(id)}` },
    });
    expect(said('ParkedResolved', subjectOf('l1'))[0]?.data).toMatchObject({ resolution: 'superseded' });
  });
});

describe('what is booked once only', () => {
  it('is held for the second voucher, whatever its target, and nothing of it is sent', async () => {
    const exclusive = [{ name: 'invoice', company: 'acme', value: '044001900111#12345678' }];
    await post('x1', await application('55'), '55', { exclusive });
    await hears('VoucherConfirmed', subjectOf('x1'));
    await post('x2', await application('55'), '55', { exclusive, target: EAST });
    await hears('MessageParked', subjectOf('x2'));
    expect(said('MessageParked', subjectOf('x2'))[0]?.data).toMatchObject({
      ...{ code: 'posting.exclusive-taken', connection: EAST, owner: 'finance' },
      reason: expect.stringContaining(subjectOf('x1')),
    });
    expect(bills()).toHaveLength(1);
    const { rows } = await pool.query(
      'SELECT count(*)::int AS attempts FROM attempts JOIN vouchers USING (voucher_key) WHERE target = $1',
      [EAST],
    );
    expect(rows).toEqual([{ attempts: 0 }]);
  });
});

describe('an expense claim into Kingdee', () => {
  const entries = [
    { account: '6602.01', dimensions: { FFLEX5: 'BM01' }, currency: 'CNY', debit: '120.00' },
    { account: '2241', currency: 'CNY', credit: '120.00' },
  ];
  const claim = {
    operation: 'save-gl-voucher',
    payload: { accountBook: '001', voucherGroup: 'PRE001', explanation: '报销 BX-1', entries },
    expectation: { amount: { amount: '120', currency: 'CNY' }, date: '2024-03-31' },
  };

  it('becomes one audited voucher, also when the reply to its Save gets lost', async () => {
    await control('/faults', { operation: 'Save', kind: 'dropAfterCommit', times: 1 });
    await post('claim-1', '', '120', claim);
    await hears('VoucherConfirmed', subjectOf('claim-1'));
    expect(bills('GL_VOUCHER')).toMatchObject([{ status: 'C' }]);
  });

  it('into a closed period is rejected in words for finance, and goes on when it is opened', async () => {
    await control('/periods', { period: '2024-03', open: false });
    await post('claim-2', '', '120', claim);
    await hears('VoucherRejected', subjectOf('claim-2'));
    expect(said('VoucherRejected', subjectOf('claim-2'))[0]?.data).toMatchObject({ owner: 'finance' });
    expect(bills('GL_VOUCHER')).toEqual([]);
    await control('/periods', { period: '2024-03', open: true });
    await decide('ParkedReleased', 'claim-2');
    await hears('VoucherConfirmed', subjectOf('claim-2'));
    expect(bills('GL_VOUCHER')).toMatchObject([{ status: 'C' }]);
  });

  it('that was refused is mended by another generation, and posted once', async () => {
    await control('/periods', { period: '2024-03', open: false });
    await post('claim-3', '', '120', claim);
    await hears('VoucherRejected', subjectOf('claim-3'));
    const expectation = { ...claim.expectation, date: '2024-04-01' };
    const mended = { ...claim, expectation, accountingDate: '2024-04-01', fingerprint: 'f-2', replaces: 'f-claim-3' };
    await post('claim-3', '', '120', mended);
    await hears('VoucherConfirmed', subjectOf('claim-3'));
    expect(said('VoucherConfirmed', subjectOf('claim-3'))[0]?.data.generation).toBe(2);
    expect(bills('GL_VOUCHER')).toMatchObject([{ status: 'C' }]);
    expect(await stages()).toEqual(['payment-bill 1 cancelled ', 'payment-bill 2 confirmed live']);
  });

  it('that was posted is taken back by a red voucher, once, though the reply to its Save gets lost', async () => {
    const command = payment('claim-4', '', '120', claim);
    await publish('PostVoucher', subjectOf('claim-4'), command);
    await hears('VoucherConfirmed', subjectOf('claim-4'));
    await control('/faults', { operation: 'Save', kind: 'dropAfterCommit', times: 1 });
    await reverse('claim-4', command, '2024-04-01');
    await hears('VoucherReversed', subjectOf('claim-4'));
    const [original, red, ...more] = bills('GL_VOUCHER');
    expect(more).toEqual([]);
    expect([original, red]).toMatchObject([{ status: 'C' }, { status: 'C' }]);
    expect(said('VoucherReversed', subjectOf('claim-4'))[0]?.data).toMatchObject({
      ...{ voucherKey: command.voucherKey, document: `kingdee-galaxy/65000000000001/GL_VOUCHER/${original?.id}` },
      entry: { document: `kingdee-galaxy/65000000000001/GL_VOUCHER/${red?.id}` },
    });
    expect(await stages()).toEqual(['payment-bill 1 reversed ', 'payment-bill/reversal 1 confirmed live']);
  });

  const doubtful = async (n: string) => {
    await control('/faults', { operation: 'Save', kind: 'http500', times: 1 });
    await post(n, '', '120', claim);
    await hears('VoucherInDoubt', subjectOf(n));
  };
  it('in doubt, and declared absent by a person, is looked up, sent again, and posted once', async () => {
    await doubtful('claim-5');
    await settle('claim-5', { resolution: 'absent' });
    await hears('VoucherDoubtSettled', subjectOf('claim-5'));
    await hears('VoucherConfirmed', subjectOf('claim-5'));
    expect(bills('GL_VOUCHER')).toMatchObject([{ status: 'C' }]);
    expect(said('VoucherLookedUp', subjectOf('claim-5')).length).toBeGreaterThan(0);
  });

  it('in doubt, and linked to a voucher of something else, is held with the difference', async () => {
    await post('claim-6', '', '120', claim);
    await hears('VoucherConfirmed', subjectOf('claim-6'));
    const [other] = bills('GL_VOUCHER');
    await doubtful('claim-7');
    await settle('claim-7', { resolution: 'linked', document: String(other?.id) });
    await hears('VoucherHeld', subjectOf('claim-7'));
    expect(said('VoucherHeld', subjectOf('claim-7'))[0]?.data.reason).toContain('key of another voucher');
    await settle('claim-7', { resolution: 'absent' });
    await hears('VoucherConfirmed', subjectOf('claim-7'));
    expect(bills('GL_VOUCHER')).toHaveLength(2);
  });
});
