import { describe, expect, it, vi } from 'vitest';
import { anAnswer, copyingWorker, type Vendor } from './testing/copying-worker.js';
import { letter, readDownstream, type SimulatedProcess, SimulatedWork } from './testing/simulated-work.js';

// Seconds of computing, more on a machine that does other things too.
vi.setConfig({ testTimeout: 60_000 });

const LETTERS = ['1', '2', '3'];
const LANES = ['d/1', 'd/2'];

/** Writes reach the vendor's book even when nobody hears of it; whoever asks later sees it there. */
function bookkeeper(): { vendor: Vendor; book: string[] } {
  const book: string[] = [];
  const vendor: Vendor = {
    write: async (_, message) => {
      book.push(message.id);
      return { kind: 'done' };
    },
    read: async (_, message) => (book.includes(message.id) ? anAnswer : { kind: 'absent' }),
  };
  return { vendor, book };
}

function expectAllDoneOnce(work: SimulatedWork, book: readonly string[], letters: readonly string[] = LETTERS): void {
  for (const lane of LANES) {
    const expected = letters.map((n) => `copied ${lane}/${n}`);
    expect(readDownstream(work.log).get(`s/copy/acme/c1 ${lane}`)).toEqual(expected);
  }
  expect(book.toSorted()).toEqual(LANES.flatMap((lane) => letters.map((n) => `${lane}/${n}`)));
}

/** Through the log, so that the intake's steps are among those that a process dies at. */
function sayLetters(work: SimulatedWork): void {
  LETTERS.forEach((n, i) => {
    for (const lane of LANES) work.say({ ...letter('c1', lane, `${lane}/${n}`), sequence: i + 1 });
  });
}

async function runWithCrash(crashAt: number): Promise<{ steps: number; crashed: boolean }> {
  const work = new SimulatedWork();
  const { vendor, book } = bookkeeper();
  sayLetters(work);
  let crashed = false;
  work.killAt = (_, index, process) => {
    if (process !== 'p1' || index !== crashAt) return false;
    crashed = true;
    return true;
  };
  await work.start('p1', copyingWorker(vendor));
  await work.clock.advance(1_000);
  const steps = work.steps.length;
  await work.start('p2', copyingWorker(vendor));
  await work.clock.advance(20_000);
  expectAllDoneOnce(work, book);
  return { steps, crashed };
}

describe('a process that dies', () => {
  it('at any step is succeeded without loss, repetition or disorder', async () => {
    const { steps } = await runWithCrash(-1);
    expect(steps).toBeGreaterThan(30);
    for (let at = 0; at < steps; at += 1) {
      const { crashed } = await runWithCrash(at);
      expect(crashed, `step ${at} was reached`).toBe(true);
    }
  }, 60_000);
});

/** Pauses a process at a step until another has taken its leases over and finished; then lets it go on. */
async function pauseAndTakeOver(where: string, ignoreLeases: boolean): Promise<void> {
  const work = new SimulatedWork();
  work.ignoreLeases = ignoreLeases;
  const { vendor, book } = bookkeeper();
  for (const n of LETTERS) for (const lane of LANES) work.deliver('c1', lane, `${lane}/${n}`);
  const pausing = { next: () => {} };
  work.killAt = (step, _, process) => {
    if (process === 'p1' && step === where) pausing.next();
    return false;
  };
  const old = await work.start('p1', copyingWorker(vendor));
  pausing.next = () => old.pause();
  for (const lane of LANES) work.deliver('c1', lane, `${lane}/4`);
  await work.clock.advance(30_000);
  await work.start('p2', copyingWorker(vendor));
  await work.clock.advance(30_000);
  expect(work.memory.leases.get('c1')).toMatchObject({ process: 'p2', epoch: 2 });
  const before = structuredClone([...work.memory.lanesOf('c1')]);
  pausing.next = () => {};
  old.resume();
  await work.clock.advance(1_500);
  expect([...work.memory.lanesOf('c1')]).toEqual(before);
  await work.clock.advance(60_000);
  expectAllDoneOnce(work, book, [...LETTERS, '4']);
}

describe('a process that is paused and wakes up after its leases were taken over', () => {
  it.each(['call done', 'commit', 'commit done', 'send', 'take done'])(
    'at "%s" changes nothing any more',
    async (where) => {
      await pauseAndTakeOver(where, false);
    },
    30_000,
  );

  it('would do harm if its lease were not checked with each commit', async () => {
    await expect(pauseAndTakeOver('commit', true)).rejects.toThrow(/to deeply equal/);
  }, 30_000);
});

/** Pauses the only process, at one of its steps, for longer than its leases last. */
async function runWithPause(pauseAt: number): Promise<number> {
  const work = new SimulatedWork(['c1'], { concurrency: 2 });
  const { vendor, book } = bookkeeper();
  let process: SimulatedProcess | undefined;
  work.killAt = (_, index) => {
    if (index === pauseAt && process !== undefined) {
      process.pause();
      work.clock.after(20_000, () => process?.resume());
    }
    return false;
  };
  process = await work.start('p1', copyingWorker(vendor));
  sayLetters(work);
  await work.clock.advance(1_000);
  const steps = work.steps.length;
  await work.clock.advance(60_000);
  expectAllDoneOnce(work, book);
  return steps;
}

describe('a process that is paused and wakes up when nobody has taken its place', () => {
  it('goes on with new leases, whatever it finishes that was begun under the old ones', async () => {
    const steps = await runWithPause(-1);
    expect(steps).toBeGreaterThan(30);
    for (let at = 0; at < steps; at += 1) await runWithPause(at);
  });
});

describe('a commit whose outcome is not known', () => {
  it.each(['before', 'after'])(
    'because the database went away %s it took place, is neither lost nor doubled',
    async (when) => {
      const work = new SimulatedWork();
      const { vendor, book } = bookkeeper();
      for (const n of LETTERS) for (const lane of LANES) work.deliver('c1', lane, `${lane}/${n}`);
      let commits = 0;
      work.aroundCommit = async (_, commit) => {
        commits += 1;
        if (commits % 2 !== 0) return commit();
        if (when === 'after') await commit();
        throw new Error('Connection terminated unexpectedly');
      };
      await work.start('p1', copyingWorker(vendor));
      await work.clock.advance(120_000);
      expect(commits).toBeGreaterThan(3);
      expectAllDoneOnce(work, book);
    },
  );
});

describe('a claim whose answer is lost', () => {
  it('leaves no lease with nobody to work for it', async () => {
    const work = new SimulatedWork();
    const { vendor, book } = bookkeeper();
    await work.start('p1', copyingWorker(vendor));
    for (const n of LETTERS) for (const lane of LANES) work.deliver('c1', lane, `${lane}/${n}`);
    let claims = 0;
    work.aroundClaim = async (claim) => {
      const claimed = await claim();
      claims += 1;
      if (claims === 1) throw new Error('Connection terminated unexpectedly');
      return claimed;
    };
    await work.clock.advance(20_000);
    expect(claims).toBeGreaterThan(1);
    expectAllDoneOnce(work, book);
  });
});

describe('the log', () => {
  it('that takes a part of a send, or refuses it for a while, shows a reader everything once and in order', async () => {
    const work = new SimulatedWork();
    const { vendor, book } = bookkeeper();
    for (const n of LETTERS) for (const lane of LANES) work.deliver('c1', lane, `${lane}/${n}`);
    let sends = 0;
    work.send = async (records) => {
      sends += 1;
      if (sends % 2 === 0) return work.append(records);
      work.append(records.slice(0, sends % 3));
      throw new Error('the leader moved');
    };
    await work.start('p1', copyingWorker(vendor));
    await work.clock.advance(60_000);
    expectAllDoneOnce(work, book);
  });

  it('has what a lane said before the lane calls again', async () => {
    const work = new SimulatedWork();
    let isOpen = false;
    work.send = async (records) => {
      if (!isOpen) throw new Error('no leader');
      work.append(records);
    };
    const called: string[] = [];
    const vendor: Vendor = {
      read: async (_, message) => {
        called.push(message.id);
        return anAnswer;
      },
    };
    for (const id of ['1', '2']) work.deliver('c1', 'd/1', id);
    await work.start('p1', copyingWorker(vendor));
    await work.clock.advance(60_000);
    expect(called).toEqual(['1']);
    isOpen = true;
    await work.clock.advance(30_000);
    expect(called).toEqual(['1', '2']);
  });
});
