import { describe, expect, it } from 'vitest';
import { faultText } from '../file/fault.js';
import { readCsv } from './read-csv.js';

function read(text: string) {
  const { table, faults } = readCsv({ name: 'accounts', file: 'tables/accounts.csv', text });
  return { table, faults: faults.map(faultText) };
}

describe('a table in CSV', () => {
  it('is as Excel saves it: a mark of UTF-8, quotes, blanks around cells, empty lines', () => {
    const { table, faults } = read('\uFEFFcode, name \r\n\r\n0010,"出租, ""打车""\r\n两行"\r\n , \r\n 20 ," x "\r\n');
    expect(faults).toEqual([]);
    expect(table.content).toEqual({
      columns: ['code', 'name'],
      rows: [
        ['0010', '出租, "打车"\r\n两行'],
        ['20', ' x '],
      ],
    });
    expect(table.rows[0]).toEqual({ columns: { code: '0010', name: '出租, "打车"\r\n两行' } });
  });

  it('may say from and to which day a row counts', () => {
    const { table, faults } = read('code,valid_from,valid_to\n1,2026-01-01,\n2,,2026-12-31\n3,,\n');
    expect(faults).toEqual([]);
    expect(table.columns).toEqual(['code']);
    expect(table.rows).toEqual([
      { columns: { code: '1' }, validFrom: '2026-01-01' },
      { columns: { code: '2' }, validTo: '2026-12-31' },
      { columns: { code: '3' } },
    ]);
  });

  it('may say one key twice: look-ups tell what that means', () => {
    expect(read('code,account\n1,a\n1,b\n').faults).toEqual([]);
  });

  it('has columns that are called as they are called', () => {
    expect(Object.entries(read('__proto__,constructor\na,b\n').table.rows[0]?.columns ?? {})).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]);
  });

  it.each([
    ['nothing', '', /^tables\/accounts\.csv:1:1: the table is empty\. Write the names/],
    ['another encoding', 'code,\uFFFD\uFFFD\n', /:1:1: the file is no UTF-8\. Save it as "CSV UTF-8" in Excel/],
    ['semicolons', 'code;name\n1;2\n', /:1:1: the columns are separated by semicolons\. Save it as "CSV UTF-8 \(comma/],
    ['tabs', '\uFEFFcode\tname\n1\t2\n', /:1:1: the columns are separated by tabs/],
    ['a column without a name', 'code,,name\n1,2,3\n', /:1:6: the column has no name/],
    ['a column twice', 'code,name,code\n1,2,3\n', /:1:11: the column "code" is there twice/],
    [
      'nearly a column of days',
      'code,Valid From\n1,2026-01-01\n',
      /:1:6: "Valid From" would be a column as any other\. Write valid_from/,
    ],
    ['too few cells', 'code,name\n1\n', /:2:2: the row has 1 cells, the header 2/],
    ['too many cells', 'code,name\n\n1,"2,3",4\n', /:3:9: the row has 3 cells, the header 2\..* double quotes/],
    [
      'a bad day',
      'code,valid_from\n"a\nb",2026-02-30\n',
      /:3:4: valid_from: "2026-02-30" is no day such as 2026-01-31/,
    ],
    ['a day of Excel', 'code,valid_to\n1,2026/12/31\n', /:2:3: valid_to: "2026\/12\/31" is no day/],
    [
      'days the wrong way',
      'valid_from,valid_to\n2026-02-01,2026-01-31\n',
      /:2:12: valid_to: the last day 2026-01-31 is before the first day/,
    ],
    ['a quote that does not end', 'code\n"1\n2\n', /:\d:\d+: no readable CSV: .*\. Put a cell with quotes/],
    ['a quote in a cell', 'code,name\n1,a "b"\n', /:2:\d+: no readable CSV: /],
  ])('with %s has a fault, with line, column and mend', (_what, text, words) => {
    const { faults } = read(text);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(words);
  });

  it('shows all its faults', () => {
    expect(read('code,valid_from,code\n1,x,2\n3\n').faults).toHaveLength(3);
  });
});
