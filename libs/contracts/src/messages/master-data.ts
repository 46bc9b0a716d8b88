/** What the entries of one kind of master data at one connection share. All its messages have the table's key. */
interface OfTable {
  readonly connection: string;
  /** As the connector names it, e.g. `departments`. Look-ups call the table `<connection>/<kind>`. */
  readonly kind: string;
}

/**
 * A version of a row of master data, known by pulling it. A later version of the same code with another `validFrom` ends the
 * one before on the day before; with the same `validFrom` it takes its place.
 */
export interface MasterDataEntry extends OfTable {
  /** Unique in its table; what other documents point at it by. */
  readonly code: string;
  /** By the connector's names, as text; `code` is one of them, and the only one with `validTo`: what the version says stays. */
  readonly attributes: Readonly<Record<string, string>>;
  /** First day, `yyyy-MM-dd`; absent: since ever, because nobody knows how long a code had stood when it was first seen. */
  readonly validFrom?: string;
  /** Last day, once it was seen gone. */
  readonly validTo?: string;
  readonly seenAt: string;
}

/** A table was read from its first to its last page; all that differed stands before this on the log. */
export interface MasterDataPulled extends OfTable {
  readonly startedAt: string;
  /** Rows that the vendor showed. */
  readonly rows: number;
}
