/**
 * One line of a voucher. Exactly one of debit and credit, in the line's currency; negative for red-letter lines. In the book
 * currency it is the book amount as well; a rounding line is such a line, of a cent or two.
 */
export interface VoucherEntry {
  /** Absent: the voucher's. */
  readonly explanation?: string;
  /** Number of the account. */
  readonly account: string;
  /** Number by dimension of the account set, e.g. `{ "FFLEX5": "BM01" }` (kingdee.md §6.1). */
  readonly dimensions?: Readonly<Record<string, string>>;
  /** ISO 4217. */
  readonly currency: string;
  /** Book currency for one unit; given exactly for lines in another currency. */
  readonly exchangeRate?: string;
  readonly debit?: string;
  readonly credit?: string;
  /**
   * The amount in the book currency (FDEBIT or FCREDIT), where it is known, e.g. as the bank charged it; of the same side and sign.
   * Absent: amount × rate, rounded to the minor unit, halves away from zero.
   */
  readonly bookAmount?: string;
}

/** What a flow gives `save-gl-voucher`, by numbers and ISO codes; no field names of Kingdee, no ids. */
export interface VoucherPayload {
  readonly accountBook: string;
  /** Absent: the accounting date of the command. */
  readonly date?: string;
  /** Number of the voucher word (记, 付 …). */
  readonly voucherGroup: string;
  readonly explanation: string;
  readonly entries: readonly VoucherEntry[];
}

/** Characters (kingdee.md §6.1). */
export const LONGEST_EXPLANATION = 250;
