import type { KafkaConnection } from './connection.js';

/** Why a broker can't be worked with. */
export interface ContactFault {
  /** The broker, what is wrong, and what to do. Without the password. */
  readonly words: string;
  /** Only a person can mend it: to try again is of no use. */
  readonly isCertain: boolean;
}

/** What kafkajs' errors hold, of which any may be absent. */
interface KafkaFault {
  readonly name?: string;
  readonly message: string;
  readonly code?: string;
  readonly type?: string;
  readonly broker?: string;
  readonly cause?: KafkaFault;
}

/** Names of OpenSSL's verify errors, and Node's own: https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const CERTIFICATE = /^(CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|INVALID_|ERR_TLS_CERT_)/;

/** Says in words for people, who set the variables, what kept us from a broker. `where`: its address, as far as we know it. */
export function faultOfContact(error: unknown, where: string, { tls, sasl }: KafkaConnection): ContactFault {
  // kafkajs wraps what it does not try again.
  const fault = (error as KafkaFault).cause ?? (error as KafkaFault);
  const { name, code = '', type } = fault;
  const message = fault.message.replace('Connection error: ', '');
  const broker = `Kafka broker ${fault.broker ?? where}`;
  const certain = (words: string) => ({ words: `${broker}: ${words}`, isCertain: true });
  const doubtful = (words: string) => ({ words: `${broker}: ${words}`, isCertain: false });

  if (name === 'KafkaJSSASLAuthenticationError' || type === 'UNSUPPORTED_SASL_MECHANISM') {
    const login = `the login of ${JSON.stringify(sasl?.username)} by ${sasl?.mechanism} is refused (${message})`;
    return certain(`${login}. Correct KAFKA_USERNAME, KAFKA_PASSWORD or KAFKA_SASL`);
  }
  if (type === 'ILLEGAL_SASL_STATE') {
    return certain(
      'its listener takes no login. Name the port of one that does, or leave out KAFKA_USERNAME and KAFKA_PASSWORD',
    );
  }
  if (CERTIFICATE.test(code)) return certain(ofCertificate(code, message, tls));
  if (code.startsWith('ERR_SSL_')) {
    return certain(
      `TLS with it fails (${message}). Name the port of a listener with TLS that asks for no client certificate`,
    );
  }
  if (name === 'KafkaJSConnectionClosedError' || code === 'ECONNRESET') {
    return doubtful(`it ends the connection. ${mendOfHangUp(tls !== undefined, sasl !== undefined)}`);
  }
  return doubtful(`it does not answer (${message}). See that it runs and is reached from here by this address`);
}

function ofCertificate(code: string, message: string, tls: KafkaConnection['tls']): string {
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return `its certificate is for another name (${message}). Name it in KAFKA_BROKERS and its advertised.listeners as the certificate does`;
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return `its certificate is not valid today (${message}). Renew it, or set the clock of this machine`;
  }
  const mend =
    tls?.ca === undefined
      ? 'Set KAFKA_CA_FILE to the PEM file of the CA that signed it'
      : 'KAFKA_CA_FILE has to hold the CA that signed it, and holds another';
  return `its certificate is not trusted (${message}). ${mend}`;
}

function mendOfHangUp(hasTls: boolean, hasLogin: boolean): string {
  const protocol = hasTls
    ? 'If the listener of this port has no TLS, leave out KAFKA_TLS'
    : 'If the listener of this port has TLS, set KAFKA_TLS=true';
  return hasLogin ? protocol : `${protocol}; if it wants a login, set KAFKA_USERNAME and KAFKA_PASSWORD`;
}
