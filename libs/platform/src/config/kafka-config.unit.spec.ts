import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { afterAll, describe, expect, it } from 'vitest';
import { KafkaConfig } from './kafka-config.js';
import { ConfigError, type Environment, loadConfig, secretValues, summary } from './load.js';

const folder = mkdtempSync(join(tmpdir(), 'voucherline-kafka-config-'));
const caFile = join(folder, 'ca.pem');
const noCertificate = join(folder, 'key.pem');
writeFileSync(caFile, `# our CA\n${rootCertificates[0]}\n`);
writeFileSync(noCertificate, '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----\n');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const brokers = { KAFKA_BROKERS: 'a:9092' };
const tls = { ...brokers, KAFKA_TLS: 'true' };
const login = { KAFKA_USERNAME: 'voucherline', KAFKA_PASSWORD: 'hunter22' };

function faultsOf(env: Environment): string {
  try {
    loadConfig(KafkaConfig, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults.map((one) => `${one.env}: ${one.fault}`).join('\n');
    throw error;
  }
  return '';
}

describe('how the brokers are reached', () => {
  it.each<[string, Environment]>([
    ['in clear, as nothing else is said', brokers],
    ['TLS with public CAs', tls],
    ['TLS with a CA of its own', { ...tls, KAFKA_CA_FILE: caFile }],
    ['SCRAM without TLS: the password is not sent', { ...brokers, ...login }],
    ['SCRAM-SHA-256', { ...tls, ...login, KAFKA_SASL: 'scram-sha-256' }],
    ['PLAIN inside TLS', { ...tls, ...login, KAFKA_SASL: 'plain' }],
  ])('takes %s', (_, env) => {
    expect(faultsOf(env)).toBe('');
  });

  it('refuses an IPv6 address, whose first colon kafkajs takes for the end of the host', () => {
    expect(faultsOf({ KAFKA_BROKERS: 'a:9092,[::1]:9092' })).toMatch(/^KAFKA_BROKERS: .*host:port$/);
  });

  it.each<[string, Environment, string]>([
    [
      'a user without a password',
      { ...brokers, KAFKA_USERNAME: 'me' },
      'KAFKA_USERNAME: "me" is refused: it means nothing without KAFKA_PASSWORD; set that too',
    ],
    [
      'a password without a user',
      { ...brokers, KAFKA_PASSWORD: 'hunter22' },
      'KAFKA_PASSWORD: its value is refused: it means nothing without KAFKA_USERNAME; set that too',
    ],
    [
      'a mechanism without a user',
      { ...tls, KAFKA_SASL: 'plain' },
      'KAFKA_SASL: "plain" is refused: it means nothing without KAFKA_USERNAME',
    ],
    [
      'PLAIN without TLS',
      { ...brokers, ...login, KAFKA_SASL: 'plain' },
      'KAFKA_SASL: "plain" is refused: it would send the password in clear; set KAFKA_TLS=true, or take scram-sha-512',
    ],
    [
      'a mechanism we do not have',
      { ...tls, ...login, KAFKA_SASL: 'gssapi' },
      'KAFKA_SASL: "gssapi" is refused: it must be one of',
    ],
    [
      'a CA without TLS',
      { ...brokers, KAFKA_CA_FILE: caFile },
      'is refused: it counts only with KAFKA_TLS=true; set that',
    ],
    [
      'a CA that is not there',
      { ...tls, KAFKA_CA_FILE: join(folder, 'absent.pem') },
      "is refused: it can't be read (ENOENT); name a file",
    ],
    ['a folder as CA', { ...tls, KAFKA_CA_FILE: folder }, "is refused: it can't be read (EISDIR)"],
    [
      'a file without a certificate',
      { ...tls, KAFKA_CA_FILE: noCertificate },
      'is refused: it holds no certificate; give it in PEM',
    ],
    [
      'a way around the check',
      { ...brokers, KAFKA_TLS: 'skip-verify' },
      'KAFKA_TLS: "skip-verify" is neither true nor false',
    ],
  ])('refuses %s', (_, env, fault) => {
    expect(faultsOf(env)).toContain(fault);
    expect(faultsOf(env)).not.toContain('hunter22');
    expect(faultsOf(env).split('\n')).toHaveLength(1);
  });

  it('never shows the password, and names it to those who mask', () => {
    const config = loadConfig(KafkaConfig, { ...tls, ...login });
    expect(summary(config)).toMatchObject({
      KAFKA_TLS: 'true',
      KAFKA_USERNAME: 'voucherline',
      KAFKA_PASSWORD: 'configured',
    });
    expect(JSON.stringify(summary(config))).not.toContain('hunter22');
    expect(secretValues(config)).toEqual(['hunter22']);
  });
});
