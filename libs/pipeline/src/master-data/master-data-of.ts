import { type AnyMessage, factId } from '@voucherline/contracts';
import { ListenedTables, type LiveMasterData } from './live.js';

/** Rows of a table for a test, by `<connection>/<kind>`: as they stand since ever. */
export type TablesForTest = Readonly<
  Record<string, readonly (Readonly<Record<string, string>> & { readonly code: string })[]>
>;

/** Master data that stands still, for tests: these tables are complete, and there are no others. */
export function masterDataOf(tables: TablesForTest = {}): LiveMasterData {
  const known = new ListenedTables();
  for (const [table, rows] of Object.entries(tables)) {
    for (const message of masterDataMessages(table, rows)) known.take(message);
  }
  return known;
}

/** What is said about a table that is pulled for the first time. */
export function masterDataMessages(
  table: string,
  rows: readonly (Readonly<Record<string, string>> & { readonly code: string })[],
): readonly AnyMessage[] {
  const [connection = '', kind = ''] = table.split('/');
  const time = '2026-01-01T00:00:00Z';
  const envelope = (sequence: number) => {
    return { id: factId(table, sequence), source: 'test', key: `p/a/masterdata/${kind}`, time, sequence };
  };
  const entries = rows.map((row, n): AnyMessage => {
    const data = { connection, kind, code: row.code, attributes: row, seenAt: time };
    return { ...envelope(n + 1), type: 'MasterDataEntry', data };
  });
  const data = { connection, kind, startedAt: time, rows: rows.length };
  return [...entries, { ...envelope(rows.length + 1), type: 'MasterDataPulled', data }];
}
