import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { CallContext } from '@voucherline/connector-kit';
import { type AnyMessage, encode, type Topic, topicOf } from '@voucherline/contracts';
import { type Broker, configurationOf, createKafkaBroker, OffsetOutOfRange, shardOf } from '@voucherline/pipeline';
import { createMetrics, silentLogger, systemClock, systemRandomness, systemTimers } from '@voucherline/platform';
import { migrate, openPool, UNIT_TABLES, WORK_TABLES } from '@voucherline/store';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { createWorkerRunner, type WorkerRunner } from './runner.js';
import { anAnswer, copyingWorker, type Vendor } from './testing/copying-worker.js';
import { letter, readDownstream } from './testing/simulated-work.js';

declare module 'vitest' {
  interface ProvidedContext {
    kafkaBrokers: string;
    databaseUrl: string;
  }
}

const SHARDS = 3;
const CONNECTIONS = ['c1', 'c2'];
const answering: Vendor = { read: async () => anAnswer };

describe('a worker on Kafka and PostgreSQL', () => {
  const schema = `run_${randomUUID().replaceAll('-', '')}`;
  let pool: ReturnType<typeof openPool>;
  let topicPrefix: string;
  const brokers: Broker[] = [];
  const runners: WorkerRunner[] = [];

  const openBroker = () => {
    const broker = createKafkaBroker({ brokers: [inject('kafkaBrokers')], clientId: 'test', topicPrefix });
    brokers.push(broker);
    return broker;
  };
  const say = async (...messages: AnyMessage[]) => {
    const producer = await openBroker().producer();
    const partition = (message: AnyMessage) =>
      topicOf(message.type) === 'operations.actions.v1' ? 0 : shardOf(message.key, SHARDS);
    await producer.send(
      messages.map((message) => ({
        topic: topicOf(message.type),
        partition: partition(message),
        record: encode(message),
      })),
    );
  };
  const start = async (vendor: Vendor = answering) => {
    const content = (name: string) => ({
      ...{ name, product: 'acme', account: name, timeZone: 'UTC', settings: {}, secrets: {} },
      limits: { perSecond: 1_000, concurrency: 8 },
    });
    const runner = createWorkerRunner({
      worker: copyingWorker(vendor),
      pool,
      broker: openBroker(),
      configuration: configurationOf(
        CONNECTIONS.map((name) => ({ type: 'ConnectionPublished', data: { name, hash: '', content: content(name) } })),
      ),
      contextFor: () => ({ http: { close: async () => {} } }) as unknown as CallContext,
      clock: systemClock,
      timers: systemTimers,
      randomness: systemRandomness,
      logger: silentLogger,
      metrics: createMetrics('test'),
      service: 's',
      processId: randomUUID(),
    });
    await runner.start();
    runners.push(runner);
    return runner;
  };
  const logOf = async (topic: Topic) => {
    const records = [];
    for (let partition = 0; partition < SHARDS; partition += 1) {
      for await (const batch of openBroker().read(topic, partition, 0n)) records.push(...batch);
    }
    return records.map(({ key, ...record }) => ({
      topic,
      partition: record.partition,
      record: { ...record, key: key ?? '', value: record.value ?? Buffer.alloc(0) },
    }));
  };
  const until = async (done: () => Promise<boolean>) => {
    while (!(await done())) await setTimeout(100);
  };
  const copiedBy = (lanes: readonly string[], count: number) =>
    until(async () => {
      const read = readDownstream(await logOf('vouchers.events.v1'));
      return lanes.every((lane) => (read.get(lane)?.length ?? 0) >= count);
    });

  beforeEach(async () => {
    topicPrefix = `w${randomUUID().slice(0, 8)}.`;
    pool = openPool(inject('databaseUrl'), { schema, max: 8 });
    await migrate(pool, schema, [UNIT_TABLES, WORK_TABLES]);
    await openBroker().createTopics(SHARDS);
  });

  afterEach(async () => {
    await Promise.all(runners.splice(0).map((runner) => runner.stop()));
    await Promise.all(brokers.splice(0).map((broker) => broker.close()));
    await pool.query(`DROP SCHEMA ${schema} CASCADE`);
    await pool.end();
  });

  const lettersOf = (lane: string, count: number) =>
    Array.from({ length: count }, (_, n) => {
      const connection = CONNECTIONS[lane.length % 2] ?? 'c1';
      return { ...letter(connection, lane, `${lane}/${n}`), sequence: n + 1 } as AnyMessage;
    });
  const sourceOf = (lane: string) => `s/copy/acme/${CONNECTIONS[lane.length % 2]} ${lane}`;
  const copies = (lane: string, count: number) => Array.from({ length: count }, (_, n) => `copied ${lane}/${n}`);

  it('takes commands from the log to the vendor and back, in order, shared by two processes of which one stops', async () => {
    const lanes = Array.from({ length: 20 }, (_, n) => `d/${n}`);
    await say(...lanes.flatMap((lane) => lettersOf(lane, 3)));
    const first = await start();
    await start();
    await copiedBy(lanes.map(sourceOf), 3);
    await first.stop();
    await say(...lanes.flatMap((lane) => lettersOf(lane, 5).slice(3)));
    await copiedBy(lanes.map(sourceOf), 5);
    const read = readDownstream(await logOf('vouchers.events.v1'));
    for (const lane of lanes) expect(read.get(sourceOf(lane))).toEqual(copies(lane, 5));
    const { rows } = await pool.query('SELECT count(*)::int AS items FROM items');
    expect(rows).toEqual([{ items: 0 }]);
  });

  it('goes on where it was after a restart, and repeats no call', async () => {
    const called: string[] = [];
    const counting: Vendor = {
      read: async (_, message) => {
        called.push(message.id);
        return anAnswer;
      },
    };
    await say(...lettersOf('d/1', 3));
    const first = await start(counting);
    await copiedBy([sourceOf('d/1')], 3);
    await first.stop();
    await say(...lettersOf('d/1', 4).slice(3));
    await start(counting);
    await copiedBy([sourceOf('d/1')], 4);
    expect(called).toEqual(['d/1/0', 'd/1/1', 'd/1/2', 'd/1/3']);
  });

  it('parks a record that it can not read with what follows it, until a person discards it', async () => {
    const [good, bad, next] = lettersOf('d/1', 3) as [AnyMessage, AnyMessage, AnyMessage];
    const producer = await openBroker().producer();
    const partition = shardOf('d/1', SHARDS);
    const unreadable = { ...encode(bad), value: Buffer.from('no JSON') };
    await say(good);
    await producer.send([{ topic: topicOf(bad.type), partition, record: unreadable }]);
    await say(next, ...lettersOf('d/22', 1));
    await start();
    await copiedBy([sourceOf('d/1'), sourceOf('d/22')], 1);
    await until(async () => (await logOf('operations.events.v1')).length > 0);
    const [parked] = await logOf('operations.events.v1');
    const { parkedId, stage } = JSON.parse(String(parked?.record.value)) as { parkedId: string; stage: string };
    const data = { parkedId, stage, subject: 'd/1', by: 'anna', reason: 'test' };
    await say({ id: 'a1', source: 'cli', type: 'ParkedDiscarded', key: 'x', time: '2026-01-01T00:00:00Z', data });
    await copiedBy([sourceOf('d/1')], 2);
    const read = readDownstream(await logOf('vouchers.events.v1'));
    expect(read.get(sourceOf('d/1'))).toEqual(['copied d/1/0', 'copied d/1/2']);
    const types = (await logOf('operations.events.v1')).map(({ record }) => record.headers.ce_type);
    expect(types).toEqual(['MessageParked', 'ParkedResolved']);
  });

  it('refuses to go on when the log is not the one that its positions are of', async () => {
    await say(...lettersOf('d/1', 3));
    const first = await start();
    await copiedBy([sourceOf('d/1')], 3);
    await first.stop();
    await pool.query(`UPDATE units SET positions = replace(positions, '"3"', '"300"')`);
    const second = await start();
    await expect(second.failed).rejects.toThrow(OffsetOutOfRange);
    await second.stop();
    await pool.query(`UPDATE units SET positions = replace(positions, '"300"', '"2"')`);
    const third = await start();
    await expect(third.failed).rejects.toThrow(/is another one/);
  });
});
