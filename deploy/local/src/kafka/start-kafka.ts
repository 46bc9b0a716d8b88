import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout, dataFolder } from '../checkout.js';
import { type Child, launch } from '../processes/child.js';
import { requireFree } from '../processes/free-port.js';
import { logSize } from '../processes/log-tail.js';
import { waitUntil } from '../processes/wait-until.js';
import { brokerAnswers } from './answers.js';
import { type BrokerPlace, brokerProperties } from './properties.js';

const jars = join(dataFolder, 'kafka-libs');
const logging = join(checkout, 'deploy', 'local', 'kafka', 'log4j2.yaml');

export interface KafkaOptions extends BrokerPlace {
  /** The broker's log is appended to this file. */
  logFile: string;
  /** Users that exist from the first start on, for listeners with SASL, e.g. `SCRAM-SHA-512=[name=ann,password=…]`. */
  scram?: readonly string[];
  /** Kept while it runs, see {@link launch}. */
  pidFile?: string | undefined;
}

/** A running broker: `brokers` is what KAFKA_BROKERS takes. */
export interface Kafka extends Child {
  readonly brokers: string;
}

/**
 * Starts an Apache Kafka broker of one node and waits until it answers. The first start formats `dataDir`; later ones
 * find their topics again. Needs Java 17 and the jars that `npm run setup` fetches.
 * @throws when the jars or Java are missing, a port is taken, or the broker ends or is silent for a minute; the message holds what its log says.
 */
export async function startKafka(options: KafkaOptions): Promise<Kafka> {
  const { dataDir, port, logFile } = options;
  if (!existsSync(jars)) throw new Error(`Kafka's jars are not in ${jars}: run \`npm run setup\` once.`);
  await requireFree('kafka', [port, options.controllerPort]);
  mkdirSync(dataDir, { recursive: true });
  const properties = `${dataDir}.properties`;
  writeFileSync(properties, brokerProperties(options));
  // The format step writes meta.properties last, so a folder without it is unformatted or half formatted.
  if (!existsSync(join(dataDir, 'meta.properties'))) format(dataDir, properties, options.scram ?? []);

  const logFrom = logSize(logFile);
  const child = await launch({
    name: 'kafka',
    command: java(),
    args: [...jvm, '-Xms128m', '-Xmx384m', '-XX:+ExitOnOutOfMemoryError', 'kafka.Kafka', properties],
    logFile,
    pidFile: options.pidFile,
  });
  try {
    await waitUntil(child, () => brokerAnswers(port), { limitMs: 60_000, logFrom });
  } catch (error) {
    await child.kill9();
    throw error;
  }
  return Object.assign(child, { brokers: `127.0.0.1:${port}` });
}

// The first compiler tier and the serial collector start fastest and take least memory (stack.md §7).
const jvm = [
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  `-Dlog4j2.configurationFile=${logging}`,
  '-cp',
  join(jars, '*'),
];

function java(): string {
  return process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin', 'java') : 'java';
}

function format(dataDir: string, properties: string, scram: readonly string[]): void {
  rmSync(dataDir, { recursive: true, force: true });
  const clusterId = randomBytes(16);
  // Kafka's command line takes an id that begins with '-' for an option.
  clusterId[0] = clusterId.readUInt8(0) & 0x7f;
  const args = [
    'kafka.tools.StorageTool',
    'format',
    '--standalone',
    '-t',
    clusterId.toString('base64url'),
    '-c',
    properties,
    ...scram.flatMap((user) => ['--add-scram', user]),
  ];
  const done = spawnSync(java(), [...jvm, ...args], { encoding: 'utf8' });
  if (done.error) throw new Error(`kafka: Java does not start: ${done.error.message}`);
  if (done.status !== 0)
    throw new Error(`kafka could not format ${dataDir}: ${(done.stderr || done.stdout).split('\n')[0]}`);
}
