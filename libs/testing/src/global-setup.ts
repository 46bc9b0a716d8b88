import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, type Kafka, type Postgres, startKafka, startPostgres } from '@voucherline/local';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** What KAFKA_BROKERS takes. */
    kafkaBrokers: string;
    /** What DATABASE_URL takes; its user may create databases. */
    databaseUrl: string;
  }
}

interface Stack {
  kafkaBrokers: string;
  databaseUrl: string;
  /** Where tests may leave files. */
  scratch: string;
  stop(): Promise<void>;
}

// Vitest loads this file once a project (tier), in one process: the tiers of one run share the stack through here.
const shared = globalThis as { voucherlineTestStack?: Promise<Stack> };

/**
 * One Kafka and one PostgreSQL for all integration and end-to-end tests of a run; tests keep apart by topic and database
 * names of their own. KAFKA_BROKERS and DATABASE_URL replace them by servers that already run.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  shared.voucherlineTestStack ??= startStack();
  const { kafkaBrokers, databaseUrl, scratch, stop } = await shared.voucherlineTestStack;
  // Tests leave the books of their sandboxes behind; there they go with the rest.
  project.config.env = { ...project.config.env, TMPDIR: scratch };
  project.provide('kafkaBrokers', kafkaBrokers);
  project.provide('databaseUrl', databaseUrl);
  return stop;
}

async function startStack(): Promise<Stack> {
  const folder = mkdtempSync(join(tmpdir(), 'voucherline-test-'));
  const [port, controllerPort, postgresPort] = (await freePorts(3)) as [number, number, number];
  const { KAFKA_BROKERS, DATABASE_URL } = process.env;
  let kafka: Kafka | undefined;
  let postgres: Postgres | undefined;
  const stop = async () => {
    await Promise.all([kafka?.kill9(), postgres?.kill9()]);
    rmSync(folder, { recursive: true, force: true });
  };
  // Vitest leaves at once on a signal, without the teardown.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => void stop().finally(() => process.exit(1)));
  }
  const startOwnKafka = async () => {
    const dataDir = join(folder, 'kafka');
    kafka = await startKafka({ dataDir, port, controllerPort, logFile: join(folder, 'kafka.log') });
    return kafka.brokers;
  };
  const startOwnPostgres = async () => {
    // Nobody needs these data after a power cut.
    const settings = { fsync: 'off', full_page_writes: 'off' };
    const dataDir = join(folder, 'postgres');
    postgres = await startPostgres({ dataDir, port: postgresPort, logFile: join(folder, 'postgres.log'), settings });
    return postgres.url;
  };
  const started = await Promise.allSettled([KAFKA_BROKERS ?? startOwnKafka(), DATABASE_URL ?? startOwnPostgres()]);
  const failed = started.find((one) => one.status === 'rejected');
  if (failed !== undefined) {
    await stop();
    throw failed.reason;
  }
  const [kafkaBrokers, databaseUrl] = started.map((one) => (one.status === 'fulfilled' ? one.value : '')) as [
    string,
    string,
  ];
  return { kafkaBrokers, databaseUrl, scratch: mkdtempSync(join(folder, 'scratch-')), stop };
}
