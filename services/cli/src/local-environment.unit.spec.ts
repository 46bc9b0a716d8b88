import { describe, expect, it } from 'vitest';
import { environmentOf } from './local-environment.js';

const local = {
  KAFKA_BROKERS: '127.0.0.1:1',
  KAFKA_USERNAME: 'local',
  KAFKA_PASSWORD: 'of-local',
  VOUCHERLINE_OPS: 'a=b',
};

describe('what a command goes by', () => {
  it('is the local stack, where the terminal names no brokers', () => {
    expect(environmentOf({ KAFKA_TLS: 'true', DATABASE_URL: 'x' }, local)).toEqual({
      ...{ ...local, DATABASE_URL: 'x' },
      ...{ KAFKA_TLS: undefined, KAFKA_CA_FILE: undefined, KAFKA_SASL: undefined },
    });
  });

  it('takes no login of the local stack to the brokers that the terminal names', () => {
    const env = environmentOf({ KAFKA_BROKERS: 'kafka:9092', KAFKA_TLS: 'true' }, local);
    expect(env).toMatchObject({ KAFKA_BROKERS: 'kafka:9092', KAFKA_TLS: 'true', VOUCHERLINE_OPS: 'a=b' });
    expect([env.KAFKA_USERNAME, env.KAFKA_PASSWORD]).toEqual([undefined, undefined]);
  });
});
