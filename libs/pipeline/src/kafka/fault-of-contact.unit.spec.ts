import { KafkaJSConnectionError, KafkaJSNonRetriableError, KafkaJSNumberOfRetriesExceeded } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { faultOfContact } from './fault-of-contact.js';

const secured = {
  ...{ brokers: ['k:9093'], clientId: 'test', tls: {} },
  sasl: { mechanism: 'scram-sha-512', username: 'me', password: 'hunter22' },
} as const;

function connectionError(message: string, code: string): Error {
  const error = new KafkaJSConnectionError(`Connection error: ${message}`, { broker: 'k2:9093', code });
  // As kafkajs gives it up.
  return new KafkaJSNumberOfRetriesExceeded(error, { retryCount: 0, retryTime: 100, cause: error } as never);
}

describe('why a broker can not be worked with', () => {
  it.each([
    ['CERT_HAS_EXPIRED', 'its certificate is not valid today (m). Renew it'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'its certificate is not trusted (m). Set KAFKA_CA_FILE'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'its certificate is not trusted (m). Set KAFKA_CA_FILE'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate is for another name (m). Name it in KAFKA_BROKERS'],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'TLS with it fails (m). Name the port of a listener'],
  ])('is certain by %s', (code, words) => {
    const fault = faultOfContact(connectionError('m', code), 'k:9093', secured);
    expect(fault.isCertain).toBe(true);
    expect(fault.words).toContain(`Kafka broker k2:9093: ${words}`);
  });

  it.each(['ECONNREFUSED', 'EAI_AGAIN', 'ENOTFOUND'])('may pass by itself by %s', (code) => {
    expect(faultOfContact(connectionError('m', code), 'k:9093', secured)).toEqual({
      words: 'Kafka broker k2:9093: it does not answer (m). See that it runs and is reached from here by this address',
      isCertain: false,
    });
  });

  it('is told of whatever kafkajs throws, by the address that was asked', () => {
    const fault = faultOfContact(new KafkaJSNonRetriableError('API Versions not supported'), 'k:9093', secured);
    expect(fault.words).toContain('Kafka broker k:9093: it does not answer (API Versions not supported)');
  });
});
