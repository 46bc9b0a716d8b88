import type { Lookups } from '@voucherline/contracts';

/** Where nothing is pulled: every table is unknown. */
export const noMasterData: Lookups = { find: () => ({ kind: 'unknown' }) };

/** Whether a table is `<connection>/<kind>` of master data, and not one of the flow's own. */
export function isMasterData(table: string): boolean {
  return table.includes('/');
}
