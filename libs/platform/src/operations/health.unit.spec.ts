import { describe, expect, it } from 'vitest';
import { fakeClock } from '../fakes.js';
import { createHealth } from './health.js';

describe('createHealth', () => {
  it('reports each check and is well only when all are', async () => {
    const health = createHealth(fakeClock());
    health.ready('kafka', () => undefined);
    expect(await health.report('ready')).toEqual({ ok: true, checks: { kafka: 'ok' } });
    health.ready('database', async () => 'no connection');
    expect(await health.report('ready')).toEqual({ ok: false, checks: { kafka: 'ok', database: 'no connection' } });
    expect(await health.report('live')).toEqual({ ok: true, checks: {} });
  });

  it('does not show the message of a check that throws', async () => {
    const health = createHealth(fakeClock());
    health.live('database', () => {
      throw new TypeError('postgres://user:hunter22@db refused');
    });
    health.live('loop', () => Promise.reject(new RangeError('secret')));
    expect((await health.report('live')).checks).toEqual({
      database: 'check threw TypeError',
      loop: 'check threw RangeError',
    });
  });

  it('fails a check that never answers', async () => {
    const clock = fakeClock();
    const health = createHealth(clock);
    health.ready('stuck', () => new Promise(() => {}));
    const report = health.report('ready');
    await clock.advance(2000);
    expect(await report).toEqual({ ok: false, checks: { stuck: 'no answer within 2000 ms' } });
    expect(clock.pending()).toBe(0);
  });

  it('refuses two checks of one name', () => {
    const health = createHealth(fakeClock());
    health.ready('kafka', () => undefined);
    expect(() => health.ready('kafka', () => undefined)).toThrow(/registered twice/);
  });
});
