import { sourcePure } from '@voucherline/connectors/pure';
import type { AnyMessage } from '@voucherline/contracts';
import { MasterDataTables } from '@voucherline/domain';
import { configurationOf } from '@voucherline/pipeline';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CORP } from '../fixtures/dingtalk-instance.js';
import { StageHarness } from '../fixtures/harness.js';
import { publishedConnection } from '../fixtures/published.js';
import { DEPARTMENTS, fakeMasterData, goneRow, pulledRow, walkedTable } from '../fixtures/pulled-rows.js';
import { normaliseStage } from './normalise-stage.js';

const configuration = configurationOf([publishedConnection('dingtalk-main', 'dingtalk', CORP)]);
const stageWith = (masterDataOf = () => fakeMasterData as typeof fakeMasterData | undefined) => {
  return normaliseStage({ configuration, sourceOf: sourcePure, masterDataOf });
};
const harness = () => new StageHarness(stageWith(), configuration);
/** Days and hours of March in UTC; the connection is eight hours ahead. */
const at = (day: number, hour = 0) => new Date(Date.UTC(2026, 2, day, hour)).toISOString();

function nameOn(messages: readonly AnyMessage[], day: string, code = 'd1') {
  const tables = new MasterDataTables();
  messages.forEach((message, n) => {
    tables.add({ ...message, sequence: n + 1 });
  });
  const found = tables.find('dingtalk-main/departments', [{ column: 'code', value: code }], day);
  return found.kind === 'rows' ? found.rows.map(({ columns }) => columns.name) : found.kind;
}

describe('a table that the collector pulls', () => {
  it('becomes entries with days of the connection’s time zone, and a word for each walk', () => {
    const run = harness();
    run.take(pulledRow('d1', { name: 'Sales' }, at(1)));
    expect(nameOn(run.said, '2026-03-01')).toBe('pending');
    run.take(walkedTable(at(1)));
    // In Shanghai it is the 3rd.
    run.take(pulledRow('d1', { name: 'Trade' }, at(2, 17)));
    run.take(goneRow('d1', at(4)));
    run.take(walkedTable(at(4)));
    expect(nameOn(run.said, '1999-01-01')).toEqual(['Sales']);
    expect(nameOn(run.said, '2026-03-02')).toEqual(['Sales']);
    expect(nameOn(run.said, '2026-03-03')).toEqual(['Trade']);
    expect(nameOn(run.said, '2026-03-04')).toEqual([]);
    expect(run.said.map(({ type, time }) => [type, time])).toEqual([
      ['MasterDataEntry', at(1)],
      ['MasterDataPulled', at(1)],
      ['MasterDataEntry', at(2, 17)],
      ['MasterDataEntry', at(4)],
      ['MasterDataPulled', at(4)],
    ]);
    expect(run.said.at(-1)).toMatchObject({ data: { rows: 0 } });
  });

  it('goes on without a row that can not be read, and takes that when it can', () => {
    const run = harness();
    run.take(pulledRow('d1', { name: 'Sales' }, at(1)));
    run.take(pulledRow('d1', { broken: 'is no text' }, at(3)));
    run.take(pulledRow('d2', { name: 'Office' }, at(3)));
    run.take(walkedTable(at(3)));
    expect(run.blocked(DEPARTMENTS)).toMatchObject({
      code: 'masterdata.unreadable-row:d1',
      reason: expect.stringContaining('d1: name: is no text'),
      owner: 'administrator',
    });
    expect(nameOn(run.said, '2026-03-09')).toEqual(['Sales']);
    expect(nameOn(run.said, '2026-03-09', 'd2')).toEqual(['Office']);
    run.take(pulledRow('d1', { name: 'Trade' }, at(5)));
    expect(run.blocked(DEPARTMENTS)).toBeUndefined();
    expect(nameOn(run.said, '2026-03-09')).toEqual(['Trade']);
  });

  it('is refused where connection, connector or table are not what they should be', () => {
    const row = pulledRow('d1', { name: 'Sales' }, at(1));
    if (row.type !== 'DocumentCollected') throw new Error('no row');
    const take = (message: AnyMessage) => () => harness().take(message);
    expect(take({ ...row, data: { ...row.data, connection: 'gone' } })).toThrow(/connection gone is not published/);
    expect(take({ ...row, key: DEPARTMENTS.replace('departments', 'users') })).toThrow(/was collected under/);
    const without = new StageHarness(
      stageWith(() => undefined),
      configuration,
    );
    expect(() => without.take(row)).toThrow(/dingtalk shows no master data in this version/);
    const run = harness();
    run.take({ ...row, data: { ...row.data, document: row.data.document.replace('d1', 'd2') } });
    expect(run.blocked(DEPARTMENTS)?.reason).toContain('d2: the content is of row d1');
  });

  it('gives the same entries however the rows are mixed and repeated, each row in its order', () => {
    const rows = ['d1', 'd2', 'd3'];
    const history = (code: string): readonly AnyMessage[] => [
      pulledRow(code, { name: 'A' }, at(1)),
      pulledRow(code, { name: 'B' }, at(3)),
      goneRow(code, at(5)),
      pulledRow(code, { name: 'B' }, at(7)),
    ];
    const entriesOf = (messages: readonly AnyMessage[]) => {
      const run = harness();
      for (const message of messages) run.take(message);
      return [...run.said].sort((a, b) => (a.id < b.id ? -1 : 1));
    };
    const expected = entriesOf(rows.flatMap(history));
    expect(expected).toHaveLength(12);
    fc.assert(
      fc.property(fc.array(fc.record({ row: fc.nat(2), again: fc.boolean() }), { maxLength: 40 }), (picks) => {
        const left = rows.map((code) => [...history(code)]);
        const messages: AnyMessage[] = [];
        for (const { row, again } of picks) {
          const next = left[row]?.shift();
          if (next !== undefined) messages.push(next);
          const earlier = again ? messages[messages.length >> 1] : undefined;
          if (earlier !== undefined) messages.push(earlier);
        }
        expect(entriesOf([...messages, ...left.flat()])).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });
});
