/** One call. It is sent at most once. */
export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the base URL, beginning with one `/`, without query; variable segments through `encodeURIComponent`. */
  path: string;
  /** Encoded by the client; `undefined` leaves a parameter out. */
  query?: Readonly<Record<string, string | number | boolean | undefined>>;
  headers?: Readonly<Record<string, string>>;
  body?: string | Buffer;
  /** For the whole call, from asking for a connection to the last byte of the answer. */
  timeoutMs: number;
  signal?: AbortSignal;
}

/** A request that would be wrong to send, by a fault of the connector or of its data. Nothing was sent. */
export class HttpRequestError extends Error {
  override readonly name = 'HttpRequestError';
}

/** Checked bases: http or https, no credentials, query or fragment. Throws {@link HttpRequestError}. */
export function parseBaseUrl(baseUrl: string): URL {
  if (!URL.canParse(baseUrl)) throw new HttpRequestError('base URL: not a URL; write https://host[:port][/path]');
  const url = new URL(baseUrl);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new HttpRequestError(`base URL: "${url.protocol}" is not a protocol that can be called; use https:`);
  }
  if (url.username || url.password) throw new HttpRequestError('base URL: holds credentials; name a secret instead');
  if (url.search || url.hash) throw new HttpRequestError('base URL: holds a query or fragment; leave it out');
  return url;
}

/**
 * The target of the request line. An absolute URL or `//host` in a path would send credentials elsewhere (as in
 * CVE-2025-27152), dot segments would leave the base path. Throws {@link HttpRequestError}, which never shows the path.
 */
export function targetOf(base: URL, { path, query }: Pick<HttpRequest, 'path' | 'query'>): string {
  if (!/^\/(?!\/)[\x21-\x7e]*$/.test(path) || /[\\?#]/.test(path)) {
    throw new HttpRequestError(
      'path: begin with one "/", then printable ASCII without "\\", "?" and "#" (give `query`)',
    );
  }
  if (path.split('/').some((segment) => /^(\.|%2e){1,2}$/i.test(segment))) {
    throw new HttpRequestError('path: has "." or ".." segments; encode variable segments, and refuse such ids before');
  }
  const pairs = Object.entries(query ?? {})
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`);
  const target = base.pathname.replace(/\/$/, '') + path;
  return pairs.length === 0 ? target : `${target}?${pairs.join('&')}`;
}

/** Set by the client or by HTTP itself; a connector that sets them would break framing or choose another host. */
const RESERVED = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Headers as sent. Throws {@link HttpRequestError}, which names a faulty header and never shows its value. */
export function headersOf({ headers = {} }: Pick<HttpRequest, 'headers'>): Record<string, string> {
  // Nothing here decodes, so nothing is asked to be encoded.
  const sent: Record<string, string> = { 'user-agent': 'voucherline', 'accept-encoding': 'identity' };
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase();
    if (!/^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(lower)) throw new HttpRequestError('headers: a name is not a token');
    if (RESERVED.has(lower)) throw new HttpRequestError(`header ${lower}: is not for connectors to set`);
    if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
      throw new HttpRequestError(`header ${lower}: its value has line breaks, control or non-Latin-1 characters`);
    }
    sent[lower] = value;
  }
  return sent;
}
