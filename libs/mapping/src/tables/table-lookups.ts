import { type Criterion, DatedRows, type Found, type Lookups } from '@voucherline/contracts';
import type { Table } from './table.js';

/** Look-ups in a flow's own tables. */
export class TableLookups implements Lookups {
  readonly #tables: ReadonlyMap<string, DatedRows>;

  constructor(tables: Iterable<Table>) {
    this.#tables = new Map([...tables].map((table) => [table.name, new DatedRows(table.rows)]));
  }

  find(table: string, criteria: readonly Criterion[], day: string): Found {
    const rows = this.#tables.get(table)?.find(criteria, day);
    return rows === undefined ? { kind: 'unknown' } : { kind: 'rows', rows };
  }
}
