import type { ReplayReported } from '@voucherline/contracts';
import { describe, expect, it } from 'vitest';
import type { OutgoingRecord } from '../broker.js';
import { settle } from '../simulation/process.js';
import { DOCUMENTS, documentRecord, EVENTS, SHARDS, voucherRecord } from '../simulation/sample-stage.js';
import { type StageBench, startBench } from '../simulation/stage-bench.js';

const partition = documentRecord('k', 1, 'd1').partition;

async function write(bench: StageBench, ...records: OutgoingRecord[]): Promise<void> {
  bench.log.append(records);
  await settle();
}

/** The reports of all shards on the newest replay, added up. */
function reported(bench: StageBench) {
  const reports: ReplayReported[] = [];
  for (let shard = 0; shard < SHARDS; shard++) {
    const all = bench.log.partition('operations.events.v1', shard).map(({ value }) => JSON.parse(String(value)));
    const last = all.filter(({ replay, status }) => replay !== undefined && status === 'completed').at(-1);
    reports.push(last);
  }
  const total = (count: (one: ReplayReported) => number) => reports.reduce((sum, one) => sum + count(one), 0);
  return {
    keys: total(({ keys }) => keys),
    unchanged: total(({ unchanged }) => unchanged),
    missing: total(({ missing }) => missing.length),
    conflicts: reports.flatMap(({ conflicts }) => conflicts),
    published: total(({ published }) => published),
  };
}

/** Plays a log that lost a record of the stage's output, as after a broker's disk was lost (F15). */
function lose(bench: StageBench, index: number): void {
  bench.log.partition(EVENTS, partition).splice(index, 1);
}

describe('a replay', () => {
  it('finds nothing to say where the record is whole', async () => {
    const bench = await startBench();
    await write(bench, documentRecord('k', 1, 'd1'), documentRecord('l', 1, 'd1'), voucherRecord('k', 1, 'v1'));
    await bench.replay({ topic: DOCUMENTS, dryRun: false });
    expect(reported(bench)).toEqual({ keys: 2, unchanged: 3, missing: 0, conflicts: [], published: 0 });
  });

  it('says again what is lost, with its id and its number, and leaves the inputs alone', async () => {
    const bench = await startBench();
    await write(bench, ...[1, 2, 3].map((n) => documentRecord('k', n, `d${n}`)));
    const whole = [...bench.log.partition(EVENTS, partition)];
    const inputs = bench.log.partition(DOCUMENTS, partition).length;
    lose(bench, 1);
    await bench.replay({ topic: DOCUMENTS, dryRun: false });
    expect(reported(bench)).toMatchObject({ unchanged: 2, missing: 1, published: 1, conflicts: [] });
    const again = bench.log.partition(EVENTS, partition).at(-1);
    expect(again?.headers).toMatchObject({ ce_id: whole[1]?.headers.ce_id, ce_sequence: '2' });
    expect(again?.value).toEqual(whole[1]?.value);
    expect(bench.log.partition(DOCUMENTS, partition).length).toBe(inputs);
    await bench.replay({ topic: DOCUMENTS, dryRun: false });
    expect(reported(bench)).toMatchObject({ unchanged: 3, missing: 0, published: 0 });
  });

  it('says once what was lost before a rebuild forgot it', async () => {
    const bench = await startBench();
    await write(bench, ...[1, 2, 3].map((n) => documentRecord('k', n, `d${n}`)));
    lose(bench, 1);
    await bench.rebuild();
    await bench.replay({ topic: DOCUMENTS, dryRun: false });
    await write(bench, documentRecord('k', 4, 'd4'));
    const numbers = bench.log.partition(EVENTS, partition).map(({ headers }) => headers.ce_sequence);
    expect(numbers).toEqual(['1', '3', '2', '4']);
    await bench.rebuild();
    await write(bench, documentRecord('k', 5, 'd5'));
    expect(bench.log.partition(EVENTS, partition).at(-1)?.headers.ce_sequence).toBe('5');
  });

  it('publishes nothing but its report in a dry run', async () => {
    const bench = await startBench();
    await write(bench, documentRecord('k', 1, 'd1'), documentRecord('k', 2, 'd2'));
    lose(bench, 0);
    await bench.replay({ topic: DOCUMENTS, dryRun: true });
    expect(reported(bench)).toMatchObject({ unchanged: 1, missing: 1, published: 0 });
    expect(bench.log.partition(EVENTS, partition)).toHaveLength(1);
  });

  it('shows as a conflict what today’s rules say otherwise, and what they would not say', async () => {
    const bench = await startBench();
    await write(bench, documentRecord('k', 1, 'd1'), voucherRecord('k', 1, 'v1'));
    const { decide } = bench.stage;
    Object.assign(bench.stage, {
      decide: (key: string, state: never, context: never) => {
        const { messages } = decide(key, state, context);
        const steps = messages.filter(({ type }) => type === 'ApprovalStepDecided');
        return { messages: steps.map((draft) => ({ ...draft, data: { ...draft.data, userId: 'other' } })) };
      },
    });
    await bench.replay({ topic: DOCUMENTS, dryRun: false });
    const { conflicts, published } = reported(bench);
    expect(conflicts.map(({ type, subject }) => [type, subject])).toEqual([
      ['ApprovalStepDecided', 'k'],
      ['ApprovalRejected', 'k'],
    ]);
    expect(published).toBe(0);
    expect(bench.log.partition(EVENTS, partition)).toHaveLength(2);
  });

  it('touches the keys of its range only', async () => {
    const bench = await startBench();
    await write(bench, documentRecord('k', 1, 'd1'), documentRecord('l', 1, 'd1'));
    await bench.replay({ topic: DOCUMENTS, keys: ['k'], dryRun: true });
    expect(reported(bench)).toMatchObject({ keys: 1, unchanged: 1 });
    await bench.replay({ topic: DOCUMENTS, fromOffset: '9', dryRun: true });
    expect(reported(bench)).toMatchObject({ keys: 0, unchanged: 0 });
    await bench.replay({ topic: DOCUMENTS, since: '2100-01-01T00:00:00Z', dryRun: true });
    expect(reported(bench)).toMatchObject({ keys: 0 });
  });

  it('leaves parked messages parked', async () => {
    const bench = await startBench();
    await write(bench, documentRecord('k', 1, 'd1'), documentRecord('k', 2, 'poison'), documentRecord('k', 3, 'd3'));
    bench.switches.mended = true;
    await bench.replay({ topic: DOCUMENTS, dryRun: false });
    expect(reported(bench)).toMatchObject({ unchanged: 1, missing: 0, conflicts: [] });
    expect(bench.said('k')).toEqual(['d1']);
  });

  it('is made again after a crash, and reports of each shard under a key of it', async () => {
    const bench = await startBench();
    await write(bench, documentRecord('k', 1, 'd1'));
    bench.process.kill();
    await bench.replay({ topic: DOCUMENTS, dryRun: false });
    await bench.restart();
    expect(reported(bench)).toMatchObject({ keys: 1, unchanged: 1 });
    await bench.restart();
    const reports = [0, 1].flatMap((shard) => bench.log.partition('operations.events.v1', shard));
    const completed = reports.filter(({ value }) => String(value).includes('completed'));
    // A take-over publishes again what its predecessor may not have: the same message under the same number.
    const distinct = new Set(completed.map(({ partition: shard, headers }) => `${shard} ${headers.ce_sequence}`));
    expect(distinct.size).toBe(2);
  });
});
