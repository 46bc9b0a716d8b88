/** A row of a code table or of master data: its columns as text, and the days (`yyyy-MM-dd`, both inclusive) on which it counts. */
export interface LookupRow {
  readonly columns: Readonly<Record<string, string>>;
  /** Absent: since ever. */
  readonly validFrom?: string;
  /** Absent: still. */
  readonly validTo?: string;
}

/** One condition: the column holds exactly this text. All conditions of a look-up have to hold. */
export interface Criterion {
  readonly column: string;
  readonly value: string;
}

/** `pending`: the table exists, but was not yet read to its end. `unknown`: there is no such table. */
export type Found =
  | { readonly kind: 'rows'; readonly rows: readonly LookupRow[] }
  | { readonly kind: 'pending' }
  | { readonly kind: 'unknown' };

/** Where look-ups find rows. The same arguments give the same answer for as long as what is behind it stands still. */
export interface Lookups {
  /** The rows that meet all criteria and count on the day, in the table's own order. */
  find(table: string, criteria: readonly Criterion[], day: string): Found;
}

/** Where nothing is pulled: every table is unknown. */
export const noMasterData: Lookups = { find: () => ({ kind: 'unknown' }) };

/** Whether a table is `<connection>/<kind>` of master data, and not one of the flow's own. */
export function isMasterData(table: string): boolean {
  return table.includes('/');
}
