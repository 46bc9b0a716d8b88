import { type AnyMessage, type MasterDataEntry, rawContent } from '@voucherline/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { missingEntries, type ReadRow } from './missing.js';
import { nothingPulled, type PulledParts, withEntry, withPulled, withRowReading, withWalkOf } from './subject.js';
import type { RowFound } from './table.js';

const KEY = 'dingtalk/corp/masterdata/departments';
const at = (hour: number) => new Date(Date.UTC(2026, 2, 1, hour)).toISOString();
const dayOf = (hour: number) => at(hour).slice(0, 10);
const row = (code: string, name: string): RowFound => ({ kind: 'row', attributes: { code, name } });
const bad = (text: string): RowFound => ({
  kind: 'unreadable',
  content: rawContent(Buffer.from(text)),
  fault: `no ${text}`,
});
const gone: RowFound = { kind: 'gone' };
const neverRead: ReadRow = (_, content) => ({ kind: 'unreadable', content, fault: `no ${content.data}` });

/** The parts of a table, with what is due said at once, as the runner does. */
class Table {
  parts: PulledParts = nothingPulled;
  readonly said: AnyMessage[] = [];
  read = neverRead;

  reads(hour: number, code: string, found: RowFound): this {
    this.parts = withRowReading(this.parts, 'oa', code, { at: at(hour), day: dayOf(hour), found });
    return this.#decide();
  }

  walked(hour: number): this {
    this.parts = withWalkOf(this.parts, 'oa', at(hour));
    return this.#decide();
  }

  blocked() {
    return this.#missing().blocked;
  }

  /** Decides again, as after a release. */
  again(): this {
    return this.#decide();
  }

  entries() {
    return this.said.flatMap(({ data }) => ('attributes' in data ? [short(data)] : []));
  }

  pulls() {
    return this.said.flatMap(({ data, type }) => (type === 'MasterDataPulled' ? [data] : []));
  }

  #decide(): this {
    for (const draft of this.#missing().messages) {
      const message = { ...draft, source: 'n', key: KEY } as AnyMessage;
      this.said.push(message);
      this.parts = folded(this.parts, message);
    }
    expect(this.#missing().messages).toEqual([]);
    return this;
  }

  #missing() {
    const table = this.parts.tables.oa;
    return table === undefined ? { messages: [] } : missingEntries(KEY, 'oa', table, this.read);
  }
}

function folded(parts: PulledParts, message: AnyMessage): PulledParts {
  if (message.type === 'MasterDataEntry') return withEntry(parts, message.data);
  return message.type === 'MasterDataPulled' ? withPulled(parts, message.data) : parts;
}

function short({ code, attributes, validFrom, validTo }: MasterDataEntry): string {
  return [code, attributes.name ?? '-', `${validFrom ?? ''}..${validTo ?? ''}`].join(' ');
}

describe('a table that is pulled', () => {
  it('says first, changed, gone and seen again with the days on which each counts', () => {
    const table = new Table();
    table.reads(1, 'd1', row('d1', 'Sales')).reads(30, 'd1', row('d1', 'Trade')).reads(60, 'd1', gone);
    table.reads(90, 'd1', row('d1', 'Trade'));
    expect(table.entries()).toEqual([
      'd1 Sales ..',
      'd1 Trade 2026-03-02..',
      'd1 - 2026-03-02..2026-03-02',
      'd1 Trade 2026-03-04..',
    ]);
  });

  it('says nothing of what is unchanged, repeated or late, and nothing of a row that went before it was seen', () => {
    const table = new Table();
    table.reads(2, 'd1', row('d1', 'Sales'));
    const { said } = table;
    table.reads(2, 'd1', row('d1', 'Sales')).reads(3, 'd1', row('d1', 'Sales')).reads(1, 'd1', row('d1', 'Old'));
    table.reads(4, 'd2', gone);
    expect(said).toHaveLength(1);
  });

  it('says each walk once, after the rows, with the rows that the vendor showed', () => {
    const table = new Table();
    table.reads(1, 'd1', row('d1', 'A')).reads(1, 'd2', bad('x')).reads(1, 'd3', row('d3', 'C')).walked(1);
    table.reads(5, 'd3', gone).walked(5).walked(5).walked(3);
    expect(table.pulls()).toEqual([
      { connection: 'oa', kind: 'departments', startedAt: at(1), rows: 3 },
      { connection: 'oa', kind: 'departments', startedAt: at(5), rows: 2 },
    ]);
    expect(table.said.map(({ type }) => type)).toEqual([
      ...['MasterDataEntry', 'MasterDataEntry', 'MasterDataPulled', 'MasterDataEntry', 'MasterDataPulled'],
    ]);
  });

  it('sets a row aside that can not be read, as it was, and goes on with the others', () => {
    const table = new Table();
    table.reads(1, 'd1', row('d1', 'A')).reads(30, 'd1', bad('x')).reads(30, 'd2', row('d2', 'B')).walked(30);
    expect(table.entries()).toEqual(['d1 A ..', 'd2 B ..']);
    expect(table.pulls()).toHaveLength(1);
    expect(table.blocked()).toMatchObject({
      code: 'masterdata.unreadable-row:d1',
      reason: expect.stringMatching(/oa\/departments can't be read and stay as they were .*: d1: no x/),
    });
    table.reads(60, 'd1', row('d1', 'A'));
    expect(table.blocked()).toBeUndefined();
    expect(table.entries()).toHaveLength(2);
  });

  it('reads a row again when it is decided again, by a version that can', () => {
    const table = new Table();
    table.reads(1, 'd1', row('d1', 'A')).reads(30, 'd1', bad('x'));
    table.read = (_, { data }) => ({ kind: 'row', attributes: { code: 'd1', name: `read ${data}` } });
    table.again();
    expect(table.entries()).toEqual(['d1 A ..', 'd1 read x 2026-03-02..']);
    expect(table.blocked()).toBeUndefined();
  });

  it('stops when most rows can not be read', () => {
    const table = new Table();
    const read = () => {
      for (let n = 0; n < 300; n++) table.reads(1, `d${n}`, bad('x'));
    };
    expect(read).toThrow(/more than 200 rows can't be read/);
  });

  it('keeps hashes of what was said, whatever rows are called', () => {
    const table = new Table();
    const codes = ['__proto__', 'constructor', '1', 'd/ä'];
    for (const code of codes) table.reads(1, code, row(code, 'A long name of a department'));
    table.parts = JSON.parse(JSON.stringify(table.parts));
    for (const code of codes) table.reads(2, code, row(code, 'B'));
    expect(table.entries()).toHaveLength(8);
    expect(JSON.stringify(table.parts)).not.toContain('department');
  });

  it('keeps the tables of two connections to one account apart', () => {
    const table = new Table();
    table.reads(1, 'd1', row('d1', 'A'));
    const other = withRowReading(table.parts, 'other', 'd1', { at: at(2), day: dayOf(2), found: row('d1', 'A') });
    expect(missingEntries(KEY, 'other', other.tables.other ?? never(), neverRead).messages).toHaveLength(1);
    expect(other.tables.oa).toBe(table.parts.tables.oa);
  });

  it('is known the same from the log: what was said first, then what was read; and a repetition says nothing', () => {
    const found = fc.oneof(
      fc.constantFrom('A', 'B', 'C').map((name) => (code: string) => row(code, name)),
      fc.constant(() => gone),
      fc.constant(() => bad('x')),
    );
    const reading = fc.record({ code: fc.constantFrom('d1', 'd2'), found, walk: fc.boolean() });
    fc.assert(
      fc.property(fc.array(reading, { maxLength: 12 }), fc.array(fc.nat({ max: 11 })), (readings, repeats) => {
        const live = new Table();
        const take = (table: Table, hour: number) => {
          const one = readings[hour];
          if (one === undefined) return;
          if (one.walk) table.walked(hour);
          else table.reads(hour, one.code, one.found(one.code));
        };
        readings.forEach((_, hour) => {
          take(live, hour);
          for (const earlier of repeats) if (earlier < hour) take(live, earlier);
        });
        const rebuilt = new Table();
        rebuilt.parts = live.said.reduce(folded, nothingPulled);
        readings.forEach((_, hour) => {
          take(rebuilt, hour);
        });
        expect(rebuilt.said).toEqual([]);
        expect(rebuilt.parts).toEqual(live.parts);
      }),
      { numRuns: 300 },
    );
  });
});

function never(): never {
  throw new Error('there is no such table');
}
