import { describe, expect, it } from 'vitest';
import { anAnswer, copyingWorker, type Vendor } from './testing/copying-worker.js';
import { readDownstream, SimulatedWork } from './testing/simulated-work.js';

const copied = (...ids: string[]) => ids.map((id) => `copied ${id}`);
const answering: Vendor = { read: async () => anAnswer };

describe('LaneRunner', () => {
  it('works through the mail of a lane in order and says what it did', async () => {
    const work = new SimulatedWork();
    for (const id of ['1', '2', '3']) work.deliver('c1', 'd/1', id);
    await work.start('p1', copyingWorker(answering));
    await work.clock.advance(1_000);
    expect(readDownstream(work.log)).toEqual(new Map([['s/copy/acme/c1 d/1', copied('1', '2', '3')]]));
    expect(work.memory.lane('c1', 'd/1')).toMatchObject({ state: '{"copied":["1","2","3"]}', mail: [], dueAt: null });
  });

  it('takes what arrives later, and what arrives while the lane is worked on', async () => {
    const work = new SimulatedWork();
    const vendor: Vendor = {
      read: async (_, message) => {
        if (message.id === '1') work.deliver('c1', 'd/1', '2');
        return anAnswer;
      },
    };
    await work.start('p1', copyingWorker(vendor));
    await work.clock.advance(1_000);
    work.deliver('c1', 'd/1', '1');
    await work.clock.advance(1_000);
    expect(readDownstream(work.log).get('s/copy/acme/c1 d/1')).toEqual(copied('1', '2'));
  });

  it('keeps other lanes going while one waits for its call', async () => {
    const work = new SimulatedWork();
    const vendor: Vendor = {
      read: (lane) => (lane.key === 'd/stuck' ? new Promise(() => {}) : Promise.resolve(anAnswer)),
    };
    for (const key of ['d/stuck', 'd/1', 'd/2']) work.deliver('c1', key, `of ${key}`);
    await work.start('p1', copyingWorker(vendor));
    await work.clock.advance(1_000);
    expect([...readDownstream(work.log).keys()]).toEqual(['s/copy/acme/c1 d/1', 's/copy/acme/c1 d/2']);
  });
});
