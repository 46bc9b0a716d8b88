import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { IsIn, Matches } from 'class-validator';
import { describeConfig } from './load.js';
import { Fits, Setting } from './setting.js';

/** How the log is reached: of every service and of the command line. Certificates are always verified (security.md §5). */
export class KafkaConfig {
  @Setting({ env: 'KAFKA_BROKERS', description: 'Kafka brokers to start from, host:port' })
  // No IPv6 address: kafkajs takes the text before the first colon for the host.
  @Matches(/^[A-Za-z0-9.\-_]+:\d{1,5}$/, { each: true, message: 'each entry must be host:port' })
  kafkaBrokers!: string[];

  @Setting({ env: 'KAFKA_TLS', default: false, description: 'whether the brokers are reached by TLS' })
  kafkaTls!: boolean;

  @Setting({
    env: 'KAFKA_CA_FILE',
    optional: true,
    description: "PEM file with the certificate of the brokers' own CA; without it, public ones are trusted",
  })
  @Fits<KafkaConfig, string>((file, { kafkaTls }) =>
    kafkaTls ? faultOfCertificates(file) : 'it counts only with KAFKA_TLS=true; set that, or leave both out',
  )
  kafkaCaFile?: string;

  @Setting({
    env: 'KAFKA_SASL',
    optional: true,
    description: 'plain (with KAFKA_TLS=true only), scram-sha-256, or scram-sha-512, which is taken when it is not set',
  })
  @IsIn(['plain', 'scram-sha-256', 'scram-sha-512'])
  @Fits<KafkaConfig, string>((mechanism, { kafkaTls, kafkaUsername }) => {
    if (mechanism === 'plain' && !kafkaTls) {
      return 'it would send the password in clear; set KAFKA_TLS=true, or take scram-sha-512';
    }
    return kafkaUsername === undefined ? withoutMate('KAFKA_USERNAME') : undefined;
  })
  kafkaSasl?: 'plain' | 'scram-sha-256' | 'scram-sha-512';

  @Setting({ env: 'KAFKA_USERNAME', optional: true, description: 'user at the brokers, together with KAFKA_PASSWORD' })
  @Fits<KafkaConfig, string>((_, { kafkaPassword }) =>
    kafkaPassword === undefined ? withoutMate('KAFKA_PASSWORD') : undefined,
  )
  kafkaUsername?: string;

  @Setting({ env: 'KAFKA_PASSWORD', optional: true, secret: true, description: 'password of KAFKA_USERNAME' })
  @Fits<KafkaConfig, string>((_, { kafkaUsername }) =>
    kafkaUsername === undefined ? withoutMate('KAFKA_USERNAME') : undefined,
  )
  kafkaPassword?: string;
}

/** The variables that say together how the log is reached: whoever takes one of them from a place takes all from there. */
export const KAFKA_VARIABLES: readonly string[] = describeConfig(KafkaConfig).map(({ env }) => env);

function withoutMate(variable: string): string {
  return `it means nothing without ${variable}; set that too, or leave both out`;
}

/** What keeps a file from being a list of trusted certificates. */
function faultOfCertificates(file: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return `it can't be read (${(error as NodeJS.ErrnoException).code}); name a file that this user may read`;
  }
  try {
    new X509Certificate(text);
    return undefined;
  } catch {
    return 'it holds no certificate; give it in PEM, which begins with -----BEGIN CERTIFICATE-----';
  }
}
