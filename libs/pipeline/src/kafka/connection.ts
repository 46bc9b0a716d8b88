import { readFileSync } from 'node:fs';
import type { KafkaConfig } from '@voucherline/platform';

/** How the brokers are reached. */
export interface KafkaConnection {
  /** `host:port` of one or more brokers. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  /** TLS, when there is any; certificate and name of a broker are always verified. `ca`: PEM of the only CAs to trust. */
  readonly tls?: { readonly ca?: string };
  readonly sasl?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  };
}

/** What the settings say about reaching the brokers: the one way from settings to `createKafkaBroker`. */
export function kafkaConnectionOf(config: KafkaConfig): Omit<KafkaConnection, 'clientId'> {
  const { kafkaBrokers: brokers, kafkaTls, kafkaCaFile, kafkaSasl: mechanism = 'scram-sha-512' } = config;
  const { kafkaUsername: username, kafkaPassword: password } = config;
  return {
    brokers,
    ...(kafkaTls && { tls: kafkaCaFile === undefined ? {} : { ca: readFileSync(kafkaCaFile, 'utf8') } }),
    ...(username !== undefined && password !== undefined && { sasl: { mechanism, username, password } }),
  };
}
