import { type CallContext, createHttpClient, resolveConnection } from '@voucherline/connector-kit';
import type { ConnectionContent } from '@voucherline/contracts';
import type { Clock, Logger, Randomness, SecretSource, Timers } from '@voucherline/platform';
import { createCallCache } from './call-cache.js';

export interface ContextFactoryOptions {
  readonly secrets: SecretSource;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly randomness: Randomness;
  readonly logger: Logger;
  /** Whether vendors may be reached on this machine: for sandboxes, never in production (security.md §5). */
  readonly allowLoopback: boolean;
}

/**
 * Makes what the calls of a connection have in hand. Every connector's manifest names the vendor's address `baseUrl`.
 * @throws {SecretError} when a secret is missing, {@link HttpRequestError} when the address can't be used
 */
export function createContextFactory(options: ContextFactoryOptions): (content: ConnectionContent) => CallContext {
  const { secrets, clock, timers, randomness, logger, allowLoopback } = options;
  return (content) => ({
    connection: resolveConnection(content, secrets, clock),
    http: createHttpClient({
      baseUrl: String(content.settings.baseUrl),
      allowLoopback,
      connections: content.limits.concurrency,
      clock,
      timers,
    }),
    clock,
    randomness,
    logger: logger.child({ connection: content.name, product: content.product, account: content.account }),
    cache: createCallCache(clock),
  });
}
