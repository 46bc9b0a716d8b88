import { randomUUID } from 'node:crypto';
import { createMetrics, silentLogger, systemClock, systemTimers } from '@voucherline/platform';
import { createStageStore, migrate, openPool, STAGE_TABLES, STAGE_WAITING, UNIT_TABLES } from '@voucherline/store';
import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Broker, OutgoingRecord } from '../broker.js';
import { configurationOf } from '../configuration/configuration-of.js';
import { createKafkaBroker } from '../kafka/kafka-broker.js';
import { masterDataOf } from '../master-data/master-data-of.js';
import { documentRecord, EVENTS, SHARDS, sampleStage, voucherRecord } from '../simulation/sample-stage.js';
import { stateHash } from './rebuild.js';
import { createStageRunner, type StageRunner } from './stage-runner.js';

declare module 'vitest' {
  interface ProvidedContext {
    kafkaBrokers: string;
    databaseUrl: string;
  }
}

const schema = `runner_${randomUUID().replaceAll('-', '')}`;
const topicPrefix = `${schema}.`;
const stage = sampleStage();
const KEYS = Array.from({ length: 40 }, (_, n) => `key-${n}`);
let pool: Pool;
let outside: Broker;

interface Process {
  readonly runner: StageRunner;
  readonly broker: Broker;
}
const processes: Process[] = [];

function open(): Broker {
  return createKafkaBroker({ brokers: [inject('kafkaBrokers')], clientId: 'test', topicPrefix });
}

async function startProcess(): Promise<Process> {
  const broker = open();
  const runner = createStageRunner({
    stage,
    broker,
    store: createStageStore(pool),
    configuration: configurationOf(),
    masterData: masterDataOf(),
    clock: systemClock,
    timers: systemTimers,
    logger: silentLogger,
    metrics: createMetrics('test'),
  });
  const process = { runner, broker };
  processes.push(process);
  await runner.start();
  return process;
}

async function stopProcess({ runner, broker }: Process): Promise<void> {
  await runner.stop();
  await broker.close();
}

beforeAll(async () => {
  pool = openPool(inject('databaseUrl'), { schema, max: 8 });
  await migrate(pool, schema, [UNIT_TABLES, STAGE_TABLES, STAGE_WAITING]);
  outside = open();
  await outside.createTopics(SHARDS);
});

afterEach(async () => {
  await Promise.all(processes.splice(0).map(stopProcess));
});

afterAll(async () => {
  await outside.close();
  await pool.query(`DROP SCHEMA ${schema} CASCADE`);
  await pool.end();
});

describe('a stage on Kafka and PostgreSQL', () => {
  it('says everything once and in order while processes come and go, and a rebuild finds the same states', async () => {
    const producer = await outside.producer();
    const rounds = [1, 2, 3, 4, 5, 6].map((n): OutgoingRecord[] =>
      KEYS.flatMap((key) => [documentRecord(key, n, `d${n}`), voucherRecord(key, n, `v${n}`)]),
    );
    const [first = [], second = [], ...rest] = rounds;
    const one = await startProcess();
    await producer.send(first);
    await until(async () => (await saidSteps()).length >= KEYS.length);
    await startProcess();
    await producer.send(second);
    await stopProcess(one);
    processes.splice(processes.indexOf(one), 1);
    for (const round of rest) await producer.send(round);
    await until(async () => (await saidSteps()).length === KEYS.length * rounds.length);

    const steps = await saidSteps();
    for (const key of KEYS) {
      expect(steps.filter((step) => step.key === key).map((step) => step.name)).toEqual(
        rounds.map((_, n) => `d${n + 1}`),
      );
    }
    const store = createStageStore(pool);
    const before = await stateHash(store, stage.name, SHARDS);
    const [left] = processes;
    for (let shard = 0; shard < SHARDS; shard++) await left?.runner.rebuild(shard);
    expect(await stateHash(store, stage.name, SHARDS)).toBe(before);
  }, 120_000);

  it('takes its shards over again after it was overtaken, and goes on where the database says', async () => {
    const { runner } = await startProcess();
    const before = (await saidSteps()).length;
    // Somebody else takes every shard over, as a process does that believes this one dead.
    await pool.query('UPDATE units SET epoch = epoch + 1');
    await (await outside.producer()).send(KEYS.map((key) => documentRecord(key, 7, 'd7')));
    await until(async () => (await saidSteps()).length === before + KEYS.length);
    await expect(Promise.race([runner.failed, Promise.resolve('running')])).resolves.toBe('running');
  }, 120_000);
});

/** Steps on the log, repetitions left out. */
async function saidSteps(): Promise<{ key: string; name: string }[]> {
  const steps: { key: string; name: string }[] = [];
  const last = new Map<string, number>();
  for (let partition = 0; partition < SHARDS; partition++) {
    for await (const records of outside.read(EVENTS, partition, 0n)) {
      for (const { key, headers, value } of records) {
        const sequence = Number(headers.ce_sequence);
        if (key === null || sequence <= (last.get(key) ?? 0)) continue;
        expect(sequence).toBe((last.get(key) ?? 0) + 1);
        last.set(key, sequence);
        const { step } = JSON.parse(String(value));
        if (step !== undefined) steps.push({ key, name: step });
      }
    }
  }
  return steps;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let waited = 0; !(await holds()); waited += 100) {
    if (waited > 60_000) throw new Error(`still not so after 60 s: ${holds}`);
    await systemTimers.sleep(100);
  }
}
