import type { LogRecord } from '@voucherline/contracts';
import type { Ownership, TakenUnit, UnitChange } from '../units/unit.js';

/** A record that waits behind a parked one, or is parked itself. */
export interface HeldRecord {
  /** Key of the state that holds it; the record's own key, where that can be kept. */
  readonly key: string;
  readonly record: LogRecord;
}

/** Names a held record within its shard. */
export interface HeldPosition {
  readonly topic: string;
  readonly offset: bigint;
}

/** A key's state as JSON text. */
export interface KeyedState {
  readonly key: string;
  readonly state: string;
  /** Set while a decision about the key waits for something that comes by itself. */
  readonly waits?: Waits;
}

/** What a decision waits for, and since when (text that sorts by time). */
export interface Waits {
  readonly for: string;
  readonly since: string;
}

/** A key whose decision waits. */
export interface WaitingKey {
  readonly key: string;
  readonly waitsFor: string;
}

/** All that one step of a shard changes. */
export interface StageCommit extends UnitChange {
  readonly states: readonly KeyedState[];
  readonly hold: readonly HeldRecord[];
  /** Held records that were handled or dropped; one may be in `hold` of an earlier commit only. */
  readonly unhold: readonly HeldPosition[];
  /** Forgets all states and held records of the shard first: it is folded again from the log. */
  readonly reset?: boolean;
}

/** Positions, states, held records and outbox of a stage's shards. */
export interface StageStore {
  /** @see takeOver in units */
  takeOver(unit: string, survived?: boolean): Promise<TakenUnit>;
  /** Counts an attempt before it is made. @throws {StaleOwner} */
  beginAttempt(owner: Ownership, at: string): Promise<void>;
  /** States of these keys; keys without a state are absent. */
  states(unit: string, keys: readonly string[]): Promise<Map<string, string>>;
  /** Keys of a unit whose decision waits, the longest waiting first. */
  waiting(unit: string): Promise<readonly WaitingKey[]>;
  /** Records held for these keys, by topic and offset. */
  held(unit: string, keys: readonly string[]): Promise<readonly HeldRecord[]>;
  /**
   * All or nothing. @throws {StaleOwner} nothing was committed; an error that `isRefusal` knows: nothing was committed and
   * the content is at fault; anything else: it is unknown whether it was committed.
   */
  commit(commit: StageCommit): Promise<void>;
  /** Every state of a unit, by key in code-point order. */
  allStates(unit: string): AsyncIterable<Pick<KeyedState, 'key' | 'state'>>;
}
