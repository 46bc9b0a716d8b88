import type { Criterion } from '@voucherline/contracts';
import { describe, expect, it } from 'vitest';
import { readCsv } from './read-csv.js';
import { TableLookups } from './table-lookups.js';

const text = `category,company,account,valid_from,valid_to
差旅,001,1,,2026-06-30
差旅,001,2,2026-07-01,
差旅,002,3,,
差旅,001,4,2026-07-01,2026-07-01
,001,5,,
`;
const lookups = new TableLookups([readCsv({ name: 'accounts', file: 'a.csv', text }).table]);

function accounts(criteria: Readonly<Record<string, string>>, day: string) {
  const asked: Criterion[] = Object.entries(criteria).map(([column, value]) => ({ column, value }));
  const found = lookups.find('accounts', asked, day);
  return found.kind === 'rows' ? found.rows.map(({ columns }) => columns.account) : found.kind;
}

describe('a look-up in a code table', () => {
  it.each([
    [{ category: '差旅', company: '001' }, '2026-06-30', ['1']],
    [{ company: '001', category: '差旅' }, '2026-07-01', ['2', '4']],
    [{ category: '差旅', company: '001' }, '2026-07-02', ['2']],
    [{ category: '差旅' }, '2026-07-02', ['2', '3']],
    [{ category: '' }, '2026-07-02', ['5']],
    [{ category: '差旅 ' }, '2026-07-02', []],
    [{}, '2026-06-01', ['1', '3', '5']],
  ])('of %j on %s is %j', (criteria, day, expected) => expect(accounts(criteria, day)).toEqual(expected));

  it('of another table is unknown', () => {
    expect(lookups.find('others', [], '2026-01-01')).toEqual({ kind: 'unknown' });
  });
});
