import { describe, expect, it } from 'vitest';
import { outcome } from '../spec-scope.js';

const form = {
  n: '2.5',
  t: 'a/b//c',
  day: '2026-01-31 23:59:59',
  rows: [
    { x: '1', k: 'b', d: '2026-03-01' },
    { x: '2.5', k: null, d: '2026-02-01' },
    { x: '2.5', k: 'a', d: '2026-05-01' },
    { x: '-1', k: 'b', d: '2026-04-01' },
  ],
  none: [],
};

function gives(cases: readonly (readonly [string, unknown])[]): void {
  it.each(cases)('%s gives %s', (source, value) => expect(outcome(source, { form })).toEqual(value));
}

describe('choosing', () => {
  gives([
    ['if([n] > 3, "a", [n] > 2, "b", "c")', 'b'],
    ['if([n] > 3, "a", [n] > 2.5, "b", "c")', 'c'],
    ['if([n] > 2, 1, [misspelt] + 1)', '1'],
    ['if([n] > 2, [n], 0) + 1', '3.5'],
    ['if([n] > 2, [none], [rows])', []],
    ['case([n], 2, "two", 2.5, "two and a half")', 'two and a half'],
    ['case([n], 2, "two", 3, "three")', 'mapping.no-value'],
    ['case([n], 2, "two", 3, "three", "many")', 'many'],
    ['case([misspelt], "x", 1, 2)', 'mapping.unknown-field'],
    ['[n] > 2 or [misspelt] = "x"', true],
    ['[n] < 2 and [misspelt] = "x"', false],
  ]);
});

describe('numbers', () => {
  gives([
    ['round([n], 0)', '3'],
    ['round(-[n], 0)', '-3'],
    ['round([n], 0, "halfEven")', '2'],
    ['round(-[n], 0, "halfEven")', '-2'],
    ['round(2.1, 0, "up")', '3'],
    ['round(-2.1, 0, "up")', '-3'],
    ['round(2.9, 0, "down")', '2'],
    ['round(-2.9, 0, "down")', '-2'],
    ['round(2.1, 0, "ceiling")', '3'],
    ['round(-2.9, 0, "ceiling")', '-2'],
    ['round(2.9, 0, "floor")', '2'],
    ['round(-2.1, 0, "floor")', '-3'],
    ['round(1250, -2)', '1300'],
    ['round(1.005, 2)', '1.01'],
    ['round([n], 0.5)', 'mapping.bad-argument'],
    ['round([n], 41 + [n] - [n])', 'mapping.bad-argument'],
    ['1 / 3', `0.${'3'.repeat(40)}`],
    ['2 / 3 * 3', `2.${'0'.repeat(39)}1`],
    ['[n] / ([n] - 2.5)', 'mapping.no-value'],
    ['mod([n], [n] - 2.5)', 'mapping.no-value'],
    ['mod(7.5, 2)', '1.5'],
    ['mod(7, -3)', '-2'],
    ['text(-0.001 * 0)', '0'],
    ['fixed(0 * -1, 2)', '0.00'],
    ['fixed([n], 0)', 'mapping.too-precise'],
    ['fixed(1000000000000000000000000, 1)', '1000000000000000000000000.0'],
    ['money([n])', '2.50'],
    ['money([n], "JPY")', 'mapping.too-precise'],
    ['money(3, "JPY")', '3'],
    ['money(3, "KWD")', '3.000'],
    ['money([n], "yen")', 'mapping.not-a-currency'],
    ['number([t])', 'mapping.not-an-amount'],
    ['"" & 100 & "|" & 1.50 & "|" & date("2026-1-5")', '100|1.5|2026-01-05'],
  ]);

  it('take the voucher currency that is only known in the evaluation', () => {
    expect(outcome('money(1)', { evaluation: { currency: 'JPY' } })).toBe('1');
    expect(outcome('money(1)', { evaluation: { currency: undefined } })).toBe('mapping.not-a-currency');
  });
});

describe('texts', () => {
  gives([
    ['left("𠮷野家", 1) & "|" & right("𠮷野家", 2) & "|" & mid("𠮷野家", 2, 1) & length("𠮷野家")', '𠮷|野家|野3'],
    ['left("ab", 5) & right("ab", 5) & right("ab", 0) & mid("ab", 3, 1)', 'abab'],
    ['left("ab", [n])', 'mapping.bad-argument'],
    ['left("ab", 0 - [n] * 2)', 'mapping.bad-argument'],
    ['replace([t], "/", "$&")', 'a$&b$&$&c'],
    ['split([t], "/")', ['a', 'b', '', 'c']],
    ['count(split([t], "/"))', '4'],
    ['part([t], "/", 4)', 'c'],
    ['part([t], "/", 5)', 'mapping.no-value'],
    ['padLeft("abc", 2) & padLeft("a", 4, "xy")', 'abcxyxa'],
    ['digits("１２ab34")', '34'],
    ['digits(halfwidth("１２ab34"))', '1234'],
    ['contains("abc", "B")', false],
    ['upper("ß")', 'SS'],
  ]);
});

describe('patterns', () => {
  gives([
    ['matches([t], "^b")', false],
    ['matches([t], "b")', true],
    ['matches("发票FP1", "\\p{Han}+FP\\d")', true],
    ['extract("a1b22", "\\d+")', '1'],
    ['extract("a1b22", "b(\\d)(\\d)", 2)', '2'],
    ['extract("a1b22", "b(\\d)(\\d)", 0)', 'b22'],
    ['extract([t], "\\d+")', 'mapping.no-value'],
    ['extract(text([t]), "a(x)?/")', 'mapping.no-value'],
    ['replaceAll("a1b22", "(\\d+)", "<$1$$>")', 'a<1$>b<22$>'],
    ['replaceAll("abc", "x*", "-")', '-a-b-c-'],
    ['replaceAll("𠮷a", "", "-")', '-𠮷-a-'],
    ['replaceAll("aaa", "^a", "")', 'aa'],
    ['replaceAll([t], "x", "y")', 'a/b//c'],
  ]);
});

describe('dates', () => {
  gives([
    ['date("2024-02-29") & date("2026年2月3日") & date("2026/02/3 10:00")', '2024-02-292026-02-032026-02-03'],
    ['date(left("2026-02-29x", 9 + [n] - 1.5))', 'mapping.not-a-date'],
    ['day([day]) & "/" & month([day]) & "/" & year([day])', '31/1/2026'],
    ['addDays([day], 1)', '2026-02-01'],
    ['addDays(date("2024-02-28"), 1)', '2024-02-29'],
    ['addDays(date("2000-03-01"), -1)', '2000-02-29'],
    ['addDays(date("1900-02-28"), 1)', '1900-03-01'],
    ['addDays([day], 3700000)', 'mapping.no-value'],
    ['addMonths([day], 1) & addMonths([day], -2) & addMonths([day], 12)', '2026-02-282025-11-302027-01-31'],
    ['addMonths([day], -120000)', 'mapping.no-value'],
    ['startOfMonth([day]) & endOfMonth(date("2024-02-01"))', '2026-01-012024-02-29'],
    ['daysBetween(date("2026-12-31"), [day])', '-334'],
    ['formatDate([day], "d.M.yy dd/MM/yyyy 第") & formatDate(accountingDate, "yyyyMM")', '31.1.26 31/01/2026 第202611'],
    ['[day] < date("2026-02-01") and [day] <= date("2026-01-31") and accountingDate > [day]', true],
    ['approval.approvedOn = date("2026-11-24")', true],
  ]);
});

describe('detail tables', () => {
  gives([
    ['sum([rows], [x] * 2)', '10'],
    ['sum([none], [x])', '0'],
    ['sum([rows], row.number)', '10'],
    ['sum([rows], [x] * number(form[n]))', '12.5'],
    ['sum([rows], [n])', 'mapping.unknown-field'],
    ['sum([rows], if(isMissing([n]), 1, 0))', '4'],
    ['count([rows])', '4'],
    ['count([rows], [k] = "b")', '2'],
    ['average([rows], [x])', '1.25'],
    ['average([none], [x])', 'mapping.no-value'],
    ['smallest([rows], [x]) + largest([rows], [x])', '1.5'],
    ['largest([rows], date([d]))', '2026-05-01'],
    ['smallest([rows], date([d]))', '2026-02-01'],
    ['largest([none], [x])', 'mapping.no-value'],
    ['any([rows], [x] < 0) and not all([rows], [x] > 0)', true],
    ['any([none], [x] < 0) or not all([none], [x] > 0)', false],
    ['any([rows], [x] = 1 or [misspelt] = 1)', true],
    ['first([rows], [k], [x] > 2) & ""', 'mapping.empty-field'],
    ['first([rows], [x], [k] = "a") * 2', '5'],
    ['first([rows], [k], [x] > 9)', 'mapping.no-value'],
    ['join([rows], [k], ",")', 'b,a,b'],
    ['joinDistinct([rows], [k], ",")', 'b,a'],
    ['join([rows], [misspelt], ",")', 'mapping.unknown-field'],
    ['join([rows], row.number, "")', '1234'],
    ['join([none], [k], ",")', ''],
    ['sum([rows], sum(form[rows], [x]))', '20'],
  ]);

  it('know the names of where they stand', () => {
    expect(outcome('sum([rows], [x] * factor)', { form, defined: { factor: ['field', '3'] } })).toBe('15');
  });
});

describe('share', () => {
  const three = { costs: [{ w: '1' }, { w: '1' }, { w: '1' }], other: [{ w: '1' }] };
  const shareOf = (source: string, index: number, form: object = three) =>
    outcome(source, { form: form as typeof three, row: { table: 'costs', index } });

  it('gives the digits that are left over to the largest remainders, and then to the earlier rows', () => {
    const share = (index: number) => shareOf('share(100, form[costs], [w], "CNY")', index);
    expect([share(0), share(1), share(2)]).toEqual(['33.34', '33.33', '33.33']);
    const form = { costs: [{ w: '1' }, { w: '5' }, { w: '3' }] };
    expect([0, 1, 2].map((index) => shareOf('share(-10, form[costs], [w], 0)', index, form))).toEqual([
      '-1',
      '-6',
      '-3',
    ]);
  });

  it.each([
    ['share(100.005, form[costs], [w], 2)', 'mapping.too-precise'],
    ['share(100, form[other], [w], 2)', 'mapping.bad-argument'],
    ['share(100, form[costs], [w] - 1, 2)', 'mapping.no-value'],
    ['share(0, form[costs], [w] - 1, 2)', '0'],
    ['share(100, form[costs], [w] - row.number, 2)', 'mapping.no-value'],
    ['share(100, form[costs], [w], 2.5)', 'mapping.bad-argument'],
  ])('%s gives %s', (source, value) => expect(shareOf(source, 1)).toBe(value));

  it('weighs anew where a name may mean something else in each row', () => {
    const source = 'share(10, form[costs], if(row.number = n, 1, 0), 0)';
    const at = (index: number, n: string) =>
      outcome(source, { form: three, row: { table: 'costs', index }, defined: { n: ['field', n] } });
    expect([at(0, '1'), at(1, '1'), at(1, '2')]).toEqual(['10', '0', '10']);
  });
});
