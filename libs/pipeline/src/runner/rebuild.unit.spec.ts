import type { RebuildReported } from '@voucherline/contracts';
import { describe, expect, it } from 'vitest';
import { settle } from '../simulation/process.js';
import { DOCUMENTS, documentRecord, EVENTS, SHARDS, voucherRecord } from '../simulation/sample-stage.js';
import { type StageBench, startBench } from '../simulation/stage-bench.js';

function reports(bench: StageBench): RebuildReported[] {
  const values = Array.from({ length: SHARDS }, (_, shard) => bench.log.partition('operations.events.v1', shard));
  const all = values.flat().filter(({ headers }) => headers.ce_type === 'RebuildReported');
  return all.map(({ value }) => JSON.parse(String(value)));
}

describe('a rebuild at a person’s word', () => {
  it('finds the states it dropped, says so for every shard, and goes on', async () => {
    const bench = await startBench();
    bench.log.append([documentRecord('k', 1, 'd1'), documentRecord('l', 1, 'd1'), voucherRecord('k', 1, 'v1')]);
    await settle();
    const said = bench.said('k');
    await bench.requestRebuild();
    const told = reports(bench);
    expect(told.map(({ shard }) => shard).sort()).toEqual(Array.from({ length: SHARDS }, (_, shard) => shard));
    for (const { hashBefore, hashAfter } of told) expect(hashAfter).toBe(hashBefore);
    expect(told.reduce((keys, one) => keys + one.keys, 0)).toBe(2);
    bench.log.append([documentRecord('k', 2, 'd2')]);
    await settle();
    expect(bench.said('k').slice(0, said.length)).toEqual(said);
    expect(bench.said('k').length).toBeGreaterThan(said.length);
  });

  it('shows a state that holds what the log does not', async () => {
    const bench = await startBench();
    bench.log.append([documentRecord('k', 1, 'd1'), documentRecord('k', 2, 'd2')]);
    await settle();
    const { partition } = documentRecord('k', 1, 'd1');
    bench.log.partition(DOCUMENTS, partition).splice(0, 1);
    await bench.requestRebuild();
    const shard = reports(bench).find((one) => one.shard === partition);
    expect(shard?.hashAfter).not.toBe(shard?.hashBefore);
  });
});

describe('a database that is older than the log', () => {
  it('is folded anew, so that nothing is said twice and numbers go on', async () => {
    const bench = await startBench();
    bench.log.append([documentRecord('k', 1, 'd1'), documentRecord('l', 1, 'd1')]);
    await settle();
    const restore = bench.store.backUp();
    bench.log.append([documentRecord('k', 2, 'd2'), documentRecord('k', 3, 'd3'), voucherRecord('k', 1, 'v1')]);
    await settle();
    const said = bench.said('k');

    bench.process.kill();
    restore();
    await bench.restart();
    expect(bench.said('k')).toEqual(said);
    // What the backup still had to say is said again, as after any crash; nothing else is.
    const { partition } = documentRecord('k', 1, 'd1');
    const ids = bench.log.partition(EVENTS, partition).map(({ headers }) => headers.ce_id);
    expect(ids.slice(said.length + 1)).toEqual(ids.slice(0, 2));
    bench.log.append([documentRecord('k', 4, 'd4')]);
    await settle();
    expect(bench.said('k')).toHaveLength(said.length + 1);
  });
});
