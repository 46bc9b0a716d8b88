import { describe, expect, it } from 'vitest';
import { portTable } from '../ports.js';
import { stackEnvironment } from './members.js';
import { stackPlaces } from './places.js';

const environmentOf = (given: Readonly<Record<string, string>>) =>
  stackEnvironment({ ports: portTable({}), places: stackPlaces('/nowhere'), given });

describe('what processes of the stack are told of Kafka', () => {
  const secured = { KAFKA_TLS: 'true', KAFKA_CA_FILE: '/ca.pem', KAFKA_USERNAME: 'me', KAFKA_PASSWORD: 'hunter22' };

  it('is how brokers of your own are reached', () => {
    const given = { KAFKA_BROKERS: 'kafka:9092', ...secured };
    expect(environmentOf(given)).toMatchObject({ ...given, KAFKA_SASL: '' });
  });

  it('is nothing but the embedded broker otherwise, whatever they would inherit', () => {
    expect(environmentOf(secured)).toMatchObject({
      KAFKA_BROKERS: expect.stringMatching(/^127\.0\.0\.1:/),
      ...{ KAFKA_TLS: '', KAFKA_CA_FILE: '', KAFKA_SASL: '', KAFKA_USERNAME: '', KAFKA_PASSWORD: '' },
    });
  });
});
