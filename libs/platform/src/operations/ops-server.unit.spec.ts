import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemTimers } from '../ports.js';
import { createHealth } from './health.js';
import { createMetrics } from './metrics.js';
import { type OpsServer, startOpsServer } from './ops-server.js';
import { createStatus } from './status.js';

describe('startOpsServer', () => {
  let wrong: string | undefined;
  let server: OpsServer;

  beforeEach(async () => {
    wrong = undefined;
    const health = createHealth(systemTimers);
    health.ready('kafka', () => wrong);
    health.live('loop', () => undefined);
    const metrics = createMetrics('collector');
    metrics.gauge({ name: 'lag', help: 'Lag' }).set(7);
    const status = createStatus();
    status.report('reads', async () => ({ backlog: 3 }));
    server = await startOpsServer({ host: '127.0.0.1', port: 0, metrics, health, status });
  });
  afterEach(() => server.close());

  const get = (path: string, method = 'GET') => fetch(`http://127.0.0.1:${server.port}${path}`, { method });

  it('answers 200 or 503 with the state of each check', async () => {
    expect(await (await get('/health/ready')).json()).toEqual({ ok: true, checks: { kafka: 'ok' } });
    wrong = 'no broker';
    const unready = await get('/health/ready');
    expect(unready.status).toBe(503);
    expect(await unready.json()).toEqual({ ok: false, checks: { kafka: 'no broker' } });
    expect((await get('/health/live')).status).toBe(200);
  });

  it('serves the metrics', async () => {
    const response = await get('/metrics');
    expect(response.headers.get('content-type')).toContain('text/plain');
    expect(await response.text()).toContain('voucherline_lag{service="collector"} 7');
  });

  it('knows nothing else', async () => {
    expect((await get('/')).status).toBe(404);
    expect((await get('/metrics', 'POST')).status).toBe(405);
  });

  it('shows what the parts of the process say about their work', async () => {
    expect(await (await get('/status')).json()).toEqual({ reads: { backlog: 3 } });
  });

  it('rejects when the port is taken', async () => {
    const again = startOpsServer({
      host: '127.0.0.1',
      port: server.port,
      metrics: createMetrics('x'),
      health: createHealth(systemTimers),
      status: createStatus(),
    });
    await expect(again).rejects.toThrow(/EADDRINUSE/);
  });
});
