import { IsInt, IsUrl, Max } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { ConfigError, describeConfig, type Environment, loadConfig, secretValues, summary } from './load.js';
import { HttpServiceConfig, StoreConfig } from './service-config.js';
import { Setting } from './setting.js';

class SampleConfig extends StoreConfig {
  @Setting({ env: 'OPS_PORT', default: 9101, description: 'port of the operations server' })
  declare opsPort: number;

  @Setting({ env: 'SWEEP_MINUTES', default: 10, description: 'minutes between sweeps' })
  @IsInt()
  @Max(60)
  sweepMinutes!: number;

  @Setting({ env: 'DRY', default: false, description: 'whether nothing is sent' })
  dry!: boolean;

  @Setting({ env: 'PROXY', optional: true, description: 'address of the proxy' })
  @IsUrl({ require_tld: false })
  proxy?: string;
}

const good = { KAFKA_BROKERS: 'a:9092, b:9092', DATABASE_URL: 'postgres://u:hunter22@db/x' };

function faultsOf(env: Environment): ConfigError {
  try {
    loadConfig(SampleConfig, env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('the configuration was accepted');
}

describe('loadConfig', () => {
  it('reads each type, and defaults where nothing or an empty value is given', () => {
    const config = loadConfig(SampleConfig, { ...good, DRY: 'true', SWEEP_MINUTES: '' });
    expect(config).toMatchObject({
      kafkaBrokers: ['a:9092', 'b:9092'],
      opsHost: '127.0.0.1',
      opsPort: 9101,
      sweepMinutes: 10,
      dry: true,
      logLevel: 'info',
    });
    expect(config.proxy).toBeUndefined();
    expect(config).toBeInstanceOf(SampleConfig);
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('lists every fault at once, each with its variable, the fault and the mend', () => {
    const error = faultsOf({
      KAFKA_BROKERS: 'a:9092,nonsense',
      SWEEP_MINUTES: '0x10',
      DRY: 'yes',
      PROXY: ' http://proxy',
      LOG_LEVEL: 'loud',
    });
    expect(error.faults.map(({ env }) => env).sort()).toEqual(
      ['DATABASE_URL', 'DRY', 'KAFKA_BROKERS', 'LOG_LEVEL', 'PROXY', 'SWEEP_MINUTES'].sort(),
    );
    expect(error.message).toContain('DATABASE_URL: is not set. Set it to a secret text: PostgreSQL, postgres://');
    expect(error.message).toContain('SWEEP_MINUTES: "0x10" is not a number. Set it to number: minutes between sweeps');
    expect(error.message).toContain('DRY: "yes" is neither true nor false');
    expect(error.message).toContain('KAFKA_BROKERS: ["a:9092","nonsense"] is refused: each entry must be host:port');
    expect(error.message).toContain('PROXY: has blanks');
  });

  it('holds the rules of a class and of its base', () => {
    expect(faultsOf({ ...good, SWEEP_MINUTES: '61' }).message).toMatch(/SWEEP_MINUTES: 61 is refused: it must not be/);
    expect(faultsOf({ ...good, OPS_PORT: '65536' }).message).toMatch(/OPS_PORT: 65536 is refused/);
  });

  it.each(['mysql://u:hunter22@db', 'postgres://u:hunter22@db \n'])('never shows the value of a secret', (url) => {
    const error = faultsOf({ ...good, DATABASE_URL: url });
    expect(error.message).toContain('DATABASE_URL');
    expect(error.message + JSON.stringify(error.faults)).not.toContain('hunter22');
  });
});

describe('what is told about a configuration', () => {
  it('describes every setting once, with what a subclass changed', () => {
    const described = describeConfig(SampleConfig);
    expect(described.map(({ env }) => env)).toEqual([
      'KAFKA_BROKERS',
      'KAFKA_TLS',
      'KAFKA_CA_FILE',
      'KAFKA_SASL',
      'KAFKA_USERNAME',
      'KAFKA_PASSWORD',
      'OPS_HOST',
      'OPS_PORT',
      'LOG_LEVEL',
      'SECRETS_DIR',
      'DATABASE_URL',
      'SWEEP_MINUTES',
      'DRY',
      'PROXY',
    ]);
    expect(described.find(({ env }) => env === 'OPS_PORT')).toMatchObject({
      default: 9101,
      required: false,
      type: 'number',
    });
    expect(described.find(({ env }) => env === 'DATABASE_URL')).toMatchObject({ secret: true, required: true });
    expect(described.find(({ env }) => env === 'PROXY')).toMatchObject({ required: false, type: 'text' });
    expect(describeConfig(HttpServiceConfig).map(({ env }) => env)).toContain('HTTP_PORT');
    expect(describeConfig(HttpServiceConfig).map(({ env }) => env)).not.toContain('DATABASE_URL');
  });

  it('sums up values, and of secrets only that they are there', () => {
    const config = loadConfig(SampleConfig, good);
    expect(summary(config)).toEqual({
      KAFKA_BROKERS: 'a:9092,b:9092',
      KAFKA_TLS: 'false',
      KAFKA_CA_FILE: 'not set',
      KAFKA_SASL: 'not set',
      KAFKA_USERNAME: 'not set',
      KAFKA_PASSWORD: 'not set',
      OPS_HOST: '127.0.0.1',
      OPS_PORT: '9101',
      LOG_LEVEL: 'info',
      SECRETS_DIR: 'not set',
      DATABASE_URL: 'configured',
      SWEEP_MINUTES: '10',
      DRY: 'false',
      PROXY: 'not set',
    });
    expect(secretValues(config)).toEqual([good.DATABASE_URL]);
  });

  it('refuses two fields on one variable, and a field without a plain type', () => {
    class Twice extends StoreConfig {
      @Setting({ env: 'OPS_HOST', description: 'the same again' })
      other!: string;
    }
    expect(() => describeConfig(Twice)).toThrow(/two fields read OPS_HOST/);
    expect(() => {
      class Odd {
        @Setting({ env: 'ODD', description: 'odd' })
        odd!: Map<string, string>;
      }
      return Odd;
    }).toThrow(/declare odd as string, number, boolean/);
  });
});
