import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { encode, type Message } from '@voucherline/contracts';
import { type Broker, createKafkaBroker } from '@voucherline/pipeline';
import { createServiceContext, type StoreConfig, silentLogger } from '@voucherline/platform';
import { openPool } from '@voucherline/store';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { createWorkerRunner } from './runner.js';
import { anAnswer, copyingWorker } from './testing/copying-worker.js';
import { WorkerHost } from './worker-host.js';

const SHARDS = 12;
const schema = `host_${randomUUID().replaceAll('-', '').slice(0, 12)}`;
const worker = { ...copyingWorker({ read: async () => anAnswer }), name: 'erp-writer/copy' };
let broker: Broker;
let pool: ReturnType<typeof openPool>;

beforeEach(async () => {
  broker = createKafkaBroker({ brokers: [inject('kafkaBrokers')], clientId: 'host' });
  await broker.createTopics(SHARDS);
  pool = openPool(inject('databaseUrl'), { schema, max: 1 });
});

afterEach(async () => {
  const { rows } = await pool.query<{ name: string }>(
    'SELECT schema_name AS name FROM information_schema.schemata WHERE starts_with(schema_name, $1)',
    [schema],
  );
  for (const { name } of rows) await pool.query(`DROP SCHEMA ${name} CASCADE`);
  await pool.end();
  await broker.close();
});

function newHost() {
  const config = {
    ...{ databaseUrl: inject('databaseUrl'), kafkaBrokers: [inject('kafkaBrokers')] },
    ...{ logLevel: 'error', opsHost: '127.0.0.1', opsPort: 0 },
  } as unknown as StoreConfig;
  const service = { ...createServiceContext('erp-writer', config, {}), logger: silentLogger };
  const host = new WorkerHost({
    ...{ service, schema, allowLoopbackVendors: true },
    workers: (parts) => [createWorkerRunner({ ...parts, worker })],
  });
  return { host, readiness: async () => (await service.health.report('ready')).checks.recovery ?? 'not asked' };
}

async function askToRecover(): Promise<void> {
  const data = { service: 'erp-writer', by: 'sre', reason: 'the broker lost its disk' };
  const message: Message<'RecoveryRequested'> = {
    ...{ id: randomUUID(), source: 'cli', type: 'RecoveryRequested', key: 'RecoveryRequested', data },
    time: new Date().toISOString(),
  };
  const producer = await broker.producer();
  await producer.send([{ topic: 'operations.actions.v1', partition: 0, record: encode(message) }]);
}

it('stays up and works for nobody while the log lacks what the database has read, and begins anew beside the old tables once asked', async () => {
  const first = newHost();
  await first.host.start();
  expect(await first.readiness()).toBe('ok');
  await first.host.stop();
  await pool.query(
    `INSERT INTO units (unit, epoch, positions) VALUES ('erp-writer/copy/intake/0', 1, $1)
     ON CONFLICT (unit) DO UPDATE SET positions = EXCLUDED.positions`,
    [JSON.stringify({ 'vouchers.commands.v1': '999999' })],
  );

  const second = newHost();
  await second.host.start();
  expect(await second.readiness()).toMatch(/^read-only: vouchers\.commands\.v1\/0 was read up to 999999/);
  const leases = await pool.query('SELECT count(*)::int AS count FROM processes');
  expect(leases.rows).toEqual([{ count: 0 }]);

  await askToRecover();
  while ((await second.readiness()) !== 'ok') await setTimeout(100);
  const { rows } = await pool.query<{ positions: string }>(
    "SELECT positions FROM units WHERE unit = 'erp-writer/copy/intake/0' AND positions LIKE '%999999%'",
  );
  expect(rows).toEqual([]);
  const kept = await pool.query<{ name: string }>(
    'SELECT schema_name AS name FROM information_schema.schemata WHERE starts_with(schema_name, $1)',
    [`${schema}_before_`],
  );
  expect(kept.rows).toHaveLength(1);
  await second.host.stop();
});
