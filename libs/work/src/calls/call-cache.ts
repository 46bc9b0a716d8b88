import type { CallCache } from '@voucherline/connector-kit';
import type { Clock } from '@voucherline/platform';

interface Entry {
  readonly value: Promise<unknown>;
  expiresAt: number;
}

/**
 * Tokens and sessions of one lease. Concurrent callers share one `load`; a failed `load` is not kept, so the next caller
 * tries again. `drop` while a `load` runs makes the next caller load anew (the running one may bring what was refused).
 */
export function createCallCache(clock: Clock): CallCache {
  const entries = new Map<string, Entry>();
  return {
    get<T>(name: string, load: () => Promise<{ value: T; expiresAt: number }>): Promise<T> {
      const known = entries.get(name);
      if (known !== undefined && clock.now() < known.expiresAt) return known.value as Promise<T>;
      const entry: Entry = {
        expiresAt: Infinity,
        value: load().then(
          (loaded) => {
            entry.expiresAt = loaded.expiresAt;
            return loaded.value;
          },
          (error: unknown) => {
            if (entries.get(name) === entry) entries.delete(name);
            throw error;
          },
        ),
      };
      entries.set(name, entry);
      return entry.value as Promise<T>;
    },
    drop: (name) => void entries.delete(name),
  };
}
