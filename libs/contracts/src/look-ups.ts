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

/** Kept indexes a table: flows name the columns of a look-up literally, so the sets that are asked for are few. */
const MOST_INDEXES = 16;

/** The rows of one table, indexed by each set of columns when it is first asked for. A row that lacks a column is not found by it. */
export class DatedRows {
  readonly #rows: readonly LookupRow[];
  readonly #indexes = new Map<string, ReadonlyMap<string, readonly LookupRow[]>>();

  constructor(rows: readonly LookupRow[]) {
    this.#rows = rows;
  }

  /** The rows that meet all criteria and count on the day, in the order given. */
  find(criteria: readonly Criterion[], day: string): readonly LookupRow[] {
    const asked = criteria.length > 1 ? criteria.toSorted((a, b) => (a.column < b.column ? -1 : 1)) : criteria;
    const index = this.#indexOf(asked.map(({ column }) => column));
    const rows = index.get(JSON.stringify(asked.map(({ value }) => value))) ?? [];
    return rows.filter((row) => countsOn(row, day));
  }

  #indexOf(columns: readonly string[]): ReadonlyMap<string, readonly LookupRow[]> {
    const name = JSON.stringify(columns);
    const known = this.#indexes.get(name);
    if (known !== undefined) return known;
    const index = indexed(this.#rows, columns);
    const [oldest] = this.#indexes.keys();
    if (oldest !== undefined && this.#indexes.size >= MOST_INDEXES) this.#indexes.delete(oldest);
    this.#indexes.set(name, index);
    return index;
  }
}

function indexed(rows: readonly LookupRow[], columns: readonly string[]): ReadonlyMap<string, readonly LookupRow[]> {
  const index = new Map<string, LookupRow[]>();
  for (const row of rows) {
    if (!columns.every((column) => Object.hasOwn(row.columns, column))) continue;
    const values = JSON.stringify(columns.map((column) => row.columns[column]));
    const same = index.get(values);
    if (same === undefined) index.set(values, [row]);
    else same.push(row);
  }
  return index;
}

function countsOn({ validFrom, validTo }: LookupRow, day: string): boolean {
  return (validFrom === undefined || validFrom <= day) && (validTo === undefined || day <= validTo);
}
