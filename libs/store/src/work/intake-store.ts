import type { LogRecord } from '@voucherline/contracts';
import type { TakenUnit, UnitChange } from '../units/unit.js';

/** Messages of one source for one key on one topic: numbered from 1, without gaps. */
export interface Chain {
  readonly source: string;
  readonly topic: string;
  readonly key: string;
}

/** The last number of a chain that was taken in (of others) or given (our own). */
export interface ChainPosition extends Chain {
  readonly seq: number;
}

/** A record that is not taken in yet; with a chain and number where its headers tell them. */
export interface HeldMail {
  readonly record: LogRecord;
  readonly place?: ChainPosition;
}

/** What waits for a person: a record that can't be taken in, or the gap before a chain's next one. */
export interface IntakeCase {
  readonly parkedId: string;
  readonly topic: string;
  /** The chain that waits, and the number that is parked or missing. Absent: nothing waits behind it. */
  readonly place?: ChainPosition;
  /** Offset of the record to blame; absent for a gap. */
  readonly offset?: bigint;
}

export interface Decision {
  readonly parkedId: string;
  readonly resolution: 'released' | 'discarded';
  /** Id of the action. */
  readonly action: string;
}

/** A message for a lane's mailbox, as JSON text. */
export interface Delivery {
  readonly connection: string;
  readonly key: string;
  readonly message: string;
}

/** Where a lane is found. */
export interface Place {
  readonly connection: string;
  readonly key: string;
}

/** What a lane knows (JSON text; null: nothing was committed), and the messages that wait in its mailbox. */
export interface KnownLane extends Place {
  readonly state: string | null;
  readonly mail: readonly string[];
}

/** All that one step of an intake's shard changes. */
export interface IntakeCommit extends UnitChange {
  readonly deliveries: readonly Delivery[];
  readonly chains: readonly ChainPosition[];
  readonly hold: readonly HeldMail[];
  readonly unhold: readonly { readonly topic: string; readonly offset: bigint }[];
  readonly open: readonly IntakeCase[];
  readonly close: readonly string[];
  readonly decided: readonly Decision[];
  /** Decisions that are applied with this commit. */
  readonly applied: readonly string[];
}

/** Positions, numbering, mailboxes and held records of one worker's intake. */
export interface IntakeStore {
  /** @see takeOver in units */
  takeOver(unit: string, survived: boolean): Promise<TakenUnit>;
  cases(unit: string): Promise<readonly IntakeCase[]>;
  positions(chains: readonly Chain[]): Promise<readonly ChainPosition[]>;
  /** Held records of a chain by number, at most `atMost`. */
  heldOfChain(unit: string, chain: Chain, atMost: number): Promise<readonly HeldMail[]>;
  heldAt(unit: string, topic: string, offset: bigint): Promise<HeldMail | undefined>;
  decisions(parkedIds: readonly string[]): Promise<readonly Decision[]>;
  /** The lanes that there are at these (different) places. */
  lanes(places: readonly Place[]): Promise<readonly KnownLane[]>;
  /**
   * All or nothing. @throws {StaleOwner} nothing was committed; {ChangeRefused} nothing was committed and the content is at
   * fault; after anything else it is unknown whether it was committed.
   */
  commit(commit: IntakeCommit): Promise<void>;
}
