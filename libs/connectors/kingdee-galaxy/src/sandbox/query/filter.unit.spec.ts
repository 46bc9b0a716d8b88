import { describe, expect, it } from 'vitest';
import { GalaxyRefusal } from '../reply.js';
import { fieldsOf, parseFilter } from './filter.js';

const equals = (field: string, value: string) => ({ kind: 'compare', field, operator: '=', value });

describe('a FilterString', () => {
  it('binds "and" tighter than "or", and takes parentheses', () => {
    expect(parseFilter("FA='1' or FB='2' and FC='3'")).toEqual({
      kind: 'or',
      parts: [equals('FA', '1'), { kind: 'and', parts: [equals('FB', '2'), equals('FC', '3')] }],
    });
    expect(parseFilter("(FA='1' or FB='2') AND FC='3'")).toMatchObject({ kind: 'and', parts: [{ kind: 'or' }, {}] });
  });

  it('takes quotes doubled', () => {
    expect(parseFilter("FREMARK='it''s' ")).toEqual(equals('FREMARK', "it's"));
  });

  it('takes what hubs use', () => {
    expect(
      parseFilter("FDate >= '2024-01-01' and FID<>5 and FNumber like '66%' and F_X in ('a', 'b') and FY not in (1)"),
    ).toEqual({
      kind: 'and',
      parts: [
        { kind: 'compare', field: 'FDate', operator: '>=', value: '2024-01-01' },
        { kind: 'compare', field: 'FID', operator: '<>', value: '5' },
        { kind: 'like', field: 'FNumber', pattern: '66%', negated: false },
        { kind: 'in', field: 'F_X', values: ['a', 'b'], negated: false },
        { kind: 'in', field: 'FY', values: ['1'], negated: true },
      ],
    });
    expect(fieldsOf(parseFilter("FA='1' or (FB='2' and FC='3')"))).toEqual(['FA', 'FB', 'FC']);
    expect(parseFilter('  ')).toBeUndefined();
  });

  it.each(["FA='1", "FA=='1'", "FA='1' FB", "(FA='1'", 'FA in ()', 'FA', "FA='1'; drop", "'1'=FA"])(
    'is refused: %s',
    (text) => {
      expect(() => parseFilter(text)).toThrow(GalaxyRefusal);
    },
  );
});
