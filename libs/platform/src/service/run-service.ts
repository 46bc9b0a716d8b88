import { summary } from '../config/load.js';
import type { ServiceConfig } from '../config/service-config.js';
import { createServiceContext, type ServiceContext } from './context.js';
import { type ServiceDefinition, startService } from './start-service.js';

/** The slice of `process` that a service's life hangs on. */
export interface HostProcess {
  env: Readonly<Record<string, string | undefined>>;
  on(event: string, listener: (argument: unknown) => void): unknown;
  exit(code: number): void;
}

/** A supervisor's patience is 30 s as a rule (Kubernetes' grace period), so a drain has to end before. */
const DRAIN_MS = 20_000;

/**
 * Runs a service until the process ends; the whole of a service's `main.ts` besides `loadConfig`.
 * SIGTERM or SIGINT drains and exits with 0, a second one or a drain of more than 20 s exits with 1. So does a runner that
 * fails and whatever nobody caught: a fresh process is the cure for a state that nobody thought of.
 */
export async function runService<C extends ServiceConfig>(
  definition: ServiceDefinition<C>,
  host: HostProcess = process,
): Promise<void> {
  const context = createServiceContext(definition.name, definition.config, host.env);
  const { logger } = context;
  const die = (message: string) => (error: unknown) => {
    logger.error(message, { error });
    host.exit(1);
  };
  host.on('uncaughtException', die('uncaught exception, exiting'));
  host.on('unhandledRejection', die('unhandled rejection, exiting'));

  logger.info('starting', { config: summary(context.config) });
  const starting = startService(definition, context);
  exitOnSignals(host, context, async () => (await starting).stop());
  try {
    const service = await starting;
    service.failed.catch(die('a runner failed, exiting'));
    logger.info('running', { port: service.httpPort ?? service.opsPort });
  } catch (error) {
    die('could not start, exiting')(error);
  }
}

function exitOnSignals(host: HostProcess, { logger, timers }: ServiceContext, drain: () => Promise<void>): void {
  let draining = false;
  const leave = (code: number, message: string) => {
    logger[code === 0 ? 'info' : 'error'](message);
    host.exit(code);
  };
  const onSignal = (signal: string) => {
    if (draining) return leave(1, 'asked twice to stop, exiting without finishing');
    draining = true;
    logger.info('stopping', { signal });
    const giveUp = timers.after(DRAIN_MS, () => leave(1, `not stopped after ${DRAIN_MS} ms, exiting`));
    drain()
      .finally(giveUp)
      .then(
        () => leave(0, 'stopped'),
        () => leave(1, 'did not stop cleanly, exiting'),
      );
  };
  host.on('SIGTERM', () => onSignal('SIGTERM'));
  host.on('SIGINT', () => onSignal('SIGINT'));
}
