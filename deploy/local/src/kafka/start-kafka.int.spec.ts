import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { freePorts } from '../processes/free-port.js';
import { brokerAnswers } from './answers.js';
import { type Kafka, startKafka } from './start-kafka.js';

const folder = mkdtempSync(join(tmpdir(), 'voucherline-kafka-'));
const dataDir = join(folder, 'kafka');
const logFile = join(folder, 'kafka.log');
let running: Kafka | undefined;

afterAll(async () => {
  await running?.kill9();
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<Kafka> {
  const [port, controllerPort] = (await freePorts(2)) as [number, number];
  running = await startKafka({ dataDir, port, controllerPort, logFile });
  return running;
}

const portOf = (kafka: Kafka) => Number(kafka.brokers.split(':')[1]);
const clusterId = () => readFileSync(join(dataDir, 'meta.properties'), 'utf8').match(/cluster\.id=(.+)/)?.[1];

test('a broker answers, ends in order, and comes back with its data on other ports, after a crash too', async () => {
  const first = await start();
  expect(await brokerAnswers(portOf(first))).toBe(true);
  const id = clusterId();
  expect(id).toMatch(/^[\w-]{22}$/);

  await first.stop();
  expect(first.ended).toBe('code 143');
  expect(await brokerAnswers(portOf(first))).toBe(false);

  const second = await start();
  expect(clusterId()).toBe(id);
  await second.kill9();
  expect(second.ended).toBe('signal SIGKILL');

  const third = await start();
  expect(await brokerAnswers(portOf(third))).toBe(true);
  expect(clusterId()).toBe(id);
});

test('a taken port is named before anything starts', async () => {
  const taken = portOf(running as Kafka);
  const [controllerPort] = (await freePorts(1)) as [number];
  const place = { dataDir: join(folder, 'clash'), port: taken, controllerPort, logFile: join(folder, 'clash.log') };
  await expect(startKafka(place)).rejects.toThrow(`port ${taken} is taken`);
});

test('a start that fails says why in the words of the log, and leaves nothing running', async () => {
  await running?.kill9();
  writeFileSync(join(dataDir, 'meta.properties'), 'version=1\nnode.id=7\ncluster.id=AAAAAAAAAAAAAAAAAAAAAA\n');
  await expect(start()).rejects.toThrow(/kafka ended with code 1[\s\S]*node.id[\s\S]*whole log/);
});
