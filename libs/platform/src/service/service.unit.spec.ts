import { EventEmitter } from 'node:events';
import { Body, Controller, Get, Inject, Injectable, Module, type OnModuleDestroy, Post } from '@nestjs/common';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { loadConfig } from '../config/load.js';
import { ServiceConfig } from '../config/service-config.js';
import { silentLogger } from '../logging/logger.js';
import type { Clock, Randomness } from '../ports.js';
import { createServiceContext, type ServiceContext } from './context.js';
import { CLOCK, CONFIG, RANDOMNESS, SERVICE } from './platform-module.js';
import { runService } from './run-service.js';
import type { Runner } from './runner-strategy.js';
import { type RunningService, type ServiceDefinition, startService } from './start-service.js';

const config = loadConfig(ServiceConfig, { KAFKA_BROKERS: 'broker:9092', OPS_PORT: '0', LOG_LEVEL: 'error' });

/** What happened, in order; each test starts an empty one. */
let story: string[];
const crash = new Map<string, (error: Error) => void>();

function runner(name: string, faults: { start?: boolean; stop?: boolean; hang?: boolean } = {}): Runner {
  return {
    name,
    start: async () => {
      if (faults.start) throw new Error('no broker');
      story.push(`start ${name}`);
    },
    stop: async () => {
      story.push(`stop ${name}`);
      if (faults.stop) throw new Error('stuck');
      if (faults.hang) await new Promise(() => {});
    },
    failed: new Promise((_, reject) => {
      crash.set(name, reject);
    }),
  };
}

@Injectable()
class Pool implements OnModuleDestroy {
  constructor(
    @Inject(CLOCK) readonly clock: Clock,
    @Inject(RANDOMNESS) readonly randomness: Randomness,
  ) {}
  onModuleDestroy() {
    story.push('close pool');
  }
}

@Controller()
class Hooks {
  constructor(private readonly pool: Pool) {}
  @Get('now')
  now() {
    return { now: this.pool.clock.now() };
  }
  @Post('hook')
  hook(@Body() body: unknown) {
    return { parsed: body !== undefined };
  }
}

@Module({
  controllers: [Hooks],
  providers: [
    Pool,
    { provide: 'READS', useFactory: () => runner('reads') },
    { provide: 'SWEEPS', useFactory: () => [runner('sweep-1'), runner('sweep-2')] },
    { provide: 'BROKEN', useFactory: () => runner('broken', { start: true }) },
    { provide: 'HANGING', useFactory: () => runner('hanging', { hang: true }) },
    { provide: 'STUCK', useFactory: () => runner('stuck', { stop: true }) },
    {
      provide: 'NAMED',
      inject: [SERVICE, CONFIG],
      useFactory: (context: ServiceContext, own: ServiceConfig) => runner(`${context.name}@${own.kafkaBrokers[0]}`),
    },
  ],
})
class SampleModule {}

function define(
  runners: string[],
  more: Partial<ServiceDefinition<ServiceConfig>> = {},
): ServiceDefinition<ServiceConfig> {
  return { name: 'sample', config, module: SampleModule, runners, ...more };
}

describe('startService', () => {
  let service: RunningService | undefined;
  afterEach(async () => {
    await service?.stop();
    service = undefined;
  });

  const start = async (definition: ServiceDefinition<ServiceConfig>) => {
    story = [];
    service = await startService(definition, { ...createServiceContext('sample', config, {}), logger: silentLogger });
    return service;
  };

  it('starts runners in order, stops them in reverse, and releases providers only then', async () => {
    const { stop } = await start(define(['READS', 'SWEEPS']));
    await stop();
    expect(story).toEqual([
      'start reads',
      'start sweep-1',
      'start sweep-2',
      'stop sweep-2',
      'stop sweep-1',
      'stop reads',
      'close pool',
    ]);
  });

  it('gives providers the parts of the context', async () => {
    await start(define(['NAMED']));
    expect(story).toEqual(['start sample@broker:9092']);
  });

  it('is ready only while it runs', async () => {
    const { opsPort, stop } = await start(define(['READS']));
    const ready = await fetch(`http://127.0.0.1:${opsPort}/health/ready`);
    expect(await ready.json()).toEqual({ ok: true, checks: { service: 'ok' } });
    await stop();
    await expect(fetch(`http://127.0.0.1:${opsPort}/health/ready`)).rejects.toThrow();
  });

  it('undoes what had started when a later runner cannot, and says which', async () => {
    await expect(start(define(['READS', 'BROKEN', 'SWEEPS']))).rejects.toThrow('runner broken did not start');
    expect(story).toEqual(['start reads', 'stop broken', 'stop reads', 'close pool']);
  });

  it('rejects for a runner that the module does not provide', async () => {
    await expect(start(define(['NOBODY']))).rejects.toThrow(/NOBODY/);
    expect(story).toEqual(['close pool']);
  });

  it('goes on stopping when one runner cannot be stopped', async () => {
    const { stop } = await start(define(['READS', 'STUCK']));
    await stop();
    expect(story.slice(2)).toEqual(['stop stuck', 'stop reads', 'close pool']);
  });

  it('tells of a runner that failed', async () => {
    const { failed } = await start(define(['READS']));
    crash.get('reads')?.(new Error('fenced'));
    await expect(failed).rejects.toThrow('runner reads failed');
  });

  it('serves controllers with injected ports, parsing no body', async () => {
    const { httpPort } = await start(define(['READS'], { http: { host: '127.0.0.1', port: 0 } }));
    const answer = await fetch(`http://127.0.0.1:${httpPort}/now`);
    expect(await answer.json()).toEqual({ now: expect.any(Number) });
    expect(answer.headers.has('x-powered-by')).toBe(false);
    const hook = await fetch(`http://127.0.0.1:${httpPort}/hook`, {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json' },
    });
    expect(await hook.json()).toEqual({ parsed: false });
  });
});

describe('runService', () => {
  /** A process that can be sent signals and whose exit code can be awaited. */
  function fakeHost() {
    const events = new EventEmitter();
    let exit: (code: number) => void = () => {};
    const exited = new Promise<number>((resolve) => {
      exit = resolve;
    });
    return {
      env: {},
      on: events.on.bind(events),
      exit: (code: number) => exit(code),
      emit: events.emit.bind(events),
      exited,
    };
  }

  it('drains on the first signal and exits with 0', async () => {
    story = [];
    const host = fakeHost();
    await runService(define(['READS']), host);
    host.emit('SIGTERM');
    expect(await host.exited).toBe(0);
    expect(story).toEqual(['start reads', 'stop reads', 'close pool']);
  });

  it('exits with 1 on the second signal, whatever is in flight', async () => {
    story = [];
    const host = fakeHost();
    await runService(define(['READS']), host);
    host.emit('SIGINT');
    host.emit('SIGTERM');
    expect(await host.exited).toBe(1);
  });

  it('exits with 1 when the drain takes longer than 20 s', async () => {
    story = [];
    const host = fakeHost();
    await runService(define(['READS', 'HANGING']), host);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      host.emit('SIGTERM');
      await vi.advanceTimersByTimeAsync(19_999);
      expect(story).toEqual(['start reads', 'start hanging', 'stop hanging']);
      await vi.advanceTimersByTimeAsync(1);
      expect(await host.exited).toBe(1);
    } finally {
      vi.useRealTimers();
    }
  });

  it.each(['uncaughtException', 'unhandledRejection'])('exits with 1 on an %s', async (event) => {
    story = [];
    const host = fakeHost();
    await runService(define(['READS']), host);
    host.emit(event, new Error('nobody caught this'));
    expect(await host.exited).toBe(1);
  });

  it('exits with 1 when a runner fails, and when it cannot start', async () => {
    story = [];
    const failing = fakeHost();
    await runService(define(['READS']), failing);
    crash.get('reads')?.(new Error('fenced'));
    expect(await failing.exited).toBe(1);
    const broken = fakeHost();
    await runService(define(['BROKEN']), broken);
    expect(await broken.exited).toBe(1);
  });
});
