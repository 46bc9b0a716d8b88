import { join } from 'node:path';
import { KAFKA_VARIABLES } from '@voucherline/platform';
import { checkout } from '../checkout.js';
import { startKafka } from '../kafka/start-kafka.js';
import type { PortName, Ports } from '../ports.js';
import { postgresUrl, startPostgres } from '../postgres/start-postgres.js';
import { portAnswers, serviceAnswers } from '../processes/answers.js';
import { type Child, launch } from '../processes/child.js';
import { logSize } from '../processes/log-tail.js';
import { SERVICE_HEAP } from '../processes/service-heap.js';
import { reasons, waitUntil } from '../processes/wait-until.js';
import {
  type SandboxName,
  type SandboxSettings,
  sandboxAddresses,
  settingsFileOf,
  writeAccounts,
} from '../sandboxes/accounts.js';
import type { StackPlaces } from './places.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** A process that has to run as long as the stack does. */
export interface Member {
  name: string;
  ports: PortName[];
  /** Starts it, with these variables beside its own; resolves when it is ready, rejects with the essence of its log. */
  start(env?: Readonly<Record<string, string>>): Promise<Child>;
  /** What to tell people once it runs. */
  address: string;
}

/** A command that has to succeed before what follows it in the order. */
export interface Job {
  name: string;
  run(): Promise<void>;
}

/** Started group by group, the members of a group side by side; stopped in reverse. */
export type StartOrder = readonly (readonly (Member | Job)[])[];

export const SERVICES = ['webhook-ingestion', 'collector', 'transformer', 'erp-writer'] as const;
export type Service = (typeof SERVICES)[number];
/** What the processes of a service are called: the first as the service. */
export type Instance = Service | `${Service}-2`;

export function instancesOf({ instances = 1 }: Pick<StackOptions, 'instances'>): readonly Instance[] {
  return SERVICES.flatMap((name) => (instances === 2 ? ([name, `${name}-2`] as const) : [name]));
}

const readyLimitMs = 90_000;
const commandLine = join(checkout, 'services', 'cli', 'dist', 'main.js');

/** What makes one stack different from another. */
export interface StackOptions {
  ports: Ports;
  places: StackPlaces;
  /** The variables it is started with; those of Kafka, DATABASE_URL and SECRETS_DIR count. */
  given: Environment;
  /** Folders of connections and flows that are published; those of `deploy` when absent. */
  configuration?: readonly string[];
  /** Processes of each service; 1 when absent. */
  instances?: 1 | 2;
  /** Settings of the sandboxes beside those of their accounts, e.g. a faster clock for retries. */
  sandboxSettings?: SandboxSettings;
}

/**
 * What every process of the stack is told about the others. KAFKA_BROKERS and DATABASE_URL, when given, point it at
 * servers that run already; otherwise they name the embedded ones. How brokers are reached (TLS, login) goes with
 * KAFKA_BROKERS: without that it is emptied, because processes inherit what we were started with.
 */
export function stackEnvironment(options: StackOptions): Record<string, string> {
  const { ports, places, given } = options;
  return {
    ...Object.fromEntries(KAFKA_VARIABLES.map((name) => [name, (given.KAFKA_BROKERS && given[name]) || ''])),
    KAFKA_BROKERS: given.KAFKA_BROKERS || `127.0.0.1:${ports.kafka}`,
    DATABASE_URL: given.DATABASE_URL || postgresUrl(ports.postgres),
    SECRETS_DIR: given.SECRETS_DIR || places.secrets,
    ...sandboxAddresses(ports),
    // The vendors of this stack are sandboxes on this machine; production leaves it out.
    ALLOW_LOOPBACK_VENDORS: 'true',
    // Where `voucherline status` asks.
    VOUCHERLINE_OPS: instancesOf(options)
      .map((name) => `${name}=http://127.0.0.1:${ports[`${name}-ops`]}`)
      .join(','),
  };
}

/** The embedded stack in the order it starts. */
export function startOrder(options: StackOptions): StartOrder {
  const { given, configuration = ['deploy/connections', 'deploy/flows'] } = options;
  const { job, sandbox, service } = nodeMembers(options);
  const accounts: Job = { name: 'sandbox accounts', run: async () => writeAccounts(options) };
  return [
    [accounts, ...(given.KAFKA_BROKERS ? [] : [kafka(options)]), ...(given.DATABASE_URL ? [] : [postgres(options)])],
    [job('topics', ['topics', 'create'])],
    [
      sandbox('dingtalk-sandbox', 'dingtalk'),
      sandbox('kingdee-sandbox', 'kingdee-galaxy'),
      sandbox('second-kingdee-sandbox', 'kingdee-galaxy'),
    ],
    [job('publish', ['publish', ...configuration])],
    instancesOf(options).map((name) => service(name)),
  ];
}

function kafka({ ports, places }: StackOptions): Member {
  const { kafka: port, 'kafka-controller': controllerPort } = ports;
  return {
    name: 'kafka',
    ports: ['kafka', 'kafka-controller'],
    start: () => startKafka({ dataDir: places.dataOf('kafka'), port, controllerPort, ...files(places, 'kafka') }),
    address: `127.0.0.1:${port}`,
  };
}

function postgres({ ports, places }: StackOptions): Member {
  const port = ports.postgres;
  return {
    name: 'postgres',
    ports: ['postgres'],
    start: () => startPostgres({ dataDir: places.dataOf('postgres'), port, ...files(places, 'postgres') }),
    address: postgresUrl(port),
  };
}

/** The members that are programs of ours. */
function nodeMembers(options: StackOptions) {
  const { ports, places } = options;
  const common = stackEnvironment(options);
  const node = (name: string, args: string[], env: Record<string, string> = {}) =>
    launch({
      ...{ name, command: process.execPath, args, env: { ...common, ...env }, cwd: checkout },
      ...files(places, name),
    });

  return {
    job: (name: string, args: string[]): Job => ({
      name,
      async run() {
        const logFrom = logSize(places.logOf(name));
        await untilDone(await node(name, [commandLine, ...args]), logFrom);
      },
    }),
    sandbox(name: SandboxName, product: string): Member {
      const port = ports[name];
      const place = ['--port', String(port), '--data', places.dataOf(name)];
      const args = [commandLine, 'sandbox', product, ...place, '--settings', settingsFileOf(places, name)];
      return {
        name,
        ports: [name],
        start: () =>
          untilReady(
            () => node(name, args),
            places.logOf(name),
            () => portAnswers(port),
          ),
        address: `http://127.0.0.1:${port}`,
      };
    },
    service(name: Instance): Member {
      const opsPort = ports[`${name}-ops`];
      const ready = `http://127.0.0.1:${opsPort}/health/ready`;
      const program = name.replace(/-2$/, '');
      const main = join(checkout, 'services', program, 'dist', 'main.js');
      const http = isIngestion(name) ? ports[name] : undefined;
      const env = {
        OPS_PORT: String(opsPort),
        ...(http === undefined ? {} : { HTTP_HOST: '127.0.0.1', HTTP_PORT: String(http) }),
      };
      return {
        name,
        ports: isIngestion(name) ? [name, `${name}-ops`] : [`${name}-ops`],
        start: (more) =>
          untilReady(
            () => node(name, [...SERVICE_HEAP, main], { ...env, ...more }),
            places.logOf(name),
            () => serviceAnswers(ready),
          ),
        address: http === undefined ? ready : `http://127.0.0.1:${http}`,
      };
    },
  };
}

function isIngestion(name: Instance): name is 'webhook-ingestion' | 'webhook-ingestion-2' {
  return name.startsWith('webhook-ingestion');
}

function files(places: StackPlaces, name: string) {
  return { logFile: places.logOf(name), pidFile: places.pidFileOf(name) };
}

async function untilReady(
  start: () => Promise<Child>,
  logFile: string,
  answers: () => Promise<boolean>,
): Promise<Child> {
  const logFrom = logSize(logFile);
  const child = await start();
  try {
    await waitUntil(child, answers, { limitMs: readyLimitMs, logFrom });
    return child;
  } catch (error) {
    await child.stop();
    throw error;
  }
}

async function untilDone(child: Child, logFrom: number): Promise<void> {
  const limit = setTimeout(() => void child.kill9(), readyLimitMs);
  const ended = await child.exited;
  clearTimeout(limit);
  if (ended !== 'code 0') throw new Error(`${child.name} ended with ${ended}.${reasons(child, logFrom)}`);
}
