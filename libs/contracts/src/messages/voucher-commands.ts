import type { Money } from '../money.js';

/** An approval that a voucher stands for. */
export interface VoucherMember {
  readonly approval: string;
  /** Which form of the approval: how many were told before it (approved, amended or approved again). */
  readonly revision: number;
  readonly amount: Money;
}

/** Which version of a flow decided something: its name, the hash of its content, and its offset on `configuration.published`. */
export interface FlowVersion {
  readonly name: string;
  readonly hash: string;
  readonly offset: number;
}

/** What the written document must show, compared with every read-back of it. */
export interface VoucherExpectation {
  readonly amount: Money;
  /** The payee as the target knows it (bank account masked), where the operation has one. */
  readonly payee?: string;
  readonly date: string;
}

/** What may be booked once only in a company, whichever flow, source or target it comes by; compared for equality. */
export interface ExclusiveValue {
  /** What it is, e.g. `invoice` or `application`. */
  readonly name: string;
  readonly company: string;
  /** After the flow's declared normalisation. */
  readonly value: string;
}

/** A row of a code table or of master data that a flow used, as it stood when the voucher was planned. */
export interface UsedRow {
  /** A code table of the flow, or `<connection>/<kind>` of master data. */
  readonly table: string;
  /** What was looked for: column → value. */
  readonly criteria: Readonly<Record<string, string>>;
  /** The day as of which it was looked for, `yyyy-MM-dd`. */
  readonly day: string;
  /** All its columns. */
  readonly row: Readonly<Record<string, string>>;
  readonly validFrom?: string;
  readonly validTo?: string;
}

export interface PostVoucher {
  readonly voucherKey: string;
  /** The voucher's name within its subject, e.g. `payment-bill`. */
  readonly voucher: string;
  readonly revision: number;
  readonly flow: FlowVersion;
  /** Connection of the target. */
  readonly target: string;
  /** The connector's operation, e.g. `push-payment-bill`. */
  readonly operation: string;
  readonly accountingDate: string;
  readonly members: readonly VoucherMember[];
  /** Business fields of the operation, as the flow's mapping rendered them. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** Hash over all that is to be written or claimed: target, operation, payload, accounting date, expectation, exclusive values. */
  readonly fingerprint: string;
  readonly expectation: VoucherExpectation;
  /** How long a missing prerequisite in the target is waited for, in seconds. */
  readonly patienceSeconds: number;
  /** Fingerprint of the refused payload under the same key that this one takes the place of: it opens the next generation. */
  readonly replaces?: string;
  /** Id of the action that asked for the replacement or gave the day, which names the person and the reason. */
  readonly action?: string;
  /** Key of the voucher whose reversal made room for this revision. */
  readonly supersedes?: string;
  readonly exclusive?: readonly ExclusiveValue[];
  /** Each once, in the order of their use; absent when the flow looked nothing up. */
  readonly lookups?: readonly UsedRow[];
}

/** "No effective voucher under this key": unsent it is cancelled, in doubt resolved first, posted reversed. */
export interface ReverseVoucher {
  readonly voucherKey: string;
  readonly voucher: string;
  readonly revision: number;
  readonly target: string;
  readonly reason: string;
  /** Day of the reversing entry; absent in old commands: the day of the voucher itself. */
  readonly accountingDate?: string;
}

export interface WriteBack {
  readonly writeBackKey: string;
  readonly connection: string;
  /** Key of the document that gets the text. */
  readonly document: string;
  readonly text: string;
}
