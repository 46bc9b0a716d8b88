import type { AnyMessage, LogPosition, Message, MessageType, Owner, Topic } from '@voucherline/contracts';
import type { MasterData } from '@voucherline/domain';
import type { Configuration } from './configuration/configuration.js';

/** A message that a step wants to say. The runner adds source, sequence, configuration offset, causation and trace. */
export interface Draft<T extends MessageType = MessageType> {
  readonly type: T;
  /** Derived from the fact (`factId`), so that deciding it again gives the same id. */
  readonly id: string;
  readonly time: string;
  readonly data: Message<T>['data'];
}

/** A draft of any type, discriminated by `type`. */
export type AnyDraft = { [T in MessageType]: Draft<T> }[MessageType];

/** Why something is set aside for a person. */
export interface ParkReason {
  /** Groups what one mend releases, e.g. `mapping.missing-field`. */
  readonly code: string;
  readonly reason: string;
  readonly owner: Owner;
  readonly nextStep: string;
  readonly origin?: LogPosition;
}

/** What is missing on the log, given all that is known about a key. */
export interface Decision {
  readonly messages: readonly AnyDraft[];
  /** Set when something is due but can't be decided; decided again with every message of the key and on release. */
  readonly blocked?: ParkReason;
}

export interface DecisionContext {
  /** Flows and connections, read at least as far as the newest message that is being handled. */
  readonly configuration: Configuration;
  /** As far as it is known here; a table that was complete once stays so. */
  readonly masterData: MasterData;
}

/** Actions of people that are a part of a key's state; `data.subject` is the key. */
export type SubjectAction = 'ReplanRequested';

/**
 * A stage: pure work between topics, declared as a fold and a decision over one key's state.
 *
 * The state has one part for each topic, inputs, own outputs and actions, and `fold` changes only the part of the message's own topic.
 * So the interleaving of topics does not matter, and a rebuild folds inputs and outputs and decides nothing. `decide`
 * looks at all parts and says which messages are missing; the runner folds those too, after which `decide` finds none missing.
 */
export interface Stage<S = unknown> {
  /** `<service>/<stage>`; the `ce_source` of its messages. */
  readonly name: string;
  readonly inputs: readonly Topic[];
  readonly outputs: readonly Topic[];
  /** Actions that are folded like the messages of an input; others (release, discard, replay …) are the runner's own. */
  readonly actions?: readonly SubjectAction[];
  /**
   * Codes of undecided decisions that begin with this end with the name of a table of master data. They are decided again, in the
   * order in which they were parked, when that table is complete.
   */
  readonly waitsForTable?: string;
  /** State of a key nothing is known about. JSON values only; kept as text. */
  initial(): S;
  /** Pure; must not change `state` in place. A throw parks the message and holds the key's later messages of that topic. */
  fold(state: S, message: AnyMessage): S;
  decide(key: string, state: S, context: DecisionContext): Decision;
  /** Whether `later` makes `parked` needless (a newer snapshot of the same document); then it is not held behind it. */
  supersedes?(later: AnyMessage, parked: AnyMessage): boolean;
}
