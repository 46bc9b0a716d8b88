import { describe, expect, it } from 'vitest';
import { anAnswer, copyingWorker } from './testing/copying-worker.js';
import { readDownstream, SimulatedWork } from './testing/simulated-work.js';

const CONNECTIONS = ['c1', 'c2', 'c3'];
const LANES = ['d/1', 'd/2'];
const LETTERS = 6;

/** Letters come while processes come, go and are killed; how long each exchange takes depends on the seed. */
async function busyMinute(seed: number): Promise<SimulatedWork> {
  const work = new SimulatedWork(CONNECTIONS, {}, seed);
  const worker = copyingWorker({ read: async () => anAnswer });
  const first = await work.start('p1', worker);
  for (let n = 0; n < LETTERS; n += 1) {
    for (const connection of CONNECTIONS) {
      for (const lane of LANES) work.deliver(connection, lane, `${connection}/${lane}/${n}`);
      await work.clock.advance((seed * 7 + n * 13) % 40);
    }
    if (n === 1) await work.start('p2', worker);
    if (n === 3) first.kill();
    if (n === 4) await work.start('p3', worker);
    await work.clock.advance((seed * 131 + n * 17) % 3_000);
  }
  await work.clock.advance(25_000);
  return work;
}

describe('however the exchanges with database, log and vendor interleave', () => {
  it.each(Array.from({ length: 12 }, (_, seed) => seed))(
    'no wake-up is lost and nothing said twice (seed %i)',
    async (seed) => {
      const work = await busyMinute(seed);
      const read = readDownstream(work.log);
      for (const connection of CONNECTIONS) {
        for (const lane of LANES) {
          const expected = Array.from({ length: LETTERS }, (_, n) => `copied ${connection}/${lane}/${n}`);
          expect(read.get(`s/copy/acme/${connection} ${lane}`)).toEqual(expected);
        }
      }
    },
    30_000,
  );
});
