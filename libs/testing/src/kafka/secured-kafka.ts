import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts, type Kafka, startKafka } from '@voucherline/local';

export const LOGIN = { KAFKA_USERNAME: 'voucherline', KAFKA_PASSWORD: 'canary-kafka-secret' } as const;

/** A broker as companies have them, and certificates to meet it with. */
export interface SecuredKafka {
  readonly kafka: Kafka;
  /** Its listeners, by port. `elsewhere` shows a certificate for another name. */
  readonly ports: Readonly<Record<'clear' | 'secured' | 'elsewhere', number>>;
  /** PEM files: of the one that signed, and of one that nobody here knows. */
  readonly caFile: string;
  readonly foreignCaFile: string;
}

/** Starts a broker with listeners of SASL_SSL, where {@link LOGIN} may log in by SCRAM-SHA-512 and PLAIN; its files go into the folder. */
export async function startSecuredKafka(folder: string): Promise<SecuredKafka> {
  const [clear, controllerPort, secured, elsewhere] = (await freePorts(4)) as [number, number, number, number];
  const right = certificate(folder, 'broker', 'ip:127.0.0.1,dns:localhost');
  const other = certificate(folder, 'elsewhere', 'dns:elsewhere.example');
  const { caFile: foreignCaFile } = certificate(folder, 'foreign', 'ip:127.0.0.1,dns:localhost');
  const caFile = join(folder, 'ca.pem');
  writeFileSync(caFile, readFileSync(right.caFile, 'utf8') + readFileSync(other.caFile, 'utf8'));

  const { KAFKA_USERNAME: name, KAFKA_PASSWORD: password } = LOGIN;
  const listeners = Object.entries({
    PLAINTEXT: clear,
    CONTROLLER: controllerPort,
    SECURED: secured,
    ELSEWHERE: elsewhere,
  })
    .map(([listener, port]) => `${listener}://127.0.0.1:${port}`)
    .join(',');
  const jaas = 'org.apache.kafka.common.security';
  const settings = {
    listeners,
    'advertised.listeners': listeners,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURED:SASL_SSL,ELSEWHERE:SASL_SSL',
    'sasl.enabled.mechanisms': 'SCRAM-SHA-512,PLAIN',
    ...loginsOf('secured', right.keystore),
    ...loginsOf('elsewhere', other.keystore),
  };
  function loginsOf(listener: string, keystore: string): Record<string, string> {
    const of = `listener.name.${listener}`;
    return {
      [`${of}.ssl.keystore.type`]: 'PKCS12',
      [`${of}.ssl.keystore.location`]: keystore,
      [`${of}.ssl.keystore.password`]: STORE_PASSWORD,
      [`${of}.scram-sha-512.sasl.jaas.config`]: `${jaas}.scram.ScramLoginModule required;`,
      [`${of}.plain.sasl.jaas.config`]: `${jaas}.plain.PlainLoginModule required user_${name}="${password}";`,
    };
  }
  const kafka = await startKafka({
    ...{ dataDir: join(folder, 'kafka'), port: clear, controllerPort, logFile: join(folder, 'kafka.log'), settings },
    scram: [`SCRAM-SHA-512=[name=${name},password=${password}]`],
  });
  return { kafka, ports: { clear, secured, elsewhere }, caFile, foreignCaFile };
}

const STORE_PASSWORD = 'of-the-store';

/** A certificate that signed itself, with its key for the broker and as PEM for those who are to trust it. */
function certificate(folder: string, name: string, names: string): { keystore: string; caFile: string } {
  const keystore = join(folder, `${name}.p12`);
  const caFile = join(folder, `${name}.pem`);
  const store = ['-keystore', keystore, '-storetype', 'PKCS12', '-storepass', STORE_PASSWORD, '-alias', name];
  const key = [
    '-keyalg',
    'EC',
    '-groupname',
    'secp256r1',
    '-validity',
    '2',
    '-dname',
    `CN=${name}`,
    '-ext',
    `SAN=${names}`,
  ];
  keytool('-genkeypair', ...store, ...key);
  keytool('-exportcert', '-rfc', '-file', caFile, ...store);
  return { keystore, caFile };
}

/** Comes with the JDK that the broker needs. */
function keytool(...args: string[]): void {
  const { JAVA_HOME } = process.env;
  execFileSync(JAVA_HOME ? join(JAVA_HOME, 'bin', 'keytool') : 'keytool', args, { stdio: 'pipe' });
}
