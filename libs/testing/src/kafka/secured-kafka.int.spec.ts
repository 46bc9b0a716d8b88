import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode } from '@voucherline/contracts';
import {
  type Broker,
  BrokersUnusable,
  createKafkaBroker,
  kafkaConnectionOf,
  type OutgoingRecord,
} from '@voucherline/pipeline';
import { createLogger, type Environment, KafkaConfig, loadConfig } from '@voucherline/platform';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { eventually } from '../line/eventually.js';
import { LOGIN, type SecuredKafka, startSecuredKafka } from './secured-kafka.js';

const TOPIC = 'approvals.events.v1';
const folder = mkdtempSync(join(tmpdir(), 'voucherline-secured-kafka-'));
const opened: Broker[] = [];
let given: SecuredKafka;
/** All that was logged, kafkajs' own words too. */
let logged: string[];

beforeAll(async () => {
  given = await startSecuredKafka(folder);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  for (const broker of opened.splice(0)) await broker.close();
});

afterAll(async () => {
  await given?.kafka.kill9();
  rmSync(folder, { recursive: true, force: true });
});

/** A broker by these settings, whose half minute of patience is over in a second. */
function open(env: Environment, topicPrefix = ''): Broker {
  logged = [];
  const logger = createLogger({
    ...{ service: 'test', level: 'debug', destination: { write: (line) => void logged.push(line) } },
  });
  let now = 0;
  const clock = { now: () => (now += 20_000) };
  const connection = kafkaConnectionOf(loadConfig(KafkaConfig, env));
  const broker = createKafkaBroker({ ...connection, clientId: 'test', topicPrefix, logger, clock });
  opened.push(broker);
  return broker;
}

function record(n: number): OutgoingRecord {
  const head = { id: `id-${n}`, source: 's', key: 'k', time: '2026-01-01T00:00:00Z' };
  const data = { rejectedAt: `2026-01-0${n}T00:00:00Z` };
  return { topic: TOPIC, partition: 1, record: encode({ ...head, type: 'ApprovalRejected', data }) };
}

const at = (listener: keyof SecuredKafka['ports'], host = '127.0.0.1') => `${host}:${given.ports[listener]}`;
const right = (more: Environment = {}): Environment => ({
  ...{ KAFKA_BROKERS: at('secured'), KAFKA_TLS: 'true', KAFKA_CA_FILE: given.caFile, ...LOGIN, ...more },
});

describe('brokers with TLS and a login', () => {
  it('carry all that the log is used for', async () => {
    // By one name first, by the other as the broker advertises itself: both are in the certificate.
    const broker = open(right({ KAFKA_BROKERS: at('secured', 'localhost') }), `t${randomUUID().slice(0, 8)}.`);
    expect(await broker.createTopics(2)).toContain(TOPIC);
    await (await broker.producer()).send([record(1), record(2)]);
    const ids: (string | undefined)[] = [];
    for await (const records of broker.read(TOPIC, 1, 0n)) ids.push(...records.map(({ headers }) => headers.ce_id));
    expect(ids).toEqual(['id-1', 'id-2']);
    const followed: bigint[] = [];
    await broker.follow(TOPIC, (records) => followed.push(...records.map(({ offset }) => offset)));
    expect(followed).toEqual([0n, 1n]);
    const batches: bigint[] = [];
    await broker.join('group', [TOPIC], {
      assigned: async () => {},
      batch: async ({ records, nextOffset }) => {
        batches.push(...records.map(({ offset }) => offset));
        return nextOffset;
      },
    });
    await eventually('the group reads', () => expect(new Set(batches)).toEqual(new Set([0n, 1n])));
    expect(logged.join('')).not.toContain(LOGIN.KAFKA_PASSWORD);
  });

  it('may be used as long as one is in order; who refuses us is named in the log', async () => {
    const broker = open(right({ KAFKA_BROKERS: `${at('elsewhere')},${at('secured')}` }));
    await expect(broker.createTopics(2)).resolves.toBeInstanceOf(Array);
    const warned = logged.filter((line) => line.includes('"level":"warn"'));
    expect(warned).toEqual([expect.stringContaining(`${at('elsewhere')}: its certificate is for another name`)]);
  });

  it('take PLAIN too', async () => {
    await expect(open(right({ KAFKA_SASL: 'plain' })).createTopics(2)).resolves.toBeInstanceOf(Array);
  });
});

describe('what is refused, at once and in clear words', () => {
  const refused = async (env: Environment, ...words: string[]) => {
    const failed: unknown = await open(env)
      .offsets(TOPIC)
      .catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(BrokersUnusable);
    const { message } = failed as Error;
    for (const word of words) expect(message).toContain(word);
    expect(message).not.toContain('\n');
    expect(message + logged.join('')).not.toMatch(/canary-kafka|not-the-password/);
    return message;
  };

  it.each(['scram-sha-512', 'plain'])('a wrong password by %s', async (mechanism) => {
    await refused(
      right({ KAFKA_SASL: mechanism, KAFKA_PASSWORD: 'not-the-password' }),
      `Kafka broker ${at('secured')}: the login of "voucherline" by ${mechanism} is refused`,
      'Correct KAFKA_USERNAME, KAFKA_PASSWORD or KAFKA_SASL',
    );
  });

  it('a mechanism that the broker does not have', async () => {
    await refused(right({ KAFKA_SASL: 'scram-sha-256' }), 'by scram-sha-256 is refused', 'KAFKA_SASL');
  });

  it('a certificate of a foreign CA, whatever NODE_TLS_REJECT_UNAUTHORIZED says', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    const words = [`Kafka broker ${at('secured')}: its certificate is not trusted`, 'KAFKA_CA_FILE'];
    await refused(right({ KAFKA_CA_FILE: given.foreignCaFile }), ...words, 'holds another');
    await refused(right({ KAFKA_CA_FILE: '' }), ...words, 'Set KAFKA_CA_FILE to the PEM file');
  });

  it('a certificate for another name, though its CA is trusted', async () => {
    await refused(
      right({ KAFKA_BROKERS: at('elsewhere') }),
      `Kafka broker ${at('elsewhere')}: its certificate is for another name`,
      'advertised.listeners',
    );
  });

  it('a login at a listener that takes none', async () => {
    await refused({ KAFKA_BROKERS: at('clear'), ...LOGIN }, `${at('clear')}: its listener takes no login`);
  });
});

describe('what another try might mend is said at the first one, and given up', () => {
  it.each([
    ['TLS at a listener without', () => right({ KAFKA_BROKERS: at('clear') }), 'leave out KAFKA_TLS'],
    ['no TLS at a listener with it', () => right({ KAFKA_TLS: '', KAFKA_CA_FILE: '' }), 'set KAFKA_TLS=true'],
    ['no login', () => right({ KAFKA_USERNAME: '', KAFKA_PASSWORD: '' }), 'set KAFKA_USERNAME and KAFKA_PASSWORD'],
    ['nobody', () => ({ KAFKA_BROKERS: '127.0.0.1:1' }), 'it does not answer'],
  ])('%s', async (_, env, words) => {
    await expect(open(env()).offsets(TOPIC)).rejects.toThrow(words);
    const warned = logged.filter((line) => line.includes('no broker answers yet, trying again: Kafka broker'));
    expect(warned).toHaveLength(1);
    expect(warned[0]).toContain(words);
  });
});
