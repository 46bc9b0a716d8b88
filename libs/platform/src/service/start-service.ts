import type { Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DynamicModule, INestApplicationContext, InjectionToken, LoggerService, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import type { ServiceConfig } from '../config/service-config.js';
import type { Logger } from '../logging/logger.js';
import { startOpsServer } from '../operations/ops-server.js';
import type { ServiceContext } from './context.js';
import { platformModule } from './platform-module.js';
import { type Runner, RunnerStrategy } from './runner-strategy.js';

/** What makes a service: its settings, its Nest module, and which of the module's providers are to be run. */
export interface ServiceDefinition<C extends ServiceConfig> {
  name: string;
  config: Readonly<C>;
  module: Type | DynamicModule;
  /** Tokens of providers that are a {@link Runner} or a list of them; started in this order, stopped in reverse. */
  runners: readonly InjectionToken[];
  /**
   * Serves the module's controllers on Express once the runners have started. Bodies are not parsed: signatures are
   * over raw bytes, so the service reads them itself (`express.raw` with its own limit).
   */
  http?: { host: string; port: number };
}

export interface RunningService {
  readonly opsPort: number;
  /** Present when the service serves HTTP. */
  readonly httpPort?: number;
  /** Rejects when a runner fails; never settles otherwise. */
  readonly failed: Promise<never>;
  /** Takes no more calls, finishes those in flight, stops the runners in reverse, then releases all else. */
  stop(): Promise<void>;
}

/** Starts a service in this process without touching signals or exit codes. Rejects, cleaned up, when it can't. */
export async function startService<C extends ServiceConfig>(
  definition: ServiceDefinition<C>,
  context: ServiceContext<C>,
): Promise<RunningService> {
  const { config, health, logger } = context;
  let state = 'starting';
  health.ready('service', () => (state === 'running' ? undefined : state));
  const ops = await startOpsServer({ ...context, host: config.opsHost, port: config.opsPort });
  const cleanUp: (() => Promise<void>)[] = [() => ops.close()];
  const stop = async () => {
    state = 'stopping';
    for (let step = cleanUp.pop(); step; step = cleanUp.pop()) await step();
  };
  try {
    const strategy: RunnerStrategy = new RunnerStrategy(
      () => definition.runners.flatMap((token) => nest.app.get<Runner | Runner[]>(token)),
      logger,
    );
    const nest: BuiltNest = await buildNest(definition, context, strategy);
    // Nest's own order would release the providers before the runners that use them have stopped.
    cleanUp.push(
      () => nest.app.close(),
      () => strategy.close(),
      () => nest.stopServing(),
    );
    const httpPort = await nest.start();
    state = 'running';
    return { opsPort: ops.port, ...(httpPort === undefined ? {} : { httpPort }), failed: strategy.failed, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface BuiltNest {
  app: INestApplicationContext;
  /** Starts the runners, then serves HTTP if the service does; resolves with its port. */
  start(): Promise<number | undefined>;
  /** Answers the calls in flight and takes no others. */
  stopServing(): Promise<void>;
}

async function buildNest<C extends ServiceConfig>(
  { module, http }: ServiceDefinition<C>,
  context: ServiceContext<C>,
  strategy: RunnerStrategy,
): Promise<BuiltNest> {
  const root = { imports: [platformModule(context), module] };
  const options = { logger: nestLogger(context.logger), abortOnError: false };
  if (!http) {
    const app = await NestFactory.createMicroservice(root, { ...options, strategy });
    return { app, start: async () => void (await app.listen()), stopServing: async () => {} };
  }
  const app = await NestFactory.create<NestExpressApplication>(root, new ExpressAdapter(), {
    ...options,
    bodyParser: false,
  });
  app.disable('x-powered-by');
  app.connectMicroservice({ strategy });
  const server = limited(app.getHttpServer());
  const start = async () => {
    await app.startAllMicroservices();
    await app.listen(http.port, http.host);
    return (server.address() as AddressInfo).port;
  };
  return { app, start, stopServing: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** A caller that is slow to send holds a connection for seconds, not for ever, and there is a last connection (W9). */
function limited(server: HttpServer): HttpServer {
  return Object.assign(server, { headersTimeout: 10_000, requestTimeout: 15_000, maxConnections: 4096 });
}

/** Nest tells its start step by step: that is for debugging; warnings and errors stay what they are. */
function nestLogger(logger: Logger): LoggerService {
  const text = (message: unknown) => `nest: ${message instanceof Error ? message.message : String(message)}`;
  return {
    log: (message) => logger.debug(text(message)),
    warn: (message) => logger.warn(text(message)),
    error: (message) => logger.error(text(message), message instanceof Error ? { error: message } : {}),
  };
}
