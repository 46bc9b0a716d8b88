import type { Found, Lookups, UsedRow } from '@voucherline/contracts';
import { describe, expect, it } from 'vitest';
import { MappingProblem } from '../../evaluate/problem.js';
import { evaluated, outcome, type Surroundings } from '../spec-scope.js';

const ROW = { columns: { code: 'A', name: ' Alpha ', rate: '1.5', blank: '' }, validFrom: '2026-01-01' };
const form = { code: 'A', long: 'x'.repeat(70), nothing: null };

function finding(found: Found): Lookups {
  return { find: () => found };
}

const names = { columnsOf: () => ['code', 'name', 'rate', 'blank'] };

function from(found: Found, more: Surroundings = {}): Surroundings {
  return { form, names, lookups: finding(found), ...more };
}

function faultOf(source: string, surroundings: Surroundings) {
  try {
    return evaluated(source, surroundings);
  } catch (error) {
    if (error instanceof MappingProblem) return error.fault;
    throw error;
  }
}

const row: Found = { kind: 'rows', rows: [ROW] };
const NAME = 'lookup("codes", "name", "code", [code])';

describe('a look-up', () => {
  it('asks by all its columns as of the day, and says which row it used', () => {
    const asked: unknown[] = [];
    const used: UsedRow[] = [];
    const lookups: Lookups = {
      find: (...args) => {
        asked.push(args);
        return row;
      },
    };
    const evaluation = { use: (row: UsedRow) => void used.push(row) };
    const source = `${NAME} & lookupOn(date("2026-02-03"), "codes", "rate", "code", [code], "name", 1.50)`;
    expect(outcome(source, { form, names, lookups, evaluation })).toBe('Alpha1.5');
    expect(asked).toEqual([
      ['codes', [{ column: 'code', value: 'A' }], '2026-11-30'],
      [
        'codes',
        [
          { column: 'code', value: 'A' },
          { column: 'name', value: '1.5' },
        ],
        '2026-02-03',
      ],
    ]);
    expect(used[0]).toEqual({
      table: 'codes',
      criteria: { code: 'A' },
      day: '2026-11-30',
      row: ROW.columns,
      validFrom: '2026-01-01',
    });
  });

  it('gives what a column holds, as a field would', () => {
    expect(outcome('lookup("codes", "rate", "code", [code]) * 2', from(row))).toBe('3');
    expect(outcome('lookup("codes", "blank", "code", [code]) & ""', from(row))).toBe('mapping.empty-field');
    expect(outcome('coalesce(lookup("codes", "blank", "code", [code]), "none")', from(row))).toBe('none');
    expect(outcome('lookup("codes", "name", "code", [nothing])', from(row))).toBe('mapping.empty-field');
  });

  it('without a row names table, columns, values, day and the mend', () => {
    expect(faultOf(NAME, from({ kind: 'rows', rows: [] }))).toEqual({
      code: 'mapping.no-code:codes:A',
      path: 'payload.x',
      reason: 'payload.x: table "codes" has no row for code = A on 2026-11-30 没有符合条件的行',
      owner: 'finance',
      nextStep:
        "Add the row to tables/codes.csv and publish, with `from` not after the approval; then `voucherline parked release --cause 'mapping.no-code:codes:A'`. " +
        '请在编码表 tables/codes.csv 中补充该行并发布（`from` 不晚于审批结束日），然后执行上述命令放行。',
    });
    const source = 'lookup("kingdee-hq/departments", "name", "code", [code], "name", [long])';
    expect(faultOf(source, from({ kind: 'rows', rows: [] }))).toMatchObject({
      code: `mapping.no-code:kingdee-hq/departments:A+${'x'.repeat(58)}`,
      owner: 'administrator',
      nextStep: expect.stringContaining('among the departments of the system behind kingdee-hq'),
    });
  });

  it('without a row is missing', () => {
    const nothing = from({ kind: 'rows', rows: [] });
    expect(outcome(`coalesce(${NAME}, "none")`, nothing)).toBe('none');
    expect(outcome(`isMissing(${NAME})`, nothing)).toBe(true);
    expect(outcome(`isMissing(${NAME})`, from(row))).toBe(false);
  });

  it('with several rows is a problem unless the first is asked for', () => {
    const two = from({ kind: 'rows', rows: [ROW, { columns: { code: 'A', name: 'Beta' } }] });
    expect(outcome(NAME, two)).toBe('mapping.ambiguous-code:codes:A');
    expect(outcome(NAME, { ...two, evaluation: { onMultiple: 'first' } })).toBe('Alpha');
    expect(outcome(`coalesce(${NAME}, "none")`, two)).toBe('mapping.ambiguous-code:codes:A');
  });

  it('waits for a table that is being read, and refuses one that nobody reads', () => {
    expect(faultOf(NAME, from({ kind: 'pending' }))).toMatchObject({
      code: 'mapping.table-pending:codes',
      owner: 'operations',
    });
    expect(outcome(`coalesce(${NAME}, "none")`, from({ kind: 'pending' }))).toBe('mapping.table-pending:codes');
    expect(outcome(NAME, from({ kind: 'unknown' }))).toBe('mapping.unknown-table:codes');
  });
});
