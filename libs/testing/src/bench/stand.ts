import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DEFAULT_SHARDS } from '@voucherline/contracts';
import {
  type Child,
  checkout,
  freePortTable,
  type Kafka,
  launch,
  type Ports,
  type Postgres,
  SERVICE_HEAP,
  type StackPlaces,
  stackPlaces,
  startKafka,
  startPostgres,
} from '@voucherline/local';
import { type Broker, createKafkaBroker } from '@voucherline/pipeline';
import { type Floor, startFloor } from './floor.js';

type ServiceName = 'webhook-ingestion' | 'collector' | 'transformer' | 'erp-writer';
type SandboxName = 'dingtalk' | 'kingdee-galaxy';

const READY_WITHIN_MS = 60_000;
const commandLine = join(checkout, 'services', 'cli', 'dist', 'main.js');

/** Kafka, PostgreSQL and the processes of one line, in a folder of their own that goes with them. */
export class Stand {
  readonly broker: Broker;
  readonly brokers: string;
  readonly ports: Ports;
  readonly folder: string;
  readonly #places: StackPlaces;
  readonly #environment: Record<string, string>;
  /** In the order of their start. */
  readonly #running: { stop(): Promise<void> }[];

  private constructor(folder: string, ports: Ports, [kafka, postgres]: readonly [Kafka, Postgres]) {
    this.folder = folder;
    this.ports = ports;
    this.#places = stackPlaces(folder);
    this.brokers = kafka.brokers;
    this.#environment = {
      KAFKA_BROKERS: kafka.brokers,
      DATABASE_URL: postgres.url,
      SECRETS_DIR: this.#places.secrets,
      NODE_ENV: 'production',
      ALLOW_LOOPBACK_VENDORS: 'true',
    };
    this.broker = createKafkaBroker({ brokers: [kafka.brokers], clientId: 'voucherline-bench' });
    const broker = { stop: () => this.broker.close() };
    this.#running = [kafka, postgres, broker];
  }

  static async start(): Promise<Stand> {
    const folder = mkdtempSync(join(tmpdir(), 'voucherline-bench-'));
    const places = stackPlaces(folder);
    const ports = await freePortTable();
    const servers = await Promise.all([
      startKafka({
        dataDir: places.dataOf('kafka'),
        port: ports.kafka,
        controllerPort: ports['kafka-controller'],
        logFile: places.logOf('kafka'),
      }),
      startPostgres({ dataDir: places.dataOf('postgres'), port: ports.postgres, logFile: places.logOf('postgres') }),
    ]);
    const stand = new Stand(folder, ports, servers);
    await stand.broker.createTopics(DEFAULT_SHARDS);
    return stand;
  }

  /** Puts secrets where the services look for them. */
  keepSecrets(secrets: Readonly<Record<string, string>>): void {
    mkdirSync(this.#places.secrets, { recursive: true });
    for (const [name, value] of Object.entries(secrets)) writeFileSync(join(this.#places.secrets, name), value);
  }

  /** Runs a command of the command line. @throws with its log when it fails */
  async command(...args: string[]): Promise<void> {
    const name = args[0] ?? '';
    const logFile = this.#places.logOf(name);
    const child = await launch({
      ...{ name, command: process.execPath, args: [commandLine, ...args], cwd: checkout, logFile },
      env: this.#environment,
    });
    const ended = await child.exited;
    if (ended !== 'code 0') throw new Error(`${name} ended with ${ended}: ${readFileSync(logFile, 'utf8')}`);
  }

  /** Starts a service as it runs in production; resolves when it is ready. */
  async service(name: ServiceName): Promise<Child> {
    const opsPort = this.ports[`${name}-ops`];
    const env = {
      OPS_PORT: String(opsPort),
      HTTP_HOST: '127.0.0.1',
      HTTP_PORT: String(this.ports['webhook-ingestion']),
    };
    const main = join(checkout, 'services', name, 'dist', 'main.js');
    return this.#process(name, [...SERVICE_HEAP, main], env, `http://127.0.0.1:${opsPort}/health/ready`);
  }

  /** Starts a vendor's sandbox as it is without settings, which adds no delay; gives its port. */
  async sandbox(product: SandboxName): Promise<number> {
    const port = this.ports[product === 'dingtalk' ? 'dingtalk-sandbox' : 'kingdee-sandbox'];
    const data = this.#places.dataOf(product);
    const args = [commandLine, 'sandbox', product, '--port', String(port), '--data', data];
    await this.#process(`${product}-sandbox`, args, {}, `http://127.0.0.1:${port}/_sandbox/health`);
    return port;
  }

  /** Starts a floor, a program of its own beside the product. */
  async floor(name: string): Promise<Floor> {
    const floor = await startFloor(name);
    this.#running.push(floor);
    return floor;
  }

  /** Ends everything in reverse order; deletes data and logs unless somebody has to look at them. */
  async stop({ keep }: { keep: boolean }): Promise<void> {
    const failures: unknown[] = [];
    for (let one = this.#running.pop(); one !== undefined; one = this.#running.pop()) {
      // What does not end well must not keep the others alive.
      await one.stop().catch((error: unknown) => failures.push(error));
    }
    if (!keep) rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
    if (failures.length > 0) throw new AggregateError(failures, 'not everything ended well');
  }

  async #process(name: string, args: string[], env: Record<string, string>, healthUrl: string): Promise<Child> {
    const logFile = this.#places.logOf(name);
    const child = await launch({
      ...{ name, command: process.execPath, args, cwd: checkout, logFile },
      env: { ...this.#environment, ...env },
    });
    this.#running.push(child);
    const limit = Date.now() + READY_WITHIN_MS;
    while (!(await answers(healthUrl))) {
      if (child.ended !== undefined) throw new Error(`${name} ended with ${child.ended}; its log: ${logFile}`);
      if (Date.now() > limit) throw new Error(`${name} is not ready after a minute; its log: ${logFile}`);
      await pause(50);
    }
    return child;
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}
