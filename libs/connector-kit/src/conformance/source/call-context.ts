import { silentLogger, systemClock, systemRandomness } from '@voucherline/platform';
import { createHttpClient, type HttpClient } from '../../http/index.js';
import type { CallCache, CallContext, ResolvedConnection } from '../../ports/connection.js';

/** What a worker gives to calls, for a lease that a test holds: a real client, and an empty cache. */
export function leaseOn(baseUrl: string, connection: ResolvedConnection): CallContext & { readonly http: HttpClient } {
  return {
    connection,
    http: createHttpClient({ baseUrl, allowLoopback: true }),
    clock: systemClock,
    randomness: systemRandomness,
    logger: silentLogger,
    cache: callCache(),
  };
}

/** As the port describes it: one load for callers at the same time, entries end at their time or by `drop`. */
function callCache(): CallCache {
  const entries = new Map<string, { loaded: Promise<unknown>; expiresAt: number }>();
  return {
    get<T>(name: string, load: () => Promise<{ value: T; expiresAt: number }>): Promise<T> {
      const known = entries.get(name);
      if (known !== undefined && known.expiresAt > systemClock.now()) return known.loaded as Promise<T>;
      const loaded = load().then(
        ({ value, expiresAt }) => {
          entry.expiresAt = expiresAt;
          return value;
        },
        (error: unknown) => {
          entries.delete(name);
          throw error;
        },
      );
      const entry = { loaded, expiresAt: Number.POSITIVE_INFINITY };
      entries.set(name, entry);
      return loaded;
    },
    drop: (name) => void entries.delete(name),
  };
}
