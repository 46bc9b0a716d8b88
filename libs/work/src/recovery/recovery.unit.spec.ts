import { describe, expect, it } from 'vitest';
import { anAnswer, type CopyState, copyingWorker } from '../testing/copying-worker.js';
import { letter, readDownstream, SimulatedWork } from '../testing/simulated-work.js';
import type { Worker } from '../worker.js';

// The topics that a service writes are found by its name.
const worker = { ...copyingWorker({ read: async () => anAnswer }), name: 'erp-writer/copy' };

async function aDaysWork(): Promise<SimulatedWork> {
  const work = new SimulatedWork();
  for (const id of ['1', '2', '3']) work.deliver('c1', 'd/1', id);
  work.deliver('c1', 'd/2', '4');
  await work.start('p1', worker);
  await work.clock.advance(20_000);
  expect(work.log).toHaveLength(4);
  return work;
}

/** The log as it is, under the database of another day. */
function restored(before: SimulatedWork): SimulatedWork {
  const work = new SimulatedWork();
  work.append(before.log);
  return work;
}

describe('a worker’s database and the log', () => {
  it('fit together after work, and after a restart', async () => {
    const work = await aDaysWork();
    const { runner } = await work.start('p2', worker);
    expect(await runner.examine()).toEqual([]);
  });

  it('don’t when the database is of yesterday: the words it lacks are counted', async () => {
    const { runner } = await restored(await aDaysWork()).start('p1', worker);
    const found = await runner.examine();
    expect(found.map(({ code }) => code)).not.toContain('log-older');
    expect(found.reduce((sum, { detail }) => sum + Number(/holds (\d+)/.exec(detail)?.[1]), 0)).toBe(4);
  });

  it('are looked at from the known end of the log on', async () => {
    const work = await aDaysWork();
    work.memory.sequences.clear();
    const { runner } = await work.start('p2', worker);
    expect(await runner.examine()).toEqual([]);
  });

  it('don’t when the log lost what was written', async () => {
    const before = await aDaysWork();
    const after = new SimulatedWork();
    await after.recovery.noteEnds(await before.recovery.ends());
    const { runner } = await after.start('p1', worker);
    expect((await runner.examine()).map(({ code }) => code)).toContain('log-older');
  });

  it('fit again once the words are heard: each is in its lane, and numbers go on behind them', async () => {
    const work = restored(await aDaysWork());
    const heard: string[] = [];
    const listening: Worker<CopyState> = {
      ...(worker as Worker<CopyState>),
      heard: (message) => (message.type === 'WriteBackDone' ? [{ connection: 'c1', key: message.key }] : []),
      plan: (lane, context) => {
        heard.push(...lane.mailbox.filter(({ type }) => type === 'WriteBackDone').map(({ id }) => `${lane.key} ${id}`));
        return (worker as Worker<CopyState>).plan(lane, context);
      },
    };
    const { runner } = await work.start('p1', listening);
    expect(await runner.hearOwnWords()).toBe(4);
    expect(await runner.examine()).toEqual([]);
    work.deliver('c1', 'd/1', '5');
    await work.clock.advance(5_000);
    expect([...new Set(heard)].sort()).toEqual(['d/1 copied 1', 'd/1 copied 2', 'd/1 copied 3', 'd/2 copied 4']);
    expect(readDownstream(work.log).get('erp-writer/copy/acme/c1 d/1')).toEqual(
      ['1', '2', '3', '5'].map((id) => `copied ${id}`),
    );
  });

  it('read the commands again from where the database stands, though the group has read them all', async () => {
    const before = new SimulatedWork();
    before.say(letter('c1', 'd/1', '1'));
    const { kill } = await before.start('p1', worker);
    await before.clock.advance(20_000);
    expect(before.memory.lane('c1', 'd/1').state).toBe('{"copied":["1"]}');
    kill();
    // The same log and group, over an empty database.
    const after = Object.assign(new SimulatedWork(), { topics: before.topics });
    await after.start('p1', worker);
    await after.clock.advance(20_000);
    expect(after.memory.lane('c1', 'd/1').state).toBe('{"copied":["1"]}');
  });
});
