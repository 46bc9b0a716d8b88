import type { ConnectionContent } from '@voucherline/contracts';
import type { Clock, Logger, Randomness } from '@voucherline/platform';
import type { HttpClient } from '../http/index.js';

/** A secret with its predecessor, where a rotation overlaps. */
export interface SecretValue {
  readonly current: string;
  readonly previous?: string;
}

/** A connection with its secrets resolved: what pure connector code works with. */
export interface ResolvedConnection {
  readonly content: ConnectionContent;
  /** By the manifest's field name. */
  readonly secrets: Readonly<Record<string, SecretValue>>;
}

/** What the calls of one leased connection have in hand. The worker makes one context a lease and drops it with the lease. */
export interface CallContext {
  readonly connection: ResolvedConnection;
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly logger: Logger;
  /**
   * Kept as long as the lease: tokens and sessions. `load` runs once for concurrent callers (single flight); an entry
   * ends at `expiresAt` (ms) or by `drop`.
   */
  readonly cache: CallCache;
}

export interface CallCache {
  get<T>(name: string, load: () => Promise<{ value: T; expiresAt: number }>): Promise<T>;
  drop(name: string): void;
}
