/**
 * What is known after a call, told by how far the request got (failure-modes.md §2.3). It is never an exception, so
 * that no path forgets the middle case. `detail` holds no header, query or body: those carry tokens.
 */
export type HttpResult = HttpResponse | HttpNotSent | HttpUnknown;

/**
 * The whole answer arrived, as far as HTTP can tell: a body without length that ends with the connection looks whole
 * even when it was cut. Whether it is a refusal or a success is for the connector's error table to say.
 */
export interface HttpResponse {
  kind: 'response';
  status: number;
  headers: HttpResponseHeaders;
  /** The bytes as sent; nothing is decoded. */
  body: Buffer;
  /** ms since 1970: just before the first byte was given to the socket. */
  sentAt: number;
  /** From then to the last byte of the answer. */
  tookMs: number;
}

/** Not one byte of the request was given to a socket: it may be sent again without looking. */
export interface HttpNotSent {
  kind: 'notSent';
  reason: NotSentReason;
  detail: string;
}

/** The request, or a part of it, left this process: the other side may have acted on it. */
export interface HttpUnknown {
  kind: 'unknown';
  reason: UnknownReason;
  detail: string;
  sentAt: number;
  tookMs: number;
}

/** Names in lower case. A header that was sent several times (`set-cookie`) is a list. */
export type HttpResponseHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

export type NotSentReason =
  /** The name can't be resolved. */
  | 'dns'
  | 'refused'
  /** Reset, no route and other faults while connecting. */
  | 'unreachable'
  /** No connection was made, or became free, in time. */
  | 'connectTimeout'
  /** The certificate or the handshake is not acceptable. */
  | 'tls'
  /** The address is one that no connection may reach (security.md §5). */
  | 'blockedAddress'
  /** The caller's signal came first. */
  | 'abortedBeforeSend'
  /** The client was closed. */
  | 'closed';

export type UnknownReason =
  | 'timeout'
  /** The connection broke before any answer, also when a kept-alive one turned out to be dead. */
  | 'reset'
  /** The connection broke inside the answer. */
  | 'truncated'
  /** The answer is longer than the client takes. */
  | 'tooLarge'
  /** What came is not HTTP. */
  | 'malformed'
  /** The caller's signal came after the first byte. */
  | 'aborted';
