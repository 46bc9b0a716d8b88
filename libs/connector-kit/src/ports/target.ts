import type { ConnectionContent, VoucherExpectation } from '@voucherline/contracts';
import type { Level, OperationTraits, TargetDocument } from '@voucherline/domain';
import type { CallContext } from './connection.js';
import type { ConnectorManifest } from './manifest.js';
import type { ReadOutcome, WriteOutcome } from './outcome.js';

/** Connectors get these from here, they do not import the domain. */
export type { Level, OperationTraits, TargetDocument } from '@voucherline/domain';
export { carriedKey, readCarriedKey } from '@voucherline/domain';

/** What a flow may ask of a target: fixed when the command was planned. */
export interface VoucherIntent {
  readonly voucherKey: string;
  /** Documents carry it with the key (`carriedKey`); look-ups by key find generations 1 to this one. */
  readonly generation: number;
  readonly accountingDate: string;
  /** Business fields, checked by `checkPayload`; empty where `reverses` says what is written. */
  readonly payload: Readonly<Record<string, unknown>>;
  readonly expectation: VoucherExpectation;
  /** The posted document that this voucher takes back: for operations that a `reversal` names. */
  readonly reverses?: ReversedDocument;
}

/** A posted document to be taken back. */
export interface ReversedDocument {
  /** The target's own id. */
  readonly id: string;
  /** Document key. */
  readonly document: string;
  readonly number: string;
}

/** Whether the target is ready for the create: what it waits for is said in words for finance. */
export type Prerequisite = { readonly ready: true } | { readonly ready: false; readonly waitingFor: string };

/**
 * How a posted document of an operation is taken back.
 *
 * `entry`: by a second document (Kingdee: a red voucher) that `operation` posts like any other. Its intent has a key and
 * a date of its own, the expectation negated, `reverses`, and an empty payload.
 *
 * `undo`: by `unpost` (Kingdee: UnAudit; CancelAssign for one that is only submitted), which makes the document a draft again,
 * and `void`. The target refuses it from any other stage than `from`: else a late recall of a submitted document would undo one
 * that was posted meanwhile. A second `unpost` is refused too, and the document is read after it.
 *
 * `none`: only a person can do it in the target.
 */
export type Reversal =
  | { readonly kind: 'entry'; readonly operation: TargetOperation }
  | {
      readonly kind: 'undo';
      unpost(id: string, from: 'submitted' | 'posted', context: CallContext): Promise<WriteOutcome>;
    }
  | { readonly kind: 'none' };

/** Attributes of a row of the target's master data, by kind and code, as of the document's day; undefined where the table has none. */
export type MasterDataRowOf = (kind: string, code: string) => Readonly<Record<string, string>> | undefined;

/**
 * One way of writing a voucher. The writer drives it by the posting protocol; each method is one or few calls, of which at
 * most one changes something. None retries by itself.
 */
export interface TargetOperation extends OperationTraits {
  /** As flows name it, e.g. `push-payment-bill`. */
  readonly name: string;
  readonly reversal: Reversal;
  /**
   * Faults of a payload, each beginning with its place and a colon; empty when it is fine. Ids of existing documents are always a
   * fault, and so is what the connection decides (company, switches of checks).
   */
  checkPayload(payload: Readonly<Record<string, unknown>>, settings: ConnectionContent['settings']): readonly string[];
  /**
   * Faults of what the written document is expected to show, against a payload that is fine by itself: what would be held after it
   * was written is said before. Absent where a payload does not tell what the document will show.
   */
  checkExpectation?(
    payload: Readonly<Record<string, unknown>>,
    expectation: VoucherExpectation,
    settings: ConnectionContent['settings'],
  ): readonly string[];
  /**
   * Faults of a payload, fine by itself, against master data of the same connection. Each names the place, what is missing, and
   * who mends it. Only tables that the settings pull are asked for (`pulledKinds`): of others nothing is known. While one of them
   * was not yet read to its end, the caller waits for it, whatever is said here.
   */
  checkReferences?(
    payload: Readonly<Record<string, unknown>>,
    rowOf: MasterDataRowOf,
    settings: ConnectionContent['settings'],
  ): readonly string[];
  prerequisite(intent: VoucherIntent, context: CallContext): Promise<ReadOutcome<Prerequisite>>;
  /**
   * Every document that may stand for this intent: by voucher key in any generation up to the intent's, or by its origin
   * where the create carries no key.
   */
  lookup(intent: VoucherIntent, context: CallContext): Promise<ReadOutcome<readonly TargetDocument[]>>;
  create(intent: VoucherIntent, context: CallContext): Promise<WriteOutcome>;
  /** Writes key and generation onto the chosen draft, where the create carries none (Kingdee `Push`). */
  mark(intent: VoucherIntent, id: string, context: CallContext): Promise<WriteOutcome>;
  read(id: string, context: CallContext): Promise<ReadOutcome<TargetDocument>>;
  submit(id: string, context: CallContext): Promise<WriteOutcome>;
  /** Makes the submitted document final (Kingdee: audit). */
  post(id: string, context: CallContext): Promise<WriteOutcome>;
  /** Deletes a draft of ours. */
  void(id: string, context: CallContext): Promise<WriteOutcome>;
}

/** The pure half of a target: what planning needs to check a flow without calling anybody. */
export interface TargetPure {
  readonly manifest: ConnectorManifest;
  readonly operations: Readonly<
    Record<
      string,
      Pick<
        TargetOperation,
        'name' | 'level' | 'createCarriesKey' | 'checkPayload' | 'checkExpectation' | 'checkReferences'
      >
    >
  >;
}

/** Levels that the conformance kit saw, by operation (also those that reverse); an operation that is not there has none. */
export type ShownLevels = Readonly<Partial<Record<string, Level>>>;

export interface TargetCalls {
  readonly manifest: ConnectorManifest;
  readonly operations: Readonly<Record<string, TargetOperation>>;
  readonly shownLevels: ShownLevels;
  /** Cheapest read that shows the target answers and knows us. */
  probe(context: CallContext): Promise<ReadOutcome<void>>;
}
