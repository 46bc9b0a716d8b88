import type { VoucherExpectation } from '@voucherline/contracts';
import type { TargetDocument } from '@voucherline/domain';
import type { CallContext } from './connection.js';
import type { ConnectorManifest } from './manifest.js';
import type { ReadOutcome, WriteOutcome } from './outcome.js';

/**
 * What a target guarantees for an operation (failure-modes.md §1.4): L3 it refuses a second document with our key · L2 draft
 * stage and strongly consistent look-up by key · L1 look-up only, or a create that carries no key · L0 neither.
 */
export type Level = 'L0' | 'L1' | 'L2' | 'L3';

/** What a flow may ask of a target: fixed when the command was planned. */
export interface VoucherIntent {
  readonly voucherKey: string;
  readonly generation: number;
  readonly accountingDate: string;
  /** Business fields, checked by `checkPayload`. */
  readonly payload: Readonly<Record<string, unknown>>;
  readonly expectation: VoucherExpectation;
}

/** Connectors get it from here, they do not import the domain. */
export type { TargetDocument } from '@voucherline/domain';

/** Whether the target is ready for the create: what it waits for is said in words for finance. */
export type Prerequisite = { readonly ready: true } | { readonly ready: false; readonly waitingFor: string };

/**
 * One way of writing a voucher. The writer drives it by the posting protocol; each method is one or few calls, of which at
 * most one changes something. None retries by itself.
 */
export interface TargetOperation {
  /** As flows name it, e.g. `push-payment-bill`. */
  readonly name: string;
  readonly level: Level;
  /** Whether `create` carries the voucher key. Where not (Kingdee `Push`), `mark` writes it onto the chosen draft. */
  readonly createCarriesKey: boolean;
  /** Longest time the target may still execute a create after we stopped waiting for it, in ms. */
  readonly settleMs: number;
  /** Faults of a payload, each naming the field; empty when it is fine. Ids of existing documents are always a fault. */
  checkPayload(payload: Readonly<Record<string, unknown>>): readonly string[];
  prerequisite(intent: VoucherIntent, context: CallContext): Promise<ReadOutcome<Prerequisite>>;
  /** Every document that may stand for this intent: by voucher key, or by its origin where the create carries no key. */
  lookup(intent: VoucherIntent, context: CallContext): Promise<ReadOutcome<readonly TargetDocument[]>>;
  create(intent: VoucherIntent, context: CallContext): Promise<WriteOutcome>;
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
    Record<string, Pick<TargetOperation, 'name' | 'level' | 'createCarriesKey' | 'checkPayload'>>
  >;
}

export interface TargetCalls {
  readonly manifest: ConnectorManifest;
  readonly operations: Readonly<Record<string, TargetOperation>>;
  /** Cheapest read that shows the target answers and knows us. */
  probe(context: CallContext): Promise<ReadOutcome<void>>;
}
