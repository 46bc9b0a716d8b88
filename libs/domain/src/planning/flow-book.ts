import type { ExclusiveValue, FlowVersion, Money, UsedRow, VoucherExpectation } from '@voucherline/contracts';
import type { Obstacle } from '../draft.js';
import type { ApprovedApproval } from './parts.js';

/** The published flows as planning asks for them. */
export interface FlowBook {
  /** Of each flow, the version in force when the approval ended, if that version takes this kind of approval. */
  inForce(approved: ApprovedApproval): readonly FlowPlan[];
  /** The very version that a command was planned by. */
  version(flow: { readonly name: string; readonly hash: string }): FlowPlan | undefined;
  /** The calendar day of an instant in a connection's time zone, `yyyy-MM-dd`; undefined while it is not published. */
  dayAt(connection: string, instant: string): string | undefined;
}

/** One version of a flow. */
export interface FlowPlan {
  readonly version: FlowVersion;
  readonly voucher: {
    readonly name: string;
    readonly target: string;
    readonly operation: string;
    readonly patienceSeconds: number;
    /** Names of the vouchers of the same subject that are posted before this one and reversed after it. */
    readonly after: readonly string[];
  };
  /** Text for the approval once the voucher exists; `{number}` stands for its number. */
  readonly writeBack?: string;
  /** The same, once the voucher was reversed. */
  readonly reversalWriteBack?: string;
  /** @param accountingDate the day that a person chose in place of the flow's own */
  render(approved: ApprovedApproval, accountingDate?: string): Rendered;
}

export type Rendered =
  | { readonly kind: 'rendered'; readonly content: VoucherContent }
  /** A condition of the flow does not hold: recorded, not planned. */
  | { readonly kind: 'skipped' }
  | { readonly kind: 'fault'; readonly fault: Obstacle };

/** Whether what is missing is an open period for the accounting date (libs/mapping): another day, which a person gives, may have one. */
export function lacksPeriod({ code }: Obstacle): boolean {
  return code.startsWith('mapping.period-');
}

/** What a flow makes of an approval. */
export interface VoucherContent {
  readonly payload: Readonly<Record<string, unknown>>;
  readonly accountingDate: string;
  readonly amount: Money;
  readonly expectation: VoucherExpectation;
  readonly exclusive?: readonly ExclusiveValue[];
  /** Rows that the flow looked up, each once; absent when it looked nothing up. */
  readonly lookups?: readonly UsedRow[];
}

/**
 * The version that was in force at an instant: the newest whose start is not after it. A version starts at its `from`, or when
 * it was published, so connecting a company does not book its history; a later version with an earlier `from` takes over what
 * the one before could not map. Publication counts from the full second, because vendors tell ends in seconds.
 * @param versions oldest first
 */
export function versionInForce<V extends { readonly publishedAt: number; readonly from?: string }>(
  versions: readonly V[],
  instant: string,
): V | undefined {
  const at = Date.parse(instant);
  return versions.findLast(({ publishedAt, from }) => {
    return (from === undefined ? Math.floor(publishedAt / 1000) * 1000 : Date.parse(from)) <= at;
  });
}
