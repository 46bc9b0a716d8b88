import type { CallContext } from '../../ports/connection.js';
import type { TargetCalls, TargetOperation, VoucherIntent } from '../../ports/target.js';
import type { FaultRule } from '../../sandbox/index.js';

/** A document as the sandbox's own book shows it. */
export interface OracleDocument {
  readonly id: string;
  /** The voucher key it carries; empty for none. */
  readonly key: string;
  /** All it holds, as text: equal texts mean that nothing was changed. */
  readonly bytes: string;
}

/** One fresh vendor with one connection to it, for one test. */
export interface TargetStage {
  readonly calls: TargetCalls;
  readonly operation: TargetOperation;
  readonly context: CallContext;
  /** Names that the sandbox has for what the operation does. */
  readonly vendorNames: {
    readonly create: string;
    readonly submit: string;
    readonly post: string;
    readonly void: string;
    readonly query: string;
    /** Of an operation that is reversed by undoing. */
    readonly unpost?: string;
  };
  /** An intent that the target is ready for; another one at each call. */
  intent(): Promise<VoucherIntent>;
  /** Payloads that name an existing document, each in another way. */
  trespassing(payload: VoucherIntent['payload'], id: string): readonly VoucherIntent['payload'][];
  /** Documents of the operation's kind that exist in the vendor's book. */
  documents(): readonly OracleDocument[];
  fault(rule: FaultRule): Promise<void>;
  clearFaults(): Promise<void>;
  /** How often the vendor was called, by its own names. */
  counts(): Promise<Readonly<Record<string, number>>>;
  /** Where the target has sessions: names of the login, and the fault by which the vendor forgets them. */
  readonly sessions?: { readonly login: string; readonly lost: FaultRule };
  /** Stops the vendor; the connection stays. */
  stopVendor(): Promise<void>;
  close(): Promise<void>;
}

/** Makes stages; each starts a vendor of its own. */
export type StartStage = () => Promise<TargetStage>;
