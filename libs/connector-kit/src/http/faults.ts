import type { NotSentReason, UnknownReason } from './result.js';

/** Names the fault of a request that was not started. Any of them is `notSent`; the name is for people. */
export function notSentReasonOf(error: Error): NotSentReason {
  const code = codeOf(error);
  if (code in CONNECT_FAULTS) return CONNECT_FAULTS[code] as NotSentReason;
  return TLS_CODE.test(code) || TLS_MESSAGE.test(error.message) ? 'tls' : 'unreachable';
}

/** Names the fault of a request that was started. Any of them is `unknown`; the name is for people. */
export function unknownReasonOf(error: Error, headArrived: boolean): UnknownReason {
  const code = codeOf(error);
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') return 'timeout';
  if (headArrived) return 'truncated';
  return error.name === 'HTTPParserError' || code === 'UND_ERR_HEADERS_OVERFLOW' ? 'malformed' : 'reset';
}

/** Code and message of a fault, bounded. Neither undici's nor Node's messages of these faults hold a part of the request. */
export function wordsOf(error: Error): string {
  const [first] = error instanceof AggregateError ? (error.errors as Error[]) : [];
  const code = codeOf(error);
  const message = error.message || first?.message || error.name;
  return (message.includes(code) ? message : `${code}: ${message}`).slice(0, 300);
}

const CONNECT_FAULTS: Readonly<Record<string, NotSentReason>> = {
  BLOCKED_ADDRESS: 'blockedAddress',
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  EAI_FAIL: 'dns',
  EAI_NODATA: 'dns',
  ECONNREFUSED: 'refused',
  ETIMEDOUT: 'connectTimeout',
  UND_ERR_CONNECT_TIMEOUT: 'connectTimeout',
  UND_ERR_CLOSED: 'closed',
  UND_ERR_DESTROYED: 'closed',
};

/** Node's codes for certificates (OpenSSL's X509 names), handshakes and host names. */
const TLS_CODE =
  /^(ERR_TLS|ERR_SSL|EPROTO$|CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|HOSTNAME_MISMATCH|INVALID_|PATH_LENGTH)/;

/** A peer that hangs up in the handshake has only this message, with ECONNRESET. */
const TLS_MESSAGE = /secure TLS connection/;

function codeOf(error: Error): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : error.name;
}
