import { DatedRows, type LookupRow, type Lookups } from '@voucherline/contracts';

/** Master data as it stands in a case. A table that the case does not name was not read yet, as on the day a kind is first pulled. */
export function tablesOf(tables: ReadonlyMap<string, readonly LookupRow[]>): Lookups {
  const known = new Map([...tables].map(([name, rows]) => [name, new DatedRows(rows)]));
  return {
    find: (table, criteria, day) => {
      const rows = known.get(table)?.find(criteria, day);
      return rows === undefined ? { kind: 'pending' } : { kind: 'rows', rows };
    },
  };
}
