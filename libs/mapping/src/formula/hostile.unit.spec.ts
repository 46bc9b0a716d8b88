import { describe, expect, it } from 'vitest';
import { compiled, type FormSketch, faultsOf, outcome } from './spec-scope.js';

const rows = (count: number): FormSketch[] => Array.from({ length: count }, () => ({ x: '1' }));
const long = 'a'.repeat(20_000);
const form = { long, n: '12', nearly: `${'a'.repeat(19_999)}!` };

describe('hostile formulas', () => {
  it.each([
    ['parentheses', `${'('.repeat(1_900)}1${')'.repeat(1_900)}`],
    ['signs', `${'-'.repeat(3_000)}1`],
    ['negations', `${'not '.repeat(900)}true`],
    ['calls', `${'abs('.repeat(700)}1${')'.repeat(700)}`],
    ['open parentheses', '('.repeat(3_999)],
    ['brackets', '['.repeat(3_999)],
    ['quotes', '"'.repeat(3_999)],
    ['arguments', `max(${Array.from({ length: 201 }, () => '1').join(',')})`],
    ['digits', '9'.repeat(3_000)],
    ['a megabyte', 'a'.repeat(1_000_000)],
    ['a megabyte of text', `"${'a'.repeat(1_000_000)}"`],
    ['an exponent', '1e999999999'],
    ['a power of constants', '9999999999 * 9999999999 * 9999999999 * 9999999999 * 9999999999'],
    ['a padding of constants', 'padLeft("a", 1000000000)'],
    ['a repetition in a pattern', 'matches([long], "((a{1,900}){1,900}){1,900}")'],
    ['many repetitions in a pattern', `matches([long], "${'(a{1,99})'.repeat(100)}")`],
    ['a long pattern', `matches([long], "${'a'.repeat(401)}")`],
    ['a nested pattern', `matches([long], "${'('.repeat(1_500)}a${')'.repeat(1_500)}")`],
    ['a look-around', 'matches([long], "(?=a)a")'],
    ['a back-reference', 'matches([long], "(a)\\1")'],
  ])('%s are refused', (_, source) => expect(faultsOf(source).length).toBeGreaterThan(0));

  it.each([
    ['long sums', Array.from({ length: 1_000 }, () => '[n]').join('+'), '12000'],
    ['long products', Array.from({ length: 30 }, () => '[n]').join('*'), (12n ** 30n).toString()],
    ['long conditions', `if(${Array.from({ length: 390 }, () => '[n]=12').join(' or ')}, "a", "b")`, 'a'],
    ['long texts', Array.from({ length: 1_000 }, () => '[n]').join('&'), '12'.repeat(1_000)],
    ['long chains of signs and operators', Array.from({ length: 1_900 }, () => '1').join('-'), '-1898'],
  ])('%s are evaluated', (_, source, value) => expect(outcome(source, { form })).toBe(value));

  it.each([
    ['a product', Array.from({ length: 50 }, () => '[n]').join('*')],
    ['a joined text', '[long] & [long]'],
    ['a padding', 'padLeft("a", [n] * 100000000)'],
    ['a replacement', 'replace([long], "a", "aaaaaaaaaa")'],
    ['a replacement by a pattern', 'replaceAll([long], "a", "$0$0$0$0")'],
    ['a replacement that looks ahead each time', 'replaceAll([long], "a(.*b)?", "x")'],
    ['one of constants', 'replaceAll(padLeft("a", 20000, "a"), "a(.*b)?", "x")'],
    ['a normalised text', 'halfwidth(replace([long], "a", "ﷺ"))'],
    ['a text in capitals', 'upper(replace([long], "a", "ΐ"))'],
    [
      'many patterns',
      `if(${Array.from({ length: 90 }, (_, i) => `matches([long], "(a+)+${i}$")`).join(' or ')}, 1, 2)`,
    ],
  ])('%s that is too long ends at a limit', (_, source) => expect(outcome(source, { form })).toBe('mapping.limit'));

  it('fields that are too long end at a limit', () => {
    expect(outcome('[x] & ""', { form: { x: 'a'.repeat(20_001) } })).toBe('mapping.limit');
    expect(outcome('[x] + 1', { form: { x: '9'.repeat(5_000) } })).toBe('mapping.not-an-amount');
    expect(outcome('[x] + 1', { form: { x: '1e400' } })).toBe('mapping.not-an-amount');
    expect(outcome('count([x])', { form: { x: rows(100_000) } })).toBe('mapping.limit');
  });

  it('texts of many rows end at a limit', () => {
    const form = { t: rows(2_000), long };
    expect(outcome('join([t], form[long], form[long])', { form })).toBe('mapping.limit');
    expect(outcome('joinDistinct([t], form[long], ",")', { form })).toBe(long);
  });

  it('aggregates inside each other end at a limit', () => {
    const form = { t: rows(2_000) };
    expect(outcome('sum([t], [x])', { form })).toBe('2000');
    expect(outcome('sum([t], sum(form[t], [x]))', { form })).toBe('mapping.limit');
    expect(outcome('sum([t], count(form[t], any(form[t], [x] = 2)))', { form })).toBe('mapping.limit');
    expect(outcome('join([t], share(100, form[t], [x], 2), "")', { form })).toContain('0.05');
  });

  it('patterns take time in proportion to the text', () => {
    // A backtracking engine would not end in this universe.
    expect(outcome('matches([nearly], "^(a+)+$")', { form })).toBe(false);
    expect(outcome('matches([nearly], "^(a|aa)+$")', { form })).toBe(false);
    expect(outcome('matches([nearly], "(.*)*x")', { form })).toBe(false);
  });

  it('names of every object are names like others', () => {
    const names = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '__defineGetter__'];
    for (const name of names) {
      expect(faultsOf(name)).toHaveLength(1);
      expect(faultsOf(`${name}(1)`)).toHaveLength(1);
      expect(faultsOf(`round(1, 2, "${name}")`)).toHaveLength(1);
      expect(faultsOf(`formatDate(date("2026-01-01"), "${name}")`)).toHaveLength(1);
      expect(outcome(`[${name}] & ""`)).toBe('mapping.unknown-field');
      const lookups = { find: () => ({ kind: 'rows', rows: [{ columns: {} }] }) as const };
      const found = outcome(`lookup("a/b", "${name}", "${name}", "1") & ""`, { lookups });
      expect(found).toBe('mapping.empty-field');
    }
    expect(faultsOf('"a".length')).toHaveLength(1);
    expect(faultsOf('[a].constructor')).toHaveLength(1);
    expect(compiled('digitsOf("__proto__")').formula).toBeUndefined();
  });
});
