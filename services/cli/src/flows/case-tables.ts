import type { Criterion, Found, LookupRow, Lookups } from '@voucherline/mapping';

/** Master data as it stands in a case. A table that the case does not name was not read yet, as on the day a kind is first pulled. */
export function tablesOf(tables: ReadonlyMap<string, readonly LookupRow[]>): Lookups {
  return {
    find: (table, criteria, day): Found => {
      const rows = tables.get(table);
      if (rows === undefined) return { kind: 'pending' };
      return { kind: 'rows', rows: rows.filter((row) => counts(row, day) && meets(row, criteria)) };
    },
  };
}

function counts({ validFrom, validTo }: LookupRow, day: string): boolean {
  return (validFrom === undefined || validFrom <= day) && (validTo === undefined || day <= validTo);
}

function meets({ columns }: LookupRow, criteria: readonly Criterion[]): boolean {
  return criteria.every(({ column, value }) => Object.hasOwn(columns, column) && columns[column] === value);
}
