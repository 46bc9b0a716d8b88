import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createHttpClient, type HttpClient, type HttpClientOptions } from './client.js';
import { notSentReasonOf } from './faults.js';
import type { HttpRequest } from './request.js';

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (let step = cleanUp.pop(); step; step = cleanUp.pop()) await step();
});

async function listening<S extends Server>(server: S): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUp.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

/** A server on HTTP that counts the requests whose head it has read. */
async function httpServer(answer: RequestListener) {
  const seen = { requests: 0 };
  const server = createHttpServer((request, response) => {
    seen.requests++;
    answer(request, response);
  });
  return { port: await listening(server), seen };
}

/** A server that speaks bytes: `onRequest` is called for each complete request (they have no body here). */
async function rawServer(onRequest: (socket: Socket, count: number) => void) {
  const seen = { requests: 0, connections: 0 };
  const server = createTcpServer((socket) => {
    seen.connections++;
    socket.on('error', () => {});
    socket.on('data', (data) => {
      if (data.includes('\r\n\r\n')) onRequest(socket, ++seen.requests);
    });
  });
  return { port: await listening(server), seen };
}

function clientOf(port: number, options: Partial<HttpClientOptions> = {}): HttpClient {
  const client = createHttpClient({ baseUrl: `http://127.0.0.1:${port}`, allowLoopback: true, ...options });
  cleanUp.push(() => client.close());
  return client;
}

/** Holds a canary wherever a token may be. */
const post: HttpRequest = {
  method: 'POST',
  path: '/save',
  query: { access_token: 'canary' },
  headers: { 'x-token': 'canary' },
  body: 'canary',
  timeoutMs: 5000,
};

const get: HttpRequest = { method: 'GET', path: '/read', timeoutMs: 5000 };

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

describe('an answer', () => {
  it('comes as raw bytes with its status and headers, also when it is an error', async () => {
    const { port } = await httpServer((request, response) => {
      const got: Buffer[] = [];
      request.on('data', (chunk) => got.push(chunk));
      request.on('end', () => {
        response.writeHead(503, { 'set-cookie': ['a=1', 'b=2'], 'x-url': String(request.url) });
        response.end(Buffer.concat([Buffer.from([0xff, 0x00]), ...got]));
      });
    });
    const result = await clientOf(port).request({ ...post, body: Buffer.from([1, 2]) });
    expect(result).toMatchObject({
      kind: 'response',
      status: 503,
      headers: { 'set-cookie': ['a=1', 'b=2'], 'x-url': '/save?access_token=canary' },
      body: Buffer.from([0xff, 0x00, 1, 2]),
    });
  });

  it('that redirects is handed on, not followed', async () => {
    const other = await httpServer((_, response) => void response.end());
    const { port } = await httpServer((_, response) => {
      response.writeHead(307, { location: `http://127.0.0.1:${other.port}/` }).end();
    });
    expect(await clientOf(port).request(post)).toMatchObject({ kind: 'response', status: 307 });
    expect(other.seen.requests).toBe(0);
  });

  it('that is longer than allowed is given up', async () => {
    const { port } = await httpServer((_, response) => void response.end(Buffer.alloc(1001)));
    const client = clientOf(port, { maxBodyBytes: 1000 });
    expect(await client.request(post)).toMatchObject({ kind: 'unknown', reason: 'tooLarge' });
    const exact = await httpServer((_, response) => void response.end(Buffer.alloc(1000)));
    expect(await clientOf(exact.port, { maxBodyBytes: 1000 }).request(post)).toMatchObject({ kind: 'response' });
  });
});

describe('a request that never left', () => {
  it('is told of when the connection is refused', async () => {
    const server = createTcpServer();
    const port = await listening(server);
    await new Promise((resolve) => server.close(resolve));
    expect(await clientOf(port).request(post)).toMatchObject({ kind: 'notSent', reason: 'refused' });
  });

  it('is told of when no connection becomes free in time, and is not sent later', async () => {
    const answers: (() => void)[] = [];
    const { port, seen } = await httpServer((_, response) => void answers.push(() => response.end()));
    const client = clientOf(port, { connections: 1 });
    const first = client.request(post);
    await vi.waitFor(() => expect(seen.requests).toBe(1));
    const second = await client.request({ ...post, timeoutMs: 20 });
    expect(second).toMatchObject({ kind: 'notSent', reason: 'connectTimeout' });
    answers[0]?.();
    expect(await first).toMatchObject({ kind: 'response' });
    const third = client.request(get);
    await vi.waitFor(() => expect(answers).toHaveLength(2));
    answers[1]?.();
    expect(await third).toMatchObject({ kind: 'response' });
    expect(seen.requests).toBe(2);
  });

  it('is told of when the caller gave up before', async () => {
    const { port, seen } = await httpServer((_, response) => void response.end());
    const client = clientOf(port);
    const result = await client.request({ ...post, signal: AbortSignal.abort() });
    expect(result).toMatchObject({ kind: 'notSent', reason: 'abortedBeforeSend' });
    expect(await client.request(get)).toMatchObject({ kind: 'response' });
    expect(seen.requests).toBe(1);
  });

  it('is told of after the client was closed', async () => {
    const { port } = await httpServer((_, response) => void response.end());
    const client = clientOf(port);
    await client.close();
    expect(await client.request(post)).toMatchObject({ kind: 'notSent', reason: 'closed' });
  });

  it('is told of when the certificate is not trusted, whatever the environment says', async () => {
    let requests = 0;
    const port = await listening(createHttpsServer({ key: KEY, cert: CERT }, () => requests++));
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    cleanUp.push(() => vi.unstubAllEnvs());
    const result = await clientOf(port, { baseUrl: `https://127.0.0.1:${port}` }).request(post);
    expect(result).toMatchObject({ kind: 'notSent', reason: 'tls' });
    expect(requests).toBe(0);
  });

  it('is told of when a peer hangs up in the handshake', async () => {
    const port = await listening(createTcpServer((socket) => void socket.end()));
    const result = await clientOf(port, { baseUrl: `https://127.0.0.1:${port}` }).request(post);
    expect(result).toMatchObject({ kind: 'notSent', reason: 'tls' });
  });

  it.each(['127.1', '0x7f000001', '2130706433', '127.0.0.1', 'localhost', '[::ffff:127.0.0.1]', '0.0.0.0'])(
    'is told of when %s would lead to this machine',
    async (host) => {
      const { port, seen } = await rawServer((socket) => socket.end(OK));
      const result = await clientOf(port, { baseUrl: `http://${host}:${port}`, allowLoopback: false }).request(post);
      expect(result).toMatchObject({ kind: 'notSent', reason: 'blockedAddress' });
      expect(seen.connections).toBe(0);
    },
  );

  it('is told of when it would reach a metadata service, sandbox or not', async () => {
    const result = await clientOf(80, { baseUrl: 'http://169.254.169.254' }).request(get);
    expect(result).toMatchObject({ kind: 'notSent', reason: 'blockedAddress' });
  });

  it.each([
    ['ENOTFOUND', 'dns'],
    ['EAI_AGAIN', 'dns'],
    ['UND_ERR_CONNECT_TIMEOUT', 'connectTimeout'],
    ['CERT_HAS_EXPIRED', 'tls'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls'],
    ['EHOSTUNREACH', 'unreachable'],
  ])('has a name for %s: %s', (code, reason) => {
    expect(notSentReasonOf(Object.assign(new Error('x'), { code }))).toBe(reason);
  });
});

describe('a request that left', () => {
  it('is unknown after a reset, and was sent once', async () => {
    const { port, seen } = await rawServer((socket) => socket.resetAndDestroy());
    const client = clientOf(port);
    expect(await client.request({ ...get, query: { access_token: 'canary' } })).toMatchObject({
      kind: 'unknown',
      reason: 'reset',
    });
    expect(await client.request(post)).toMatchObject({ kind: 'unknown', reason: 'reset' });
    await client.close();
    expect(seen.requests).toBe(2);
  });

  it('is unknown when a kept-alive connection turns out to be dead, and is not sent again', async () => {
    const { port, seen } = await rawServer((socket, count) => {
      if (count === 1) socket.write(OK);
      else socket.destroy();
    });
    const client = clientOf(port, { connections: 1 });
    expect(await client.request(get)).toMatchObject({ kind: 'response' });
    expect(await client.request(get)).toMatchObject({ kind: 'unknown', reason: 'reset' });
    await client.close();
    expect(seen).toEqual({ requests: 2, connections: 1 });
  });

  it('takes a fresh connection when the kept-alive one was seen closing', async () => {
    const { port, seen } = await rawServer((socket, count) => {
      if (count === 1) socket.end(OK);
      else socket.write(OK);
    });
    const client = clientOf(port, { connections: 1 });
    expect(await client.request(get)).toMatchObject({ kind: 'response' });
    expect(await client.request(post)).toMatchObject({ kind: 'response' });
    expect(seen).toEqual({ requests: 2, connections: 2 });
  });

  it.each([
    ['a counted body', 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf'],
    ['a chunked body', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n'],
    ['a body to the end that is cut', 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\nconnection: close\r\n\r\nhalf'],
  ])('is unknown when %s breaks off', async (_, bytes) => {
    const { port } = await rawServer((socket) => socket.end(bytes));
    expect(await clientOf(port).request(post)).toMatchObject({
      kind: 'unknown',
      reason: 'truncated',
      detail: expect.stringContaining('status 200'),
    });
  });

  it('is unknown when what comes is not HTTP', async () => {
    const { port } = await rawServer((socket) => socket.end('220 smtp ready\r\n'));
    expect(await clientOf(port).request(post)).toMatchObject({ kind: 'unknown', reason: 'malformed' });
  });

  it('is unknown when no answer, or only its head, comes in time', async () => {
    const silent = await rawServer(() => {});
    expect(await clientOf(silent.port).request({ ...post, timeoutMs: 50 })).toMatchObject({
      kind: 'unknown',
      reason: 'timeout',
    });
    expect(silent.seen.requests).toBe(1);
    const slow = await rawServer((socket) => void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n'));
    expect(await clientOf(slow.port).request({ ...post, timeoutMs: 50 })).toMatchObject({
      kind: 'unknown',
      reason: 'timeout',
    });
  });

  it('is unknown when the caller gives up', async () => {
    const stop = new AbortController();
    const { port } = await rawServer(() => stop.abort());
    const result = await clientOf(port).request({ ...post, signal: stop.signal });
    expect(result).toMatchObject({ kind: 'unknown', reason: 'aborted' });
  });
});

describe('what is told of a failed call', () => {
  it('holds nothing of the request', async () => {
    const bytes = ['', 'garbage\r\n\r\n', 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf'];
    for (const answer of bytes) {
      const { port } = await rawServer((socket) => socket.end(answer));
      const result = await clientOf(port).request(post);
      expect(result.kind).toBe('unknown');
      expect(JSON.stringify(result)).not.toContain('canary');
    }
  });

  it('is an error, before anything is sent, for a request that a connector must not make', async () => {
    const { port, seen } = await httpServer((_, response) => void response.end());
    const client = clientOf(port);
    await expect(client.request({ ...post, path: `http://127.0.0.1:${port}/x` })).rejects.toThrow(/path: begin with/);
    await expect(client.request({ ...post, headers: { a: 'b\r\nc: d' } })).rejects.toThrow(/header a/);
    expect(seen.requests).toBe(0);
  });
});

/** Made for this test; signed by nobody. */
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgvN/vlVN4KC45Fj45
gAt9PILYL5xWJrRNTN4nDkC1NUahRANCAAT5WJ9f/88KTnVj1NTRekuEBZ9BSJuI
ipbZH1L7CG4pPDaIeJHn40uMUE3enUOelS+GBtuLI88g2HdJwfFbWR3Q
-----END PRIVATE KEY-----`;

const CERT = `-----BEGIN CERTIFICATE-----
MIIBmjCCAUGgAwIBAgIULr6P2tOxGQiWiRcsQD6yc3bn/aowCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNDE2NDcxN1oYDzIxMjYxMDMx
MTY0NzE3WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAT5WJ9f/88KTnVj1NTRekuEBZ9BSJuIipbZH1L7CG4pPDaIeJHn40uM
UE3enUOelS+GBtuLI88g2HdJwfFbWR3Qo28wbTAdBgNVHQ4EFgQU/94Hr+GgtZud
ttrIGsbx0krzZT0wHwYDVR0jBBgwFoAU/94Hr+GgtZudttrIGsbx0krzZT0wDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARhwR/AAABgglsb2NhbGhvc3QwCgYIKoZI
zj0EAwIDRwAwRAIgRoKFBQkhBIM32gFO/nxn7O18SROgVFEO19n/6QRNwdECIBr2
JziyrRT+rwHbckjaDeSWlItIlUQYBgKgMU4z37D0
-----END CERTIFICATE-----`;
