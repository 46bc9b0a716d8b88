import { describe, expect, it } from 'vitest';
import { Cursor } from '../file/cursor.js';
import type { Fault } from '../file/fault.js';
import { compileFormula } from './compile.js';
import type { Names } from './formula.js';
import { compiled, faultsOf, outcome } from './spec-scope.js';

const names: Names = { defined: new Map(), inRow: false, tables: [], columnsOf: () => undefined, dated: true };

describe('the types of a formula', () => {
  it.each([
    ['"abc" + 1', 'character 1 after the =: "+" takes a number, found a text. Write number(x)'],
    ['1 + [a] & "x" * 2', '"*" takes a number, found a text'],
    ['not [a]', '"not" takes true or false, found a field. Compare it, e.g. x = "是".'],
    ['[a] and true', '"and" takes true or false, found a field'],
    ['-"a"', '"-" takes a number, found a text'],
    ['true & "a"', '"&" takes a text, found true or false'],
    ['1 = "1"', "a number can't be compared with a text. Compare two values of one type."],
    ['[a] = true', "a field can't be compared with true or false"],
    ['[a] = ""', 'a blank field equals nothing, so this never holds. Write isBlank([name]).'],
    ['"" <> [a]', 'a blank field equals nothing'],
    ['"a" < "b"', '"<" takes a number, found a text'],
    ['[a] < [b]', 'it is not clear whether "<" compares numbers or dates'],
    ['date("2026-01-01") < 3', '"<" with a date takes a date, found a number'],
    ['if([a], 1, 2)', 'if takes true or false, found a field'],
    ['if(true, 1, "a")', 'if gives a number or a text. Let all values be of one type.'],
    ['if(true, 1)', 'if takes an odd number of arguments, at least 3. Write if(condition, value'],
    ['round(1)', 'round takes 2 to 3 arguments, found 1. Write round(x, digits[, mode]).'],
    ['round(1, 2, "halfup")', '"halfup" is no mode. Did you mean halfUp?'],
    ['round(1, 2, [a])', 'mode is not written out here'],
    ['Round(1, 2)', '"Round" is no function. Did you mean round?'],
    ['isblank([a])', 'Did you mean isBlank?'],
    ['vlookup("t")', 'Did you mean lookup?'],
    ['AND(true, false)', '"AND" is no function. Write `and` between or before values'],
    ['xyzzyxyzzy()', '"xyzzyxyzzy" is no function. FUNCTIONS.md lists them all.'],
    ['approval.titel', '"approval.titel" is not known. Did you mean approval.title?'],
    ['合计', '"合计" is not known. Write [合计] for a field, "合计" for a text, or name it with `let`.'],
    ['row.number', 'there is no row here'],
    ['share(1, [t], 1, 2)', 'share is the part of a row, and there is no row here'],
    ['1 / 0', 'this always fails: a division by zero 除数为零. Mend the constants.'],
    ['date("2026-02-30")', 'this always fails: the text for date(…) holds no date'],
    ['matches([a], "(")', 'no readable regular expression'],
    ['matches([a], [b])', 'the regular expression is not written out here'],
    ['formatDate([a], "YYYY")', '"YYYY" is no pattern. Use yyyy'],
    ['lookup("codes", "nmae", "code", [a])', 'table "codes" has no column "nmae". Did you mean name?'],
    ['lookup("cods", "name", "code", [a])', 'there is no table "cods". Did you mean codes?'],
    ['lookup("periods", "name", "code", [a])', 'there is no table "periods". Add tables/periods.csv'],
    ['lookup("codes", "name", "code", [a], "code", [b])', '"code" is named twice'],
    ['lookup("codes", "name", "code")', 'lookup takes a table, a column, and pairs'],
    ['lookup([t], "name", "code", [a])', 'the table is not written out here'],
    ['__proto__', '"__proto__" is not known'],
    ['constructor("return 1")', '"constructor" is no function'],
    ['toString()', '"toString" is no function'],
  ])('%s is a fault', (source, words) => {
    const faults = faultsOf(source);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(words);
  });

  it('gives every fault of a formula at once, with its offset in the text that begins with =', () => {
    const faults: Fault[] = [];
    expect(compileFormula('[a] + "x" & sumx(1)', new Cursor('=', faults, ['amount']), names)).toBeUndefined();
    expect(faults.map(({ path, offset }) => [path, offset])).toEqual([
      [['amount'], 7],
      [['amount'], 13],
    ]);
  });

  it('is what the place expects; a field is read as the first that it can be', () => {
    const form = { a: '1,000.50', b: null, t: [{ x: '1' }] };
    expect(outcome('[a]', { form, expected: ['number'] })).toBe('1000.5');
    expect(outcome('[a]', { form, expected: ['boolean', 'text'] })).toBe('1,000.50');
    expect(outcome('[b]', { form, expected: ['text'] })).toBe('mapping.empty-field');
    expect(outcome('[c]', { form, expected: ['text'] })).toBe('mapping.unknown-field');
    expect(outcome('[b]', { form })).toBeNull();
    expect(compiled('[t]', { expected: ['table'] }).formula?.type).toBe('table');
    expect(faultsOf('[a]', { expected: ['boolean'] })[0]).toContain('this place takes true or false, found a field');
    expect(faultsOf('1 = 1', { expected: ['text', 'number'] })[0]).toContain('takes a text or a number, found true or');
  });

  it('knows where the accounting date is not yet known', () => {
    const undated = { names: { dated: false } };
    expect(faultsOf('accountingDate', undated)[0]).toContain('the accounting date is not known here');
    expect(faultsOf('lookup("codes", "name", "code", "1")', undated)[0]).toContain(
      'Write lookupOn(approval.approvedOn',
    );
    expect(faultsOf('lookupOn(approval.approvedOn, "codes", "name", "code", "1")', undated)).toEqual([]);
  });
});

describe('what a formula says without being evaluated', () => {
  it('names what it looks up, and what it uses', () => {
    const defined = { 合计: ['number', null], other: ['field', null] } as const;
    const source = 'if(合计 > 1 and 合计 < 5, lookup("codes", "name", "code", other), lookup("a/b", "x", "y", "1"))';
    const { formula } = compiled(source, { defined });
    expect(formula?.names).toEqual(['合计', 'other']);
    expect(formula?.dated).toBe(true);
    expect(formula?.lookups).toEqual([
      { table: 'codes', columns: ['name', 'code'] },
      { table: 'a/b', columns: ['x', 'y'] },
    ]);
  });

  it('names the fields that have to hold a text for it to be true', () => {
    const { formula } = compiled('[a] = "x" and ("y" = [b] and [n] > 3) and [c] = 1 and not [d] = "z"');
    expect(formula?.asks).toEqual([
      { field: 'a', equals: 'x' },
      { field: 'b', equals: 'y' },
    ]);
    expect(compiled('[a] = "x" or [b] = "y"').formula?.asks).toEqual([]);
  });
});
