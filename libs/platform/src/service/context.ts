import type { Environment } from '../config/load.js';
import { secretValues } from '../config/load.js';
import type { ServiceConfig } from '../config/service-config.js';
import { createLogger, type Logger } from '../logging/logger.js';
import { createRedactor } from '../logging/redactor.js';
import { createHealth, type Health } from '../operations/health.js';
import { createMetrics, type Metrics } from '../operations/metrics.js';
import { createStatus, type Status } from '../operations/status.js';
import { type Clock, type Randomness, systemClock, systemRandomness, systemTimers, type Timers } from '../ports.js';
import { createSecretSource, type SecretSource } from '../secrets.js';

/** What every service is given; each part is a Nest provider of its own too (see `tokens.ts`). */
export interface ServiceContext<C extends ServiceConfig = ServiceConfig> {
  name: string;
  config: Readonly<C>;
  logger: Logger;
  metrics: Metrics;
  health: Health;
  status: Status;
  clock: Clock;
  timers: Timers;
  randomness: Randomness;
  secrets: SecretSource;
}

/** Builds the context on the real clock, with one redactor that knows every secret the process has read. */
export function createServiceContext<C extends ServiceConfig>(
  name: string,
  config: Readonly<C>,
  env: Environment,
): ServiceContext<C> {
  const redactor = createRedactor();
  for (const secret of secretValues(config)) rememberWithPassword(secret, redactor.remember);
  return {
    name,
    config,
    logger: createLogger({ service: name, level: config.logLevel, redactor }),
    metrics: createMetrics(name),
    health: createHealth(systemTimers),
    status: createStatus(),
    clock: systemClock,
    timers: systemTimers,
    randomness: systemRandomness,
    secrets: createSecretSource({ env, dir: config.secretsDir, clock: systemClock, redactor }),
  };
}

/** Database clients report parts of an address, so its password is masked on its own too. */
function rememberWithPassword(secret: string, remember: (secret: string) => void): void {
  remember(secret);
  if (!URL.canParse(secret)) return;
  const { password } = new URL(secret);
  remember(password);
  remember(decodeURIComponent(password));
}
