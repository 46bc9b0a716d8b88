import type { ConnectionContent } from '@voucherline/contracts';
import { expect, it } from 'vitest';
import { pulledTables } from './pulled-tables.js';

const connection = { name: 'kingdee-hq', settings: { masterData: ['accounts'] } } as unknown as ConnectionContent;
const read = {
  find: (table: string) => {
    return table === 'kingdee-hq/banks' ? { kind: 'rows' as const, rows: [] } : { kind: 'unknown' as const };
  },
};

it('a table is on its way while its connection pulls it, and unknown otherwise; what was read counts', () => {
  const tables = pulledTables(read, (name) => (name === 'kingdee-hq' ? connection : undefined));
  const kinds = ['kingdee-hq/accounts', 'kingdee-hq/banks', 'kingdee-hq/units', 'other/accounts'].map(
    (table) => tables.find(table, [], '2026-11-30').kind,
  );
  expect(kinds).toEqual(['pending', 'rows', 'unknown', 'unknown']);
});
