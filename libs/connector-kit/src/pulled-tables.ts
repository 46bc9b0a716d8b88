import type { ConnectionContent, Lookups } from '@voucherline/contracts';
import { pulledKinds } from './ports/master-data.js';

/**
 * Master data as flows look it up. A table that was never read to its end is on its way while its connection pulls it, and unknown
 * otherwise; what was read once counts even when it is pulled no more.
 * @param connectionOf the newest published content of a connection
 */
export function pulledTables(
  masterData: Lookups,
  connectionOf: (name: string) => ConnectionContent | undefined,
): Lookups {
  const isPulled = (table: string): boolean => {
    const [name = '', ...kind] = table.split('/');
    const connection = connectionOf(name);
    return connection !== undefined && pulledKinds(connection).includes(kind.join('/'));
  };
  return {
    find: (table, criteria, day) => {
      const found = masterData.find(table, criteria, day);
      if (found.kind === 'rows') return found;
      return { kind: isPulled(table) ? 'pending' : 'unknown' };
    },
  };
}
