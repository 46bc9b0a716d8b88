import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ControlRoutes, controlApi, faultRoutes } from './control.js';
import { receive, type SandboxReply, type SandboxRequest, send, sendHalf } from './exchange.js';
import type { FaultRule, Faults } from './faults.js';

/** A running sandbox. */
export interface Sandbox {
  readonly url: string;
  readonly port: number;
  /** Stops as if killed: what was to be executed late is not. */
  close(): Promise<void>;
}

/** How a product's sandbox is started, also by the command line. */
export interface SandboxOptions {
  /** 0 or absent: any free port. */
  readonly port?: number;
  /** Default 127.0.0.1; another one lets other machines in. */
  readonly host?: string;
  readonly dataDir: string;
  /** Laid over the product's `defaultSettings`. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** What the command line shows of a product's sandbox. */
export interface SandboxDescription {
  readonly product: string;
  readonly defaultSettings: Readonly<Record<string, unknown>>;
  readonly describe: string;
}

/** A product's behaviour, without sockets. */
export interface SandboxProduct {
  readonly faults: Faults;
  /** The operation that a call asks for, as faults and counts name it. */
  operationOf(request: SandboxRequest): string;
  /** Executes a call. `fault` is one of the product's own kinds. */
  execute(
    request: SandboxRequest,
    operation: string,
    fault: FaultRule | undefined,
  ): Promise<SandboxReply> | SandboxReply;
  /** The product's form of a refusal and of "later". */
  refuse(operation: string, fault: FaultRule): SandboxReply;
  throttle(operation: string, fault: FaultRule): SandboxReply;
  readonly control: ControlRoutes;
  /** Back to how it was started, with no document left. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

const PAGE = '<!DOCTYPE html><html><head><title>登录</title></head><body>请登录</body></html>';

/** Serves a product over HTTP on one port; `/_sandbox/…` is the control API, for this machine only. */
export async function startSandboxServer(product: SandboxProduct, port = 0, host = '127.0.0.1'): Promise<Sandbox> {
  const calls: Record<string, number> = {};
  const late = new Set<NodeJS.Timeout>();
  const after = (ms: number, fn: () => void) => {
    const timer = setTimeout(() => {
      late.delete(timer);
      fn();
    }, ms);
    late.add(timer);
  };
  const cancelLate = () => {
    for (const timer of late) clearTimeout(timer);
    late.clear();
  };

  const control = controlApi({
    'GET /health': () => ({ status: 'ok' }),
    'GET /stats': () => ({ calls }),
    'POST /reset': async () => {
      cancelLate();
      for (const operation of Object.keys(calls)) delete calls[operation];
      product.faults.clear();
      await product.reset();
    },
    ...faultRoutes(product.faults),
    ...product.control,
  });

  const answer = async (incoming: IncomingMessage, response: ServerResponse) => {
    const request = await receive(incoming);
    if (request === undefined) return send(response, { status: 413, body: '{"error":"request too large"}' });
    if (request.path.startsWith('/_sandbox/')) {
      const near = isLoopback(incoming.socket.remoteAddress);
      return send(response, near ? await control(request) : { status: 403, body: '{"error":"only from loopback"}' });
    }
    const operation = product.operationOf(request);
    calls[operation] = (calls[operation] ?? 0) + 1;
    const fault = product.faults.next(operation);
    const execute = (own?: FaultRule) => product.execute(request, operation, own);
    switch (fault?.kind) {
      case undefined:
        return send(response, await execute());
      case 'down':
        return void incoming.socket.destroy();
      case 'refuse':
        return send(response, product.refuse(operation, fault));
      case 'throttle':
        return send(response, product.throttle(operation, fault));
      case 'slow':
        return after(fault.delayMs ?? 1000, () => respond(response, () => execute()));
      case 'executeLate':
        incoming.socket.destroy();
        return after(fault.delayMs ?? 1000, () => respond(response, () => execute()));
      case 'dropAfterCommit':
        await execute();
        return void incoming.socket.destroy();
      case 'truncate':
        return sendHalf(response, await execute());
      case 'html':
        if (fault.executed) await execute();
        return send(response, { body: PAGE, headers: { 'content-type': 'text/html; charset=utf-8' } });
      case 'http500':
        if (fault.executed) await execute();
        return send(response, { status: 500, body: 'Server Error', headers: { 'content-type': 'text/plain' } });
      default:
        return send(response, await execute(fault));
    }
  };

  const server = createServer((incoming, response) => {
    answer(incoming, response).catch((error: unknown) => fail(response, error));
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const actual = (server.address() as AddressInfo).port;
  return {
    url: `http://${host}:${actual}`,
    port: actual,
    close: async () => {
      cancelLate();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      await product.close();
    },
  };
}

function respond(response: ServerResponse, execute: () => Promise<SandboxReply> | SandboxReply): void {
  Promise.resolve(execute()).then(
    (reply) => {
      if (!response.destroyed) send(response, reply);
    },
    (error: unknown) => fail(response, error),
  );
}

/** A fault of the sandbox itself, or a caller that went away. */
function fail(response: ServerResponse, error: unknown): void {
  if (response.destroyed) return;
  if (response.headersSent) response.destroy();
  else send(response, { status: 500, body: JSON.stringify({ error: `sandbox: ${(error as Error).message}` }) });
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(127\.|::1$|::ffff:127\.)/.test(address);
}
