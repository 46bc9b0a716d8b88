import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SERVICE_HEAP } from '@voucherline/local';
import { describeConfig, StoreConfig } from '@voucherline/platform';
import { WorkerConfig } from '@voucherline/work';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { IngestionConfig } from '../../services/webhook-ingestion/src/ingestion-config.js';

const root = join(import.meta.dirname, '../..');
const text = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
const compose = parse(text, { merge: true }) as { services: Record<string, ComposeService> };

interface ComposeService {
  environment?: Record<string, string | number | null>;
  command?: string[];
  ports?: string[];
  healthcheck?: { test: string[] };
  image?: string;
}

/** What each of our services reads. */
const settings = {
  'webhook-ingestion': describeConfig(IngestionConfig),
  collector: describeConfig(WorkerConfig),
  transformer: describeConfig(StoreConfig),
  'erp-writer': describeConfig(WorkerConfig),
};

describe.each(Object.entries(settings))('%s', (name, described) => {
  const service = compose.services[name] as ComposeService;
  const environment = service.environment ?? {};

  test('runs its own main', () => {
    expect(service.command).toEqual(['node', `services/${name}/dist/main.js`]);
  });

  test('is given every variable that it requires, and none that it does not know', () => {
    const known = described.map(({ env }) => env);
    const required = described.filter((one) => one.required).map(({ env }) => env);
    const given = Object.keys(environment).filter((env) => !env.startsWith('VOUCHERLINE_SECRET_'));
    expect(required.filter((env) => !given.includes(env))).toEqual([]);
    expect(given.filter((env) => !known.includes(env))).toEqual([]);
  });

  test('shows its operations port on loopback only, and asks it whether it is ready', () => {
    const ops = String(environment.OPS_PORT);
    const published = service.ports ?? [];
    expect(published.filter((port) => port.endsWith(`:${ops}`))).toEqual([
      expect.stringMatching(new RegExp(`^127\\.0\\.0\\.1:\\d+:${ops}$`)),
    ]);
    expect(service.healthcheck?.test.join(' ')).toContain(`http://127.0.0.1:${ops}/health/ready`);
  });
});

test('only the HTTP port of webhook-ingestion is open to the world, and no two services share a port', () => {
  const ports = Object.entries(compose.services).flatMap(([name, { ports = [] }]) =>
    ports.map((port) => ({ name, port })),
  );
  const open = ports.filter(({ port }) => !port.startsWith('127.0.0.1:'));
  const http = compose.services['webhook-ingestion']?.environment?.HTTP_PORT;
  expect(open).toEqual([{ name: 'webhook-ingestion', port: `${http}:${http}` }]);
  const onMachine = ports.map(({ port }) => port.split(':').at(-2));
  expect(new Set(onMachine).size).toBe(onMachine.length);
});

test('every secret that the connections of deploy/connections name reaches the services that use it', () => {
  const folder = join(root, 'deploy/connections');
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  const connections = files.map((file) => parse(readFileSync(join(folder, file), 'utf8')));
  const variable = (secret: string) => `VOUCHERLINE_SECRET_${secret.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`;
  for (const { product, secrets } of connections) {
    const users = product === 'dingtalk' ? ['webhook-ingestion', 'collector', 'erp-writer'] : ['erp-writer'];
    for (const secret of Object.values(secrets as Record<string, string>)) {
      for (const user of users) {
        expect(Object.keys(compose.services[user]?.environment ?? {}), user).toContain(variable(secret));
      }
    }
  }
});

test('services have the heap that they have in the local stack', () => {
  const options = readFileSync(join(root, 'deploy/images/Dockerfile'), 'utf8').match(/NODE_OPTIONS="(.+)"/)?.[1];
  expect(options?.split(' ')).toEqual(expect.arrayContaining([...SERVICE_HEAP]));
});

test('secrets are named without a value of their own, and the versions are those of the embedded stack', () => {
  const secrets = [...text.matchAll(/\$\{(\w*(?:PASSWORD|SECRET)\w*)([^}]*)\}/g)];
  expect(secrets.length).toBeGreaterThan(0);
  for (const [, name, rest] of secrets) expect(`${name}${rest}`).toMatch(/^\w+(:\?.*)?$/);
  for (const { environment = {} } of Object.values(compose.services)) {
    for (const [env, value] of Object.entries(environment)) {
      if (env.startsWith('VOUCHERLINE_SECRET_')) expect(value, env).toBeNull();
    }
  }
  const pom = readFileSync(join(root, 'deploy/local/kafka/pom.xml'), 'utf8');
  const kafka = pom.match(/<kafka\.version>(.+?)</)?.[1];
  expect(compose.services.kafka?.image).toBe(`apache/kafka:${kafka}`);
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  expect(readFileSync(join(root, 'deploy/images/Dockerfile'), 'utf8')).toContain(`FROM node:${devDependencies.node}-`);
});
