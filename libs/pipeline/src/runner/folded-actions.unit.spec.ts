import type { ReplayReported } from '@voucherline/contracts';
import { MemoryStageStore } from '@voucherline/store';
import { describe, expect, it } from 'vitest';
import { configurationOf } from '../configuration/configuration-of.js';
import { SimulatedProcess, settle } from '../simulation/process.js';
import { DOCUMENTS, documentRecord, SHARDS } from '../simulation/sample-stage.js';
import { type StageBench, startBench } from '../simulation/stage-bench.js';
import { stateHash } from './rebuild.js';

async function startWith(...records: ReturnType<typeof documentRecord>[]): Promise<StageBench> {
  const bench = await startBench();
  bench.log.append(records);
  await settle();
  return bench;
}

/** What all shards said about the only replay, once it was completed. */
function replayed(bench: StageBench): ReplayReported[] {
  const said = Array.from({ length: SHARDS }, (_, shard) => bench.log.partition('operations.events.v1', shard)).flat();
  return said.map(({ value }) => JSON.parse(String(value))).filter(({ status }) => status === 'completed');
}

describe('an action that is a part of the state', () => {
  it('is decided upon once, by the shard of its subject only, whoever owns it afterwards', async () => {
    const bench = await startWith(documentRecord('k', 1, 'd1'), documentRecord('l', 1, 'd1'));
    await bench.replan('k');
    await bench.restart();
    expect(bench.said('k')).toEqual(['d1', 'action-1']);
    expect(bench.said('l')).toEqual(['d1']);
    const shards = Array.from({ length: SHARDS }, (_, shard) => bench.store.states(`sample/stage/${shard}`, ['k']));
    expect((await Promise.all(shards)).map(({ size }) => size).sort()).toEqual([0, 1]);
  });

  it('is folded again by a rebuild and by a new database on the old log, and not decided again', async () => {
    const bench = await startWith(documentRecord('k', 1, 'd1'));
    await bench.replan('k');
    await bench.replan('nothing is known of it');
    const before = await bench.hash();
    await bench.rebuild();
    expect(await bench.hash()).toBe(before);

    bench.process.kill();
    const store = new MemoryStageStore();
    const { log, stage } = bench;
    await new SimulatedProcess({ log, store, stage, configuration: configurationOf() }).runner.start();
    await settle();
    expect(await stateHash(store, stage.name, SHARDS)).toBe(before);
    expect(bench.said('k')).toEqual(['d1', 'action-1']);
  });

  it('is taken into a replay where it came', async () => {
    const bench = await startWith(documentRecord('k', 1, 'd1'));
    await bench.replan('k');
    bench.log.append([documentRecord('k', 2, 'd2')]);
    await settle();
    await bench.replay({ topic: DOCUMENTS, dryRun: true });
    const [shard] = replayed(bench).filter(({ keys }) => keys > 0);
    expect(shard).toMatchObject({ unchanged: 3, missing: [], conflicts: [] });
  });
});
