import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';

/** A call as it arrived. */
export interface SandboxRequest {
  readonly method: string;
  /** Without the query, as sent (still percent-encoded). */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** An answer. Status 200 and JSON unless it says otherwise. */
export interface SandboxReply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string | Buffer;
}

const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** Reads a whole request; undefined when it is longer than a sandbox takes. */
export async function receive(incoming: IncomingMessage): Promise<SandboxRequest | undefined> {
  const body = await readBody(incoming);
  if (body === undefined) return undefined;
  const url = incoming.url ?? '/';
  const mark = url.indexOf('?');
  return {
    method: incoming.method ?? 'GET',
    path: mark < 0 ? url : url.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1)),
    headers: incoming.headers,
    body,
  };
}

function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    incoming.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MAX_BODY_BYTES) chunks.push(chunk);
      else resolve(undefined);
    });
    incoming.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    incoming.on('error', reject);
  });
}

/** Sends a whole answer. */
export function send(response: ServerResponse, reply: SandboxReply): void {
  const body = Buffer.from(reply.body as string);
  response.writeHead(reply.status ?? 200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': body.length,
    ...(reply.headers as Record<string, string | string[]>),
  });
  response.end(body);
}

/** Sends half of an answer that promised all of it, then breaks the connection. */
export function sendHalf(response: ServerResponse, reply: SandboxReply): void {
  const body = Buffer.from(reply.body as string);
  response.writeHead(reply.status ?? 200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': body.length,
  });
  response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy());
}
