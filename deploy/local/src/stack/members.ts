import { join } from 'node:path';
import { checkout, dataFolder } from '../checkout.js';
import { startKafka } from '../kafka/start-kafka.js';
import type { PortName, Ports } from '../ports.js';
import { postgresUrl, startPostgres } from '../postgres/start-postgres.js';
import { portAnswers, urlAnswers } from '../processes/answers.js';
import { type Child, launch } from '../processes/child.js';
import { logSize } from '../processes/log-tail.js';
import { reasons, waitUntil } from '../processes/wait-until.js';
import { logFileOf, pidFileOf, secretsFolder } from './places.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** A process that has to run as long as the stack does. */
export interface Member {
  name: string;
  ports: PortName[];
  /** Starts it; resolves when it is ready, rejects with the essence of its log. */
  start(): Promise<Child>;
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

const readyLimitMs = 90_000;
const commandLine = join(checkout, 'services', 'cli', 'dist', 'main.js');

/**
 * What every process of the stack is told about the others. KAFKA_BROKERS and DATABASE_URL, when given, point it at
 * servers that run already; otherwise they name the embedded ones.
 */
export function stackEnvironment(ports: Ports, given: Environment): Record<string, string> {
  return {
    KAFKA_BROKERS: given.KAFKA_BROKERS || `127.0.0.1:${ports.kafka}`,
    DATABASE_URL: given.DATABASE_URL || postgresUrl(ports.postgres),
    SECRETS_DIR: given.SECRETS_DIR || secretsFolder,
  };
}

/** The embedded stack in the order it starts. */
export function startOrder(ports: Ports, given: Environment): StartOrder {
  const env = stackEnvironment(ports, given);
  const servers = [...(given.KAFKA_BROKERS ? [] : [kafka(ports)]), ...(given.DATABASE_URL ? [] : [postgres(ports)])];
  return [
    servers,
    [job('topics', ['topics', 'create'], env)],
    [
      sandbox('dingtalk-sandbox', 'dingtalk', ports, env),
      sandbox('kingdee-sandbox', 'kingdee-galaxy', ports, env),
      sandbox('second-kingdee-sandbox', 'kingdee-galaxy', ports, env),
    ],
    [job('publish', ['publish', 'deploy/flows'], env)],
    [
      service('webhook-ingestion', ports, {
        ...env,
        HTTP_HOST: '127.0.0.1',
        HTTP_PORT: String(ports['webhook-ingestion']),
      }),
      service('collector', ports, env),
      service('transformer', ports, env),
      service('erp-writer', ports, env),
    ],
  ];
}

function kafka(ports: Ports): Member {
  const { kafka: port, 'kafka-controller': controllerPort } = ports;
  const place = { dataDir: join(dataFolder, 'kafka'), port, controllerPort, logFile: logFileOf('kafka') };
  return {
    name: 'kafka',
    ports: ['kafka', 'kafka-controller'],
    start: () => startKafka({ ...place, pidFile: pidFileOf('kafka') }),
    address: `127.0.0.1:${port}`,
  };
}

function postgres(ports: Ports): Member {
  const place = { dataDir: join(dataFolder, 'postgres'), port: ports.postgres, logFile: logFileOf('postgres') };
  return {
    name: 'postgres',
    ports: ['postgres'],
    start: () => startPostgres({ ...place, pidFile: pidFileOf('postgres') }),
    address: postgresUrl(ports.postgres),
  };
}

function sandbox(name: PortName, product: string, ports: Ports, env: Record<string, string>): Member {
  const port = ports[name];
  const args = [commandLine, 'sandbox', product, '--port', String(port), '--data', join(dataFolder, name)];
  return {
    name,
    ports: [name],
    start: () => startNode(name, args, env, () => portAnswers(port)),
    address: `http://127.0.0.1:${port}`,
  };
}

function service(
  name: 'webhook-ingestion' | 'collector' | 'transformer' | 'erp-writer',
  ports: Ports,
  env: Record<string, string>,
): Member {
  const opsPort = ports[`${name}-ops`];
  const ready = `http://127.0.0.1:${opsPort}/health/ready`;
  const main = join(checkout, 'services', name, 'dist', 'main.js');
  return {
    name,
    ports: name === 'webhook-ingestion' ? [name, `${name}-ops`] : [`${name}-ops`],
    start: () => startNode(name, [main], { ...env, OPS_PORT: String(opsPort) }, () => urlAnswers(ready)),
    address: env.HTTP_PORT === undefined ? ready : `http://127.0.0.1:${env.HTTP_PORT}`,
  };
}

async function startNode(
  name: string,
  args: string[],
  env: Record<string, string>,
  answers: () => Promise<boolean>,
): Promise<Child> {
  const logFile = logFileOf(name);
  const logFrom = logSize(logFile);
  const pidFile = pidFileOf(name);
  const child = await launch({ name, command: process.execPath, args, env, cwd: checkout, logFile, pidFile });
  try {
    await waitUntil(child, answers, { limitMs: readyLimitMs, logFrom });
    return child;
  } catch (error) {
    await child.stop();
    throw error;
  }
}

function job(name: string, args: string[], env: Record<string, string>): Job {
  return {
    name,
    async run() {
      const logFile = logFileOf(name);
      const logFrom = logSize(logFile);
      const child = await launch({
        ...{ name, command: process.execPath, args: [commandLine, ...args], env, cwd: checkout, logFile },
        pidFile: pidFileOf(name),
      });
      const limit = setTimeout(() => void child.kill9(), readyLimitMs);
      const ended = await child.exited;
      clearTimeout(limit);
      if (ended !== 'code 0') throw new Error(`${name} ended with ${ended}.${reasons(child, logFrom)}`);
    },
  };
}
