import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Health, HealthKind } from './health.js';
import type { Metrics } from './metrics.js';
import type { Status } from './status.js';

export interface OpsServer {
  /** The port listened on (useful when 0 was asked for). */
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serves `/metrics`, `/health/live` and `/health/ready` (200, or 503 when a check fails) and `/status` on an address of its own,
 * so that the public port of webhook-ingestion shows none of it (security.md §2, R8).
 * Rejects when the address can't be listened on.
 */
export async function startOpsServer(options: {
  host: string;
  port: number;
  metrics: Metrics;
  health: Health;
  status: Status;
}): Promise<OpsServer> {
  const server = createServer((request, response) => {
    answer(request, response, options).catch(() => response.destroy());
  });
  server.listen(options.port, options.host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { metrics, health, status }: { metrics: Metrics; health: Health; status: Status },
): Promise<void> {
  const path = request.url?.split('?')[0];
  if (request.method !== 'GET') return send(response, 405, 'text/plain', 'only GET\n');
  if (path === '/metrics') return send(response, 200, metrics.contentType, await metrics.text());
  if (path === '/status') return send(response, 200, 'application/json', JSON.stringify(await status.all()));
  const kind: HealthKind | undefined =
    path === '/health/live' ? 'live' : path === '/health/ready' ? 'ready' : undefined;
  if (kind === undefined)
    return send(response, 404, 'text/plain', 'try /metrics, /health/live, /health/ready or /status\n');
  const report = await health.report(kind);
  send(response, report.ok ? 200 : 503, 'application/json', JSON.stringify(report));
}

function send(response: ServerResponse, status: number, contentType: string, body: string): void {
  response.writeHead(status, {
    'content-type': contentType,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
}
