import { describe, expect, it } from 'vitest';
import { MappingProblem } from '../evaluate/problem.js';
import { compiled, formOf, outcome, scopeOf } from './spec-scope.js';

const form = {
  full: ' x ',
  amount: '1,000.50',
  day: '2026-11-24 09:30',
  nothing: null,
  empty: '',
  blanks: '  ',
  rows: [{ a: '1' }, { a: null }],
  none: [],
  noTable: null,
};

describe('missing, blank and given', () => {
  it.each([
    // Needed, so a problem.
    ['[nothing] & "a"', 'mapping.empty-field'],
    ['[blanks] & "a"', 'mapping.empty-field'],
    ['[misspelt] & "a"', 'mapping.unknown-field'],
    ['[nothing] + 1', 'mapping.empty-field'],
    ['[full] + 1', 'mapping.not-an-amount'],
    ['year([full])', 'mapping.not-a-date'],
    ['upper([rows])', 'mapping.bad-argument'],
    ['sum([full], 1)', 'mapping.not-a-table'],
    ['sum([misspelt], 1)', 'mapping.unknown-field'],
    ['sum([rows], [a])', 'mapping.empty-field'],
    ['sum([rows], [b])', 'mapping.unknown-field'],
    ['sum([noTable], [a])', '0'],
    ['[nothing] < 3', 'mapping.empty-field'],
    // Comparison: a blank field equals nothing, a missing one is a problem.
    ['[full] = "x"', true],
    ['[nothing] = "x"', false],
    ['[nothing] <> "x"', true],
    ['[blanks] = 0', false],
    ['[empty] = [nothing]', false],
    ['[misspelt] = "x"', 'mapping.unknown-field'],
    ['[misspelt] <> "x"', 'mapping.unknown-field'],
    ['"x" = [misspelt]', 'mapping.unknown-field'],
    ['[amount] = 1000.5', true],
    ['[day] = date("2026-11-24")', true],
    ['[rows] = "x"', 'mapping.bad-argument'],
    // What takes them.
    ['isBlank([nothing]) and isBlank([empty]) and isBlank([blanks]) and isBlank([misspelt])', true],
    ['isBlank([full]) or isBlank([rows])', false],
    ['isBlank([none])', true],
    ['isBlank([amount] * 2)', false],
    ['isBlank([nothing] * 2)', true],
    ['isMissing([misspelt])', true],
    ['isMissing([nothing]) or isMissing([full])', false],
    ['isMissing([misspelt] & "a")', true],
    ['isMissing(lookup("codes", "name", "code", "9"))', 'mapping.unknown-table:codes'],
    ['coalesce([nothing], [misspelt], [full])', 'x'],
    ['coalesce([nothing], 0) + 1', '1'],
    ['coalesce([amount], 0) + 1', '1001.5'],
    ['coalesce([nothing] * 2, 7)', '7'],
    ['coalesce([full] * 2, 7)', 'mapping.not-an-amount'],
    ['coalesce([nothing], "")', ''],
    ['coalesce([nothing], [empty]) & "a"', 'mapping.empty-field'],
    ['sum([rows], coalesce([a], 0))', '1'],
    ['originator.departmentName & "a"', 'mapping.missing-fact'],
    ['coalesce(originator.departmentName, "none")', 'none'],
    ['if(isBlank([nothing]), "none", [nothing])', 'none'],
  ])('%s gives %s', (source, value) => expect(outcome(source, { form })).toBe(value));

  it('finds a field by id first, then by a name that only one has', () => {
    const fields = [
      { id: 'A', name: 'same', type: 'text', value: '1' },
      { id: 'B', name: 'same', type: 'text', value: '2' },
      { id: 'C', name: 'A', type: 'text', value: '3' },
    ];
    const long = [...fields, ...formOf(Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`x${i}`, 'y'])))];
    for (const form of [fields, long]) {
      expect(outcome('[A] & [B]', { form })).toBe('12');
      expect(outcome('[same] & ""', { form })).toBe('mapping.ambiguous-field');
      expect(outcome('[same] & ""', { form, evaluation: { onMultiple: 'first' } })).toBe('1');
    }
  });

  it('says which row of a table is at fault', () => {
    const problem = (() => {
      try {
        return compiled('sum([rows], [a])').formula?.evaluate(scopeOf({ form }));
      } catch (error) {
        return error;
      }
    })();
    expect((problem as MappingProblem).fault.reason).toBe('payload.x: "a" in row 2 is empty 为空');
  });

  it('tells a tracer what was read', () => {
    const reads: unknown[] = [];
    outcome('sum([rows], coalesce([a], 0)) & form[full]', { form, evaluation: { read: (field) => reads.push(field) } });
    expect(reads).toEqual([
      { name: 'rows', value: null, rows: 2 },
      { name: 'a', value: '1', row: 1 },
      { name: 'a', value: null, row: 2 },
      { name: 'full', value: ' x ' },
    ]);
  });
});
