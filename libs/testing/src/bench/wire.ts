import { connect, type Socket } from 'node:net';

/** A request as bytes on the wire, made before the clock starts. Its answer has to be 200. */
export function wireRequest(path: string, body: string, headers: Readonly<Record<string, string>> = {}): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const length = Buffer.byteLength(body);
  return Buffer.from(
    `POST ${path} HTTP/1.1\r\nhost: bench\r\n${lines.join('')}content-type: application/json\r\ncontent-length: ${length}\r\n\r\n${body}`,
  );
}

const OK = Buffer.from('HTTP/1.1 200');
const HEADERS_END = Buffer.from('\r\n\r\n');
const NOTHING: Buffer = Buffer.alloc(0);

/** A keep-alive connection without a client's comforts, which would cost as much as the servers that it measures. */
export class WireConnection {
  readonly #socket: Socket;
  #received = NOTHING;
  #waiting: { done: (body: Buffer) => void; failed: (error: Error) => void } | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('close', () => this.#fail('closed the connection'));
    socket.on('error', (error) => this.#fail(error.message));
  }

  static open(port: number): Promise<WireConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      socket.once('error', reject);
      socket.once('connect', () => resolve(new WireConnection(socket)));
    });
  }

  /** Sends one request and gives the body of its answer. One at a time. @throws when the answer is not 200 */
  send(request: Buffer): Promise<Buffer> {
    return new Promise((done, failed) => {
      this.#waiting = { done, failed };
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const headersEnd = this.#received.indexOf(HEADERS_END);
    if (headersEnd < 0) return;
    if (!this.#received.subarray(0, OK.length).equals(OK)) {
      this.#fail(this.#received.toString('utf8', 0, 400));
      return;
    }
    const head = this.#received.toString('latin1', 0, headersEnd);
    const bodyAt = headersEnd + HEADERS_END.length;
    const end = bodyAt + Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
    if (this.#received.length < end) return;
    const body = this.#received.subarray(bodyAt, end);
    this.#received = NOTHING;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.done(body);
  }

  #fail(words: string): void {
    this.#waiting?.failed(new Error(`the server answered ${words}`));
    this.#waiting = undefined;
    this.#socket.destroy();
  }
}

/**
 * Runs all jobs, each on one of `connections` connections, and gives jobs a second. A connection takes the next job when
 * its last is done.
 */
export async function jobsPerSecond<T>(
  port: number,
  connections: number,
  jobs: readonly T[],
  run: (connection: WireConnection, job: T) => Promise<unknown>,
): Promise<number> {
  const open = await Promise.all(Array.from({ length: connections }, () => WireConnection.open(port)));
  let next = 0;
  const startedAt = performance.now();
  await Promise.all(
    open.map(async (connection) => {
      for (let job = jobs[next++]; job !== undefined; job = jobs[next++]) await run(connection, job);
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  for (const connection of open) connection.close();
  return jobs.length / seconds;
}
