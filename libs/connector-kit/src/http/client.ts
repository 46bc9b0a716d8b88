import { isIP } from 'node:net';
import { type Clock, systemClock, systemTimers, type Timers } from '@voucherline/platform';
import { buildConnector, Pool } from 'undici';
import { type AddressPolicy, BlockedAddressError, guardedLookup, isBlockedAddress } from './address-policy.js';
import { Exchange } from './exchange.js';
import { type HttpRequest, headersOf, parseBaseUrl, targetOf } from './request.js';
import type { HttpResult } from './result.js';

/** Calls one vendor at one origin. Each request is sent at most once: nothing is retried, no redirect is followed. */
export interface HttpClient {
  /** Resolves with what is known, whatever happens on the network; rejects with `HttpRequestError` only. */
  request(request: HttpRequest): Promise<HttpResult>;
  /** Finishes the calls in flight; later ones are `notSent`. */
  close(): Promise<void>;
}

export interface HttpClientOptions {
  /** `https://host[:port][/path]`; all requests stay below it. */
  baseUrl: string;
  /** Lets the client reach this machine; for sandboxes. */
  allowLoopback?: boolean;
  /** Connections at a time (default 8); further requests wait, within their `timeoutMs`. */
  connections?: number;
  /** Default 10 000. */
  connectTimeoutMs?: number;
  /** From the last byte sent to the head of the answer; default 60 000. undici rounds up to about a second. */
  headersTimeoutMs?: number;
  /** Between two parts of the answer; default 30 000. */
  bodyTimeoutMs?: number;
  /** Longest answer taken; default 4 MiB. */
  maxBodyBytes?: number;
  clock?: Clock;
  timers?: Timers;
}

const DEFAULT_MAX_BODY_BYTES = 4 * 1024 * 1024;

/** Builds the client of one connection. Throws `HttpRequestError` when the base URL can't be used. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { maxBodyBytes = DEFAULT_MAX_BODY_BYTES, clock = systemClock, timers = systemTimers } = options;
  const base = parseBaseUrl(options.baseUrl);
  const pool = createPool(base, options);
  let closing: Promise<void> | undefined;
  return {
    request: async (request) => {
      const path = targetOf(base, request);
      const headers = headersOf(request);
      const exchange = new Exchange(clock, maxBodyBytes);
      const release = interruptOn(exchange, request, timers);
      pool.dispatch({ path, method: request.method, headers, body: request.body ?? null, idempotent: false }, exchange);
      try {
        return await exchange.result;
      } finally {
        release();
      }
    },
    close: () => {
      closing ??= pool.close();
      return closing;
    },
  };
}

function createPool(base: URL, options: HttpClientOptions): Pool {
  return new Pool(base.origin, {
    connect: guardedConnector({ allowLoopback: options.allowLoopback === true }, options.connectTimeoutMs ?? 10_000),
    connections: options.connections ?? 8,
    headersTimeout: options.headersTimeoutMs ?? 60_000,
    bodyTimeout: options.bodyTimeoutMs ?? 30_000,
    // One request at a time on a connection: with more, the fate of one would hang on another's.
    pipelining: 1,
    // HTTP/2 may send a stream again that a server has not taken up; here only we decide what is sent twice.
    allowH2: false,
  });
}

/** Connects to checked addresses only. An IP address in the URL never reaches `lookup`, so it is checked here. */
function guardedConnector(policy: AddressPolicy, timeout: number): buildConnector.connector {
  // Said explicitly, so that NODE_TLS_REJECT_UNAUTHORIZED=0 changes nothing.
  const tls = { rejectUnauthorized: true, allowH2: false };
  const connect = buildConnector({ ...tls, timeout, lookup: guardedLookup(policy) });
  return (target, callback) => {
    if (isIP(target.hostname) !== 0 && isBlockedAddress(target.hostname, policy)) {
      return callback(new BlockedAddressError(target.hostname), null);
    }
    connect(target, callback);
  };
}

/** Ends the exchange at the request's time limit or signal; returns what releases both. */
function interruptOn(exchange: Exchange, { timeoutMs, signal }: HttpRequest, timers: Timers): () => void {
  const onAbort = () => exchange.interrupt({ reason: 'aborted', detail: 'ended by the caller' });
  const cancelTimer = timers.after(timeoutMs, () =>
    exchange.interrupt({ reason: 'timeout', detail: `no complete answer within ${timeoutMs} ms` }),
  );
  if (signal?.aborted) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  return () => {
    cancelTimer();
    signal?.removeEventListener('abort', onAbort);
  };
}
