import type { ChainPosition, Delivery } from './intake-store.js';

/** Where a shard of an intake stands, as the unit's row has it. */
export interface ShardPosition {
  readonly shard: number;
  /** Next offset by topic. */
  readonly positions: ReadonlyMap<string, bigint>;
  /** Id of the last record taken in, by topic. */
  readonly lastIds: ReadonlyMap<string, string>;
}

/** The end of a partition up to which the database is known to know all that the log holds of the worker's own words. */
export interface KnownEnd {
  readonly topic: string;
  readonly partition: number;
  readonly end: bigint;
}

/** What tells whether the database of a worker and the log fit together, and what makes them fit again. */
export interface RecoveryStore {
  shards(): Promise<readonly ShardPosition[]>;
  ends(): Promise<readonly KnownEnd[]>;
  noteEnds(ends: readonly KnownEnd[]): Promise<void>;
  /** Last numbers of chains; those without one are left out. */
  numbers(chains: readonly Omit<ChainPosition, 'seq'>[]): Promise<readonly ChainPosition[]>;
  /** Goes on with numbers found in the log (never lower ones), and puts own words into the lanes that they are about. */
  adopt(numbers: readonly ChainPosition[], deliveries: readonly Delivery[]): Promise<void>;
}
