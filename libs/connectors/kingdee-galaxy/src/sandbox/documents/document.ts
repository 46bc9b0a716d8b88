/** Status letters of kingdee.md §4.2. */
export type Status = 'Z' | 'A' | 'B' | 'C' | 'D';

/** One row of an entry. Values are text; base data is kept by number, a dimension under `FDetailID.FFLEX5`. */
export interface StoredRow {
  readonly entryId: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** A document as the sandbox keeps it. Changes replace it. */
export interface StoredDocument {
  readonly form: string;
  readonly id: string;
  /** Empty while it is a draft (Z). */
  readonly number: string;
  readonly status: Status;
  readonly cancelled: boolean;
  readonly creator: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly auditedAt?: number;
  readonly fields: Readonly<Record<string, string>>;
  readonly entries: Readonly<Record<string, readonly StoredRow[]>>;
}

/** Where an entry's rows are; none for an unknown entity. */
export function rowsOf(document: StoredDocument, entity: string): readonly StoredRow[] {
  return document.entries[entity] ?? [];
}
