/** Who can mend something that stopped. */
export type Owner = 'finance' | 'administrator' | 'operations';

/** Where a message stands in the log. */
export interface LogPosition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
}

export interface MessageParked {
  /** Names the parked case: what `parked show/release/discard` take. */
  readonly parkedId: string;
  /** `<service>/<stage or worker>`. */
  readonly stage: string;
  /** The connection whose worker parked it; stages have none. */
  readonly connection?: string;
  /** The message that could not be handled, where one message is to blame. */
  readonly origin?: LogPosition;
  readonly reason: string;
  readonly code: string;
  readonly owner: Owner;
  readonly nextStep: string;
}

export interface ParkedResolved {
  readonly parkedId: string;
  readonly stage: string;
  readonly resolution: 'released' | 'discarded' | 'superseded';
  /** The action that asked for it, when a person did. */
  readonly action?: string;
}

export interface ReplayReported {
  readonly replay: string;
  readonly stage: string;
  readonly shard: number;
  readonly status: 'planned' | 'completed';
  readonly keys: number;
  readonly unchanged: number;
  readonly missing: readonly string[];
  readonly conflicts: readonly { readonly id: string; readonly type: string; readonly subject: string }[];
  readonly published: number;
}

/** One shard was folded again: hashes over all its states, before and after. */
export interface RebuildReported {
  readonly rebuild: string;
  readonly stage: string;
  readonly shard: number;
  readonly keys: number;
  readonly hashBefore: string;
  readonly hashAfter: string;
}

/** How database and log of a service don't fit together. */
export interface Divergence {
  /** `database-older`: the log holds words of ours that the database does not know · `log-older`: the other way round. */
  readonly code: 'database-older' | 'log-older';
  readonly worker: string;
  readonly detail: string;
}

/** A service calls no vendor and takes nothing in until a person has led it out of this. */
export interface RecoveryNeeded {
  readonly service: string;
  readonly found: readonly Divergence[];
}

export interface RecoveryCompleted {
  readonly service: string;
  /** Id of the action that asked for it. */
  readonly action: string;
  /** Own words taken over from the log. */
  readonly heard: number;
  /** Where the tables went that no longer fitted the log. */
  readonly setAside?: string;
}
