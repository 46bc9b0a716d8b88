import type { Criterion, Found, LookupRow, Lookups } from '../lookups/lookups.js';
import type { Table } from './table.js';

/** Look-ups in a flow's own tables. Each way to ask gets an index when it is first used. */
export class TableLookups implements Lookups {
  readonly #tables: ReadonlyMap<string, IndexedTable>;

  constructor(tables: Iterable<Table>) {
    this.#tables = new Map([...tables].map((table) => [table.name, new IndexedTable(table.rows)]));
  }

  find(table: string, criteria: readonly Criterion[], day: string): Found {
    const rows = this.#tables.get(table)?.rows(criteria);
    if (rows === undefined) return { kind: 'unknown' };
    return { kind: 'rows', rows: rows.filter((row) => counts(row, day)) };
  }
}

function counts({ validFrom, validTo }: LookupRow, day: string): boolean {
  return (validFrom === undefined || validFrom <= day) && (validTo === undefined || day <= validTo);
}

class IndexedTable {
  readonly #rows: readonly LookupRow[];
  readonly #indices = new Map<string, Map<string, LookupRow[]>>();

  constructor(rows: readonly LookupRow[]) {
    this.#rows = rows;
  }

  rows(criteria: readonly Criterion[]): readonly LookupRow[] {
    const sorted = criteria.toSorted((a, b) => (a.column < b.column ? -1 : 1));
    const index = this.#indexBy(sorted.map(({ column }) => column));
    return index.get(JSON.stringify(sorted.map(({ value }) => value))) ?? [];
  }

  #indexBy(columns: readonly string[]): Map<string, LookupRow[]> {
    const name = JSON.stringify(columns);
    const known = this.#indices.get(name);
    if (known !== undefined) return known;
    const index = new Map<string, LookupRow[]>();
    for (const row of this.#rows) {
      const key = JSON.stringify(columns.map((column) => row.columns[column] ?? ''));
      const alike = index.get(key);
      if (alike === undefined) index.set(key, [row]);
      else alike.push(row);
    }
    this.#indices.set(name, index);
    return index;
  }
}
