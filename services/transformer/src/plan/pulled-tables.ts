import { pulledKinds } from '@voucherline/connector-kit';
import type { Lookups } from '@voucherline/mapping';
import type { DecisionContext } from '@voucherline/pipeline';

/** Codes of what waits for a table of master data begin so, and end with its name. */
export const TABLE_PENDING = 'mapping.table-pending:';

/**
 * Master data as flows look it up. A table that was never read to its end is on its way while its connection pulls it, and unknown
 * otherwise; what was read once counts even when it is pulled no more.
 */
export function pulledTables({ configuration, masterData }: DecisionContext): Lookups {
  const isPulled = (table: string): boolean => {
    const [connection = '', ...kind] = table.split('/');
    const content = configuration.connection(connection)?.content;
    return content !== undefined && pulledKinds(content).includes(kind.join('/'));
  };
  return {
    find: (table, criteria, day) => {
      const found = masterData.find(table, criteria, day);
      if (found.kind === 'rows') return found;
      return { kind: isPulled(table) ? 'pending' : 'unknown' };
    },
  };
}
