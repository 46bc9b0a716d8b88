import { rawContent } from '@voucherline/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MasterDataRow } from '../../ports/master-data.js';
import type { FaultRule } from '../../sandbox/index.js';
import type { MasterDataHarness, MasterDataScene } from './harness.js';

/** How a vendor goes wrong, and what a page has to make of it. */
const FAULTS: readonly { readonly rule: FaultRule; readonly page: string }[] = [
  { rule: { kind: 'throttle' }, page: 'throttled' },
  { rule: { kind: 'refuse' }, page: 'rejected' },
  { rule: { kind: 'html' }, page: 'unavailable' },
  { rule: { kind: 'http500' }, page: 'unavailable' },
  { rule: { kind: 'dropAfterCommit' }, page: 'unavailable' },
  { rule: { kind: 'truncate' }, page: 'unavailable' },
  { rule: { kind: 'down' }, page: 'unavailable' },
];
/** More pages than any test fills. */
const MOST_PAGES = 500;

/** What every product's master data has to keep: walks that add up, rows that say what they declare, and outcomes instead of throws. */
export function describeMasterData(name: string, harness: MasterDataHarness): void {
  const { calls, pure, operations } = harness;
  const kinds = Object.entries(calls.manifest.masterData ?? {});
  let scene: MasterDataScene;

  const page = async (kind: string, cursor: string | undefined) => {
    const outcome = await calls.pullPage(kind, cursor, scene.context);
    if (outcome.kind !== 'read') throw new Error(`not read: ${JSON.stringify(outcome)}`);
    return outcome.value;
  };
  /** A walk: each code's last row, and how many pages it took. */
  const walk = async (kind: string) => {
    const rows = new Map<string, MasterDataRow>();
    const contradictions: string[] = [];
    let cursor: string | undefined;
    for (let pages = 1; pages <= MOST_PAGES; pages += 1) {
      const { rows: shown, next } = await page(kind, cursor);
      for (const row of shown) {
        if ((rows.get(row.code)?.fingerprint ?? row.fingerprint) !== row.fingerprint) contradictions.push(row.code);
        rows.set(row.code, row);
      }
      if (next === undefined) return { rows, pages, contradictions };
      cursor = next;
    }
    throw new Error(`${kind}: more than ${MOST_PAGES} pages`);
  };

  beforeEach(async () => {
    scene = await harness.start();
  });
  afterEach(() => scene.close());

  it(`${name} declares a setting that lets a connection choose among its kinds`, () => {
    const setting = calls.manifest.settings.find((one) => one.name === 'masterData');
    expect(setting).toMatchObject({ type: 'string[]', required: false, choices: kinds.map(([kind]) => kind) });
    expect(Object.keys(operations).sort()).toEqual(kinds.map(([kind]) => kind).sort());
    expect(pure.manifest).toBe(calls.manifest);
  });

  describe.each(kinds)(`${name}: %s`, (kind, { columns }) => {
    it('are read to the end in one page or many, each code with one content', async () => {
      const few = await walk(kind);
      expect([...few.rows.keys()].sort()).toEqual([...(await scene.codes(kind))].sort());
      await scene.fill(kind);
      const many = await walk(kind);
      const codes = await scene.codes(kind);
      expect([...many.rows.keys()].sort()).toEqual([...codes].sort());
      expect(codes.length).toBeGreaterThan(few.rows.size);
      expect(many.pages).toBeGreaterThan(1);
      expect([...few.contradictions, ...many.contradictions]).toEqual([]);
    });

    it('say their code and declared columns as text, and nothing else is kept', async () => {
      expect(columns[0]).toBe('code');
      const { rows } = await walk(kind);
      expect(rows.size).toBeGreaterThan(0);
      for (const { code, content } of rows.values()) {
        const entry = pure.entry(kind, rawContent(content));
        expect(entry.code).toBe(code);
        expect(entry.attributes).toMatchObject({ code, name: /./ });
        expect(Object.keys(entry.attributes).filter((column) => !columns.includes(column))).toEqual([]);
        expect(Object.keys(JSON.parse(content.toString()) as object).sort()).toEqual(
          Object.keys(entry.attributes).sort(),
        );
      }
    });

    it('have the same fingerprint until what they say changes', async () => {
      const before = (await walk(kind)).rows;
      const again = (await walk(kind)).rows;
      const prints = (rows: ReadonlyMap<string, MasterDataRow>) =>
        Object.fromEntries([...rows].map(([code, { fingerprint }]) => [code, fingerprint]));
      expect(prints(again)).toEqual(prints(before));
      const [code = ''] = [...before.keys()].slice(-1);
      await scene.rename(kind, code);
      const after = prints((await walk(kind)).rows);
      expect(after[code]).not.toBe(prints(before)[code]);
      expect({ ...after, [code]: '' }).toEqual({ ...prints(before), [code]: '' });
    });

    it.each(FAULTS)(
      'are "$page" when the vendor does $rule, and are read afterwards',
      async ({ rule, page: expected }) => {
        await scene.control('POST', '/faults', { ...rule, operation: operations[kind], times: 1 });
        const outcome = await calls.pullPage(kind, undefined, scene.context);
        expect(outcome.kind).toBe(expected);
        if (outcome.kind === 'throttled') expect(outcome.afterMs).toBeGreaterThan(0);
        if (outcome.kind === 'rejected') expect(outcome).toMatchObject({ owner: /./, nextStep: /.{10}/ });
        expect((await calls.pullPage(kind, undefined, scene.context)).kind).toBe('read');
      },
    );

    it('that can not be understood are refused, never half', async () => {
      const [row] = (await walk(kind)).rows.values();
      const content = row?.content ?? Buffer.alloc(0);
      for (const length of [0, 1, content.length - 1]) {
        expect(() => pure.entry(kind, rawContent(content.subarray(0, length)))).toThrow();
      }
      expect(() => pure.entry(kind, rawContent(Buffer.from('{"code":7}')))).toThrow(/code/);
      expect(() => pure.entry('no such kind', rawContent(content))).toThrow(/kind/);
    });
  });
}
