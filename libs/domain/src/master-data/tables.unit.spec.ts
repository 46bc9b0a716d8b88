import type { AnyMessage, MasterDataEntry } from '@voucherline/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MasterDataTables } from './tables.js';

const TABLE = 'oa/departments';
const KEY = 'dingtalk/corp/masterdata/departments';

function entry(
  sequence: number,
  code: string,
  name: string,
  days: Pick<MasterDataEntry, 'validFrom' | 'validTo'> = {},
) {
  const data = { connection: 'oa', kind: 'departments', code, attributes: { code, name }, seenAt: '', ...days };
  return { ...envelope(sequence), type: 'MasterDataEntry', data } as const;
}

function pulled(sequence: number): AnyMessage {
  const data = { connection: 'oa', kind: 'departments', startedAt: '', rows: 1 };
  return { ...envelope(sequence), type: 'MasterDataPulled', data };
}

const envelope = (sequence: number) => ({ id: `m${sequence}`, source: 's', key: KEY, time: `t${sequence}`, sequence });

function tablesOf(messages: readonly AnyMessage[]): MasterDataTables {
  const tables = new MasterDataTables();
  for (const message of messages) tables.add(message);
  return tables;
}

/** Name of the row of a code on a day; undefined without one. */
function nameOn(tables: MasterDataTables, day: string, code = 'd1'): string | undefined {
  const found = tables.find(TABLE, [{ column: 'code', value: code }], day);
  if (found.kind !== 'rows') throw new Error(found.kind);
  expect(found.rows.length).toBeLessThanOrEqual(1);
  return found.rows[0]?.columns.name;
}

describe('a table of master data', () => {
  it('is unknown before its first row, pending until it was read to its end, and complete from then on', () => {
    const tables = new MasterDataTables();
    expect(tables.find(TABLE, [], '2026-01-01').kind).toBe('unknown');
    expect(tables.add(entry(1, 'd1', 'Sales'))).toBeUndefined();
    expect(tables.find(TABLE, [], '2026-01-01').kind).toBe('pending');
    expect(tables.completion(TABLE)).toBeUndefined();
    expect(tables.add(pulled(2))).toBe(TABLE);
    expect(tables.add(pulled(3))).toBeUndefined();
    expect(tables.find(TABLE, [], '2026-01-01')).toEqual({
      kind: 'rows',
      rows: [{ columns: { code: 'd1', name: 'Sales' } }],
    });
    expect(tables.completion(TABLE)).toMatchObject({ id: 'm2', time: 't2' });
    expect(tables.find('oa/users', [], '2026-01-01').kind).toBe('unknown');
  });

  it('finds the version of a row that counts on the day', () => {
    const tables = tablesOf([
      entry(1, 'd1', 'Sales'),
      entry(2, 'd1', 'Trade', { validFrom: '2026-03-01' }),
      entry(3, 'd1', 'Business', { validFrom: '2026-05-01' }),
      entry(4, 'd1', '', { validFrom: '2026-05-01', validTo: '2026-05-31' }),
      entry(5, 'd1', 'Again', { validFrom: '2026-07-01' }),
      pulled(6),
    ]);
    const days = ['1999-01-01', '2026-02-28', '2026-03-01', '2026-04-30', '2026-05-01', '2026-05-31', '2026-06-01'];
    expect(days.map((day) => nameOn(tables, day))).toEqual([
      ...['Sales', 'Sales', 'Trade', 'Trade', 'Business', 'Business', undefined],
    ]);
    expect(nameOn(tables, '2026-06-30')).toBeUndefined();
    expect(nameOn(tables, '2026-07-01')).toBe('Again');
  });

  it('lets the last word of a day count, and a row that came and went on one day on none', () => {
    const tables = tablesOf([
      entry(1, 'd1', 'Sales'),
      entry(2, 'd1', 'Trade', { validFrom: '2026-03-01' }),
      entry(3, 'd1', 'Business', { validFrom: '2026-03-01' }),
      entry(4, 'd1', '', { validFrom: '2026-03-01', validTo: '2026-02-28' }),
      pulled(5),
    ]);
    expect(nameOn(tables, '2026-02-28')).toBe('Sales');
    expect(nameOn(tables, '2026-03-01')).toBeUndefined();
  });

  it('finds rows by all criteria, in any order of these, and shows them in order of their codes', () => {
    const row = (sequence: number, code: string, attributes: Record<string, string>) => {
      const { data, ...rest } = entry(sequence, code, '');
      return { ...rest, data: { ...data, attributes: { code, ...attributes } } };
    };
    const tables = tablesOf([
      row(1, 'b', { city: 'X', kind: 'k' }),
      row(2, 'a', { city: 'X', kind: 'k' }),
      row(3, 'c', { city: 'X' }),
      pulled(4),
    ]);
    const codes = (...criteria: [string, string][]) => {
      const found = tables.find(
        TABLE,
        criteria.map(([column, value]) => ({ column, value })),
        '2026-01-01',
      );
      return found.kind === 'rows' && found.rows.map(({ columns }) => columns.code);
    };
    expect(codes(['city', 'X'])).toEqual(['a', 'b', 'c']);
    expect(codes(['city', 'X'], ['kind', 'k'])).toEqual(['a', 'b']);
    expect(codes(['kind', 'k'], ['city', 'X'])).toEqual(['a', 'b']);
    expect(codes(['kind', 'X'])).toEqual([]);
    expect(codes(['constructor', 'X'])).toEqual([]);
    expect(codes(['city', 'X'], ['city', 'Y'])).toEqual([]);
    expect(codes()).toEqual(['a', 'b', 'c']);
  });

  it('shows a change at once', () => {
    const tables = tablesOf([entry(1, 'd1', 'Sales'), pulled(2)]);
    expect(nameOn(tables, '2026-01-01')).toBe('Sales');
    tables.add(entry(3, 'd1', 'Trade', { validFrom: '2026-01-01' }));
    expect(nameOn(tables, '2026-01-01')).toBe('Trade');
  });

  it('answers 100 000 look-ups over 20 000 rows without looking at each row', () => {
    const rows = 20_000;
    const messages = Array.from({ length: rows }, (_, n) => entry(n + 1, `c${n}`, `n${n % 5_000}`));
    const tables = tablesOf([...messages, pulled(rows + 1)]);
    let found = 0;
    for (let n = 0; n < 100_000; n++) {
      const answer = tables.find(TABLE, [{ column: 'name', value: `n${n % 5_000}` }], '2026-01-01');
      if (answer.kind === 'rows') found += answer.rows.length;
    }
    // 2 × 10⁹ comparisons would meet the time limit of tests.
    expect(found).toBe(400_000);
  });

  it('is the same whatever the order and the number of its messages', () => {
    const day = fc.integer({ min: 1, max: 9 }).map((n) => `2026-03-0${n}`);
    const said = fc.record({ code: fc.constantFrom('d1', 'd2'), first: fc.boolean(), day, gone: fc.boolean() });
    const days = ['2026-01-01', ...Array.from({ length: 9 }, (_, n) => `2026-03-0${n + 1}`), '2027-01-01'];
    fc.assert(
      fc.property(
        fc.array(said, { maxLength: 8 }),
        fc.array(fc.nat()),
        fc.infiniteStream(fc.nat()),
        (all, more, order) => {
          const entries = all.map(({ code, first, day: validFrom, gone }, n) =>
            entry(n + 1, code, `${n}`, { ...(!first && { validFrom }), ...(gone && { validTo: '2026-03-05' }) }),
          );
          const messages: AnyMessage[] = [...entries, pulled(entries.length + 1), pulled(entries.length + 2)];
          const shuffled = [...messages, ...more.map((n) => messages[n % messages.length] as AnyMessage)]
            .map((message) => ({ message, place: order.next().value as number }))
            .sort((a, b) => a.place - b.place)
            .map(({ message }) => message);
          const [ordered, mixed] = [tablesOf(messages), tablesOf(shuffled)];
          for (const one of days) expect(mixed.find(TABLE, [], one)).toEqual(ordered.find(TABLE, [], one));
          expect(mixed.completion(TABLE)).toEqual(ordered.completion(TABLE));
        },
      ),
      { numRuns: 200 },
    );
  });
});
