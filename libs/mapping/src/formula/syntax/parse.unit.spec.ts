import { describe, expect, it } from 'vitest';
import { faultsOf, outcome } from '../spec-scope.js';

const form = { 金额: '12.50', 'a]b': 'bracket', 类型: '费用' };

describe('the notation', () => {
  it.each([
    ['1 + 2 * 3', '7'],
    ['(1 + 2) * 3', '9'],
    ['2 - 1 - 1', '0'],
    ['8 / 4 / 2', '1'],
    ['-2 * -3', '6'],
    ['+2 - +1', '1'],
    ['"a" & 1 + 2', 'a3'],
    ['not 1 = 2', true],
    ['not true or true', true],
    ['true or false and false', true],
    ['"a" & "b" = "ab"', true],
    ['1 < 2 and 2 <= 2 and 3 > 2 and 3 >= 3 and 1 <> 2', true],
    ['"say ""hi"""', 'say "hi"'],
    ["'it''s' & \"'\"", "it's'"],
    ['[a]]b]', 'bracket'],
    ['[ 金额 ] + 1', '13.5'],
    ['form[金额] + 1', '13.5'],
    ['if(\n  [类型] = "费用",\t1,\u3000 2)', '1'],
    ['0.1 + 0.2 = 0.3', true],
  ])('%s gives %s', (source, value) => expect(outcome(source, { form })).toBe(value));

  it.each([
    ['', 'character 1 after the =: the formula is empty. Write one after the =.'],
    ['1 +', 'character 4 after the =: the formula ends, expected a value. Look for a missing'],
    ['(1', 'character 3 after the =: the formula ends, expected ")", "," or an operator.'],
    ['1 2', 'character 3 after the =: found "2", expected an operator or the end.'],
    ['"abc', 'character 1 after the =: this text does not end. Close it with ".'],
    ['[abc', "character 1 after the =: this field's name does not end. Close it with ]."],
    ['[ ]', 'character 1 after the =: a field without a name.'],
    ['1 == 2', 'character 3 after the =: "==" is not known here. Write =.'],
    ['1 != 2', 'Write <>.'],
    ['true && false', 'Write and.'],
    ['6%', 'Write / 100.'],
    ['“abc”', '"“" is not known here. Write ".'],
    ['if（true，1，2）', 'character 3 after the =: "（" is a full-width character. Write (.'],
    ['1 # 2', '"#" is not known here. Remove it, or put it into quotes.'],
    ['if(true; 1; 2)', '";" is not known here. Write ,.'],
    ['1 < 2 < 3', 'comparisons do not follow each other. Join them by `and`.'],
    ['true AND false', 'found "AND", expected an operator or the end. Did you mean and?'],
    ['row[a]', '"row[…]" is not known. Write [name], or form[name]'],
    ['1.', '"." is not known here'],
    ['😀', '"😀" is not known here'],
    [`1${'0'.repeat(40)}`, 'the number has more than 40 digits before or 20 after its point.'],
    [`0.${'0'.repeat(20)}1`, 'the number has more than 40 digits before or 20 after its point.'],
  ])('%s is a fault', (source, words) => {
    const faults = faultsOf(source);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(words);
  });
});
