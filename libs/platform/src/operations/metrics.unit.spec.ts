import { describe, expect, it } from 'vitest';
import { createMetrics } from './metrics.js';

describe('createMetrics', () => {
  it('counts together what is declared twice alike', async () => {
    const metrics = createMetrics('collector');
    const spec = { name: 'reads_total', help: 'Reads', labels: ['connection'] } as const;
    metrics.counter(spec).inc({ connection: 'dingtalk-main' }, 2);
    metrics.counter(spec).inc({ connection: 'dingtalk-main' });
    expect(await metrics.text()).toContain('voucherline_reads_total{connection="dingtalk-main",service="collector"} 3');
  });

  it('refuses a second declaration that differs', () => {
    const metrics = createMetrics('collector');
    metrics.counter({ name: 'reads_total', help: 'Reads' });
    expect(() => metrics.gauge({ name: 'reads_total', help: 'Reads' })).toThrow(/declared twice and differently/);
    expect(() => metrics.counter({ name: 'reads_total', help: 'Reads', labels: ['kind'] })).toThrow(/differently/);
  });

  it('refuses a name that has the prefix already', () => {
    expect(() => createMetrics('x').gauge({ name: 'voucherline_lag', help: 'Lag' })).toThrow(/leave out/);
  });

  it('sorts observations into the declared buckets and carries default metrics', async () => {
    const metrics = createMetrics('collector');
    metrics.histogram({ name: 'call_seconds', help: 'Calls', buckets: [0.1, 1] }).observe(0.5);
    const text = await metrics.text();
    expect(text).toContain('voucherline_call_seconds_bucket{le="0.1",service="collector"} 0');
    expect(text).toContain('voucherline_call_seconds_bucket{le="1",service="collector"} 1');
    expect(text).toContain('process_cpu_seconds_total');
  });
});
