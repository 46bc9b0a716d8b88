import type { ReplayReported, ReplayRequested } from '@voucherline/contracts';
import { describe, expect, it } from 'vitest';
import { anAnswer, type CopyState, copyingWorker } from '../testing/copying-worker.js';
import { letter, SimulatedWork } from '../testing/simulated-work.js';
import type { Worker } from '../worker.js';

const knowing: Worker<CopyState> = {
  ...(copyingWorker({ read: async () => anAnswer }) as Worker<CopyState>),
  knows: ({ copied }, { id }) => (copied.includes(id) ? 'known' : id === 'other' ? 'conflict' : 'missing'),
};

async function afterCopying(...ids: readonly string[]): Promise<SimulatedWork> {
  const work = new SimulatedWork();
  for (const id of ids) work.say(letter('c1', 'd/1', id));
  await work.start('p1', knowing);
  await work.clock.advance(20_000);
  return work;
}

async function replayed(work: SimulatedWork, request: Partial<ReplayRequested> = {}) {
  const data = { replay: 'r', stage: knowing.name, topic: 'vouchers.commands.v1', dryRun: false, by: 'li', ...request };
  work.say({ id: 'action', source: 'cli', type: 'ReplayRequested', key: 'r', time: '2026-01-01T00:00:00Z', data });
  await work.clock.advance(5_000);
  const values = work.log.filter(({ record }) => record.headers.ce_type === 'ReplayReported');
  const reports = values.map(({ record }) => JSON.parse(String(record.value)) as ReplayReported);
  const sum = (of: (report: ReplayReported) => number) => reports.reduce((total, report) => total + of(report), 0);
  return {
    shards: reports.map(({ shard }) => shard).sort(),
    unchanged: sum(({ unchanged }) => unchanged),
    missing: reports.flatMap(({ missing }) => missing),
    conflicts: reports.flatMap(({ conflicts }) => conflicts.map(({ id }) => id)),
    published: sum(({ published }) => published),
  };
}

const copies = (work: SimulatedWork) =>
  work.log.filter(({ record }) => record.headers.ce_type === 'WriteBackDone').map(({ record }) => record.headers.ce_id);

describe('a replay into a worker', () => {
  it('does nothing again that the lanes know', async () => {
    const work = await afterCopying('1', '2');
    expect(await replayed(work)).toEqual({ shards: [0, 1], unchanged: 2, missing: [], conflicts: [], published: 0 });
    expect(copies(work)).toEqual(['copied 1', 'copied 2']);
  });

  it('has done what is missing', async () => {
    const work = await afterCopying('1', '2');
    Object.assign(work.memory.lane('c1', 'd/1'), { state: '{"copied":["1"]}' });
    expect(await replayed(work)).toMatchObject({ unchanged: 1, missing: ['2'], published: 1 });
    expect(copies(work)).toEqual(['copied 1', 'copied 2', 'copied 2']);
  });

  it('shows what would be done, and does not do it, in a dry run', async () => {
    const work = await afterCopying('1');
    work.memory.lanesOf('c1').clear();
    expect(await replayed(work, { dryRun: true })).toMatchObject({ missing: ['1'], published: 0 });
    expect(copies(work)).toEqual(['copied 1']);
  });

  it('leaves to a person what the lane knows otherwise', async () => {
    const work = await afterCopying('1', 'other');
    Object.assign(work.memory.lane('c1', 'd/1'), { state: '{"copied":["1"]}' });
    expect(await replayed(work)).toMatchObject({ unchanged: 1, conflicts: ['other'], published: 0 });
    expect(copies(work)).toEqual(['copied 1', 'copied other']);
  });

  it('reads only what was asked for', async () => {
    const work = await afterCopying('1', '2');
    work.memory.lanesOf('c1').clear();
    expect(await replayed(work, { fromOffset: '1' })).toMatchObject({ missing: ['2'], published: 1 });
    expect(await replayed(work, { replay: 'r2', keys: ['another'] })).toMatchObject({ published: 1 });
  });
});
