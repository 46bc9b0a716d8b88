import type { Cursor } from '../file/cursor.js';
import { isMasterData } from '../lookups/lookups.js';
import type { Tables } from '../tables/tables.js';

export const OPEN = 'open';
const STATUS: readonly string[] = [OPEN, 'closed'];
const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;

/** A table of periods has a column `period` (`2026-11`) and a column `status` (`open`, `closed`). */
export function checkPeriods(at: Cursor, name: string, tables: Tables): void {
  if (isMasterData(name)) return;
  const table = tables.table(name);
  if (table === undefined) {
    const known = tables.names.join(', ') || 'none';
    at.fault(`there is no table "${name}"`, `Write tables/${name}.csv, or choose one of: ${known}.`);
    return;
  }
  // A file without columns has a fault of its own, which is the one to mend.
  if (table.columns.length === 0) return;
  for (const column of ['period', 'status']) {
    if (table.columns.includes(column)) continue;
    at.fault(
      `the table ${name} has no column "${column}"`,
      'Write a column `period` (2026-11) and a column `status` (open or closed).',
    );
    return;
  }
  for (const { period = '', status = '' } of table.rows.map(({ columns }) => columns)) {
    if (!MONTH.test(period)) at.fault(`"${period}" in the table ${name} is no month`, 'Write it as 2026-11.');
    if (!STATUS.includes(status)) at.fault(`"${status}" in the table ${name} is no status`, 'Write open or closed.');
  }
}
