import { LedgerConflict } from '@voucherline/store';
import { describe, expect, it } from 'vitest';
import { anAnswer, type CopyEffect, type CopyState, copyingWorker, type Vendor } from './testing/copying-worker.js';
import { letter, readDownstream, SimulatedWork } from './testing/simulated-work.js';
import type { Change, Outcome, Worker } from './worker.js';

const copied = (...ids: string[]) => ids.map((id) => `copied ${id}`);
const answering: Vendor = { read: async () => anAnswer };
const UNAVAILABLE: Outcome = { kind: 'unavailable', detail: 'connection refused' };

/** The same worker, whose messages are so many bytes longer. */
function talkative(worker: Worker<CopyState, CopyEffect>, bytes: number): Worker<CopyState, CopyEffect> {
  return {
    ...worker,
    plan: (lane, context) => {
      const step = worker.plan(lane, context);
      if (step.kind !== 'call') return step;
      return { ...step, settle: (outcome, now) => longer(step.settle(outcome, now), bytes) };
    },
  };
}

function longer(change: Change<CopyState, CopyEffect>, bytes: number): Change<CopyState, CopyEffect> {
  const messages = (change.messages ?? []).map((draft) => {
    return { ...draft, data: { ...draft.data, document: 'x'.repeat(bytes) } } as typeof draft;
  });
  return { ...change, messages };
}

function types(work: SimulatedWork): readonly string[] {
  return work.log.map(({ record }) => record.headers.ce_type ?? '');
}

describe('a worker', () => {
  it('works through the mail of a lane in order and says what it did', async () => {
    const work = new SimulatedWork();
    for (const id of ['1', '2', '3']) work.deliver('c1', 'd/1', id);
    await work.start('p1', copyingWorker(answering));
    await work.clock.advance(1_000);
    expect(readDownstream(work.log)).toEqual(new Map([['s/copy/acme/c1 d/1', copied('1', '2', '3')]]));
    expect(work.memory.lane('c1', 'd/1')).toMatchObject({ state: '{"copied":["1","2","3"]}', mail: [], dueAt: null });
  });

  it('says what caused its words, and goes on with the trace', async () => {
    const work = new SimulatedWork();
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    work.memory.deliver('c1', 'd/1', JSON.stringify({ ...letter('c1', 'd/1', '1'), traceparent }));
    await work.start('p1', copyingWorker(answering));
    await work.clock.advance(1_000);
    const headers = work.log[0]?.record.headers;
    expect(headers).toMatchObject({ ce_causation: '1', ce_configuration: '0', ce_source: 's/copy/acme/c1' });
    expect(headers?.traceparent).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad6b7169203331)/);
  });

  it('works on lanes of a lease whose claim is heard of late', async () => {
    const work = new SimulatedWork();
    await work.start('p1', copyingWorker(answering));
    work.aroundClaim = async (claim) => {
      const claimed = await claim();
      await work.clock.sleep(500);
      return claimed;
    };
    work.deliver('c1', 'd/1', '1');
    await work.clock.advance(10_000);
    expect(readDownstream(work.log).get('s/copy/acme/c1 d/1')).toEqual(copied('1'));
  });

  it('takes what arrives while the lane is worked on', async () => {
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
    await work.clock.advance(3_000);
    expect(readDownstream(work.log).get('s/copy/acme/c1 d/1')).toEqual(copied('1', '2'));
  });

  it('works through a mailbox that is longer than what is read at a time', async () => {
    const work = new SimulatedWork();
    const ids = Array.from({ length: 250 }, (_, n) => String(n));
    for (const id of ids) work.deliver('c1', 'd/1', id);
    await work.start('p1', copyingWorker(answering));
    await work.clock.advance(20_000);
    expect(readDownstream(work.log).get('s/copy/acme/c1 d/1')).toEqual(copied(...ids));
  });

  it('waits with a long mailbox in view without being woken again and again', async () => {
    const work = new SimulatedWork();
    for (let n = 0; n < 150; n += 1) work.deliver('c1', 'd/1', String(n));
    let plans = 0;
    const waiting: Worker<CopyState> = {
      ...(copyingWorker(answering) as Worker<CopyState>),
      plan: () => {
        plans += 1;
        return { kind: 'wait' };
      },
    };
    await work.start('p1', waiting);
    await work.clock.advance(10_000);
    expect(plans).toBe(1);
  });

  it.each([
    { after: 'is read', read: anAnswer, commits: ['before the write', 'at the end'] },
    {
      after: 'can not be read for now',
      read: { kind: 'throttled', afterMs: 60_000 } as const,
      commits: ['before the write', 'when the lane is left'],
    },
  ])('commits what a write brought with what comes after the next read; here $after', async ({ read, commits }) => {
    const work = new SimulatedWork();
    let committed = 0;
    work.aroundCommit = (_, commit) => {
      committed += 1;
      return commit();
    };
    let committedAtRead: number | undefined;
    const vendor: Vendor = {
      write: async () => ({ kind: 'inDoubt', reason: 'reset' }),
      read: async () => {
        committedAtRead ??= committed;
        return read;
      },
    };
    await work.start('p1', copyingWorker(vendor));
    work.deliver('c1', 'd/1', '1');
    await work.clock.advance(10_000);
    expect([committedAtRead, committed]).toEqual([1, commits.length]);
  });

  it('keeps other lanes going while one waits for its call', async () => {
    const work = new SimulatedWork();
    const vendor: Vendor = {
      read: (lane) => (lane.key === 'd/stuck' ? new Promise(() => {}) : Promise.resolve(anAnswer)),
    };
    for (const key of ['d/stuck', 'd/1', 'd/2']) work.deliver('c1', key, `of ${key}`);
    await work.start('p1', copyingWorker(vendor));
    await work.clock.advance(1_000);
    expect([...readDownstream(work.log).keys()].sort()).toEqual(['s/copy/acme/c1 d/1', 's/copy/acme/c1 d/2']);
  });

  it('makes no more calls at a time than the connection allows, and none faster', async () => {
    const work = new SimulatedWork(['c1'], { concurrency: 3, perSecond: 5 });
    let inside = 0;
    let most = 0;
    const startedAt: number[] = [];
    const vendor: Vendor = {
      read: async () => {
        startedAt.push(work.clock.now());
        most = Math.max(most, ++inside);
        await work.clock.sleep(2_000);
        inside -= 1;
        return anAnswer;
      },
    };
    for (let n = 0; n < 40; n += 1) work.deliver('c1', `d/${n}`, String(n));
    await work.start('p1', copyingWorker(vendor));
    await work.clock.advance(60_000);
    expect(startedAt).toHaveLength(40);
    expect(most).toBe(3);
    const perSecond = startedAt.map((at) => startedAt.filter((other) => other >= at && other < at + 1_000).length);
    expect(Math.max(...perSecond)).toBeLessThanOrEqual(6);
  });

  it('works for a connection as soon as it is published', async () => {
    const work = new SimulatedWork(['c1']);
    work.deliver('late', 'd/1', '1');
    const { runner } = await work.start('p1', copyingWorker(answering));
    await work.clock.advance(10_000);
    expect(work.log).toEqual([]);
    expect((await runner.status()).connections).toMatchObject([
      { connection: 'late', backlog: 1, oldestAgeSeconds: 10 },
    ]);
    work.publish('late');
    await work.clock.advance(1_000);
    expect(readDownstream(work.log).get('s/copy/acme/late d/1')).toEqual(copied('1'));
  });

  it('gives its leases up when it stops, after what was under way is committed and said', async () => {
    const work = new SimulatedWork();
    const vendor: Vendor = {
      read: async () => {
        await work.clock.sleep(3_000);
        return anAnswer;
      },
    };
    for (const id of ['1', '2']) work.deliver('c1', 'd/1', id);
    const { runner } = await work.start('p1', copyingWorker(vendor));
    await work.clock.advance(1_000);
    const stopped = runner.stop();
    await work.clock.advance(10_000);
    await stopped;
    expect(readDownstream(work.log).get('s/copy/acme/c1 d/1')).toEqual(copied('1'));
    expect(work.memory.leases.get('c1')?.process).toBe('');
    expect(work.memory.said).toEqual([]);
    await work.start('p2', copyingWorker(vendor));
    await work.clock.advance(5_000);
    expect(readDownstream(work.log).get('s/copy/acme/c1 d/1')).toEqual(copied('1', '2'));
  });
});

describe('a worker that is stopped', () => {
  it('ends in time while the log is away, and leaves its words to the next', async () => {
    const work = new SimulatedWork();
    let isAway = true;
    work.send = async (records) => {
      if (isAway) throw new Error('no leader');
      work.append(records);
    };
    for (const id of ['1', '2']) work.deliver('c1', 'd/1', id);
    const { runner } = await work.start('p1', copyingWorker(answering));
    await work.clock.advance(2_000);
    const stopped = runner.stop();
    await work.clock.advance(25_000);
    await stopped;
    expect(work.memory.said).toHaveLength(1);
    isAway = false;
    await work.start('p2', copyingWorker(answering));
    await work.clock.advance(5_000);
    expect(readDownstream(work.log).get('s/copy/acme/c1 d/1')).toEqual(copied('1', '2'));
  });
});

describe('a log that takes nothing', () => {
  it('bounds what a worker does meanwhile, for it has to keep in memory what it says', async () => {
    const work = new SimulatedWork();
    const keys = Array.from({ length: 120 }, (_, n) => `d/${n}`);
    for (const key of keys) work.deliver('c1', key, `of ${key}`);
    work.send = async () => {
      throw new Error('not enough replicas');
    };
    let reads = 0;
    const vendor: Vendor = {
      read: async () => {
        reads += 1;
        return anAnswer;
      },
    };
    await work.start('p1', talkative(copyingWorker(vendor), 500_000));
    await work.clock.advance(20_000);
    const readUntilThen = reads;
    await work.clock.advance(60_000);
    expect(reads).toBe(readUntilThen);
    expect(reads).toBeLessThan(keys.length);
    work.send = async (records) => work.append(records);
    await work.clock.advance(30_000);
    expect(readDownstream(work.log).size).toBe(keys.length);
  });

  it('has the intake wait as well', async () => {
    const work = new SimulatedWork();
    for (let n = 0; n < 40; n += 1) work.deliver('c1', `d/${n}`, `of ${n}`);
    work.send = async () => {
      throw new Error('not enough replicas');
    };
    await work.start('p1', talkative(copyingWorker(answering), 500_000));
    await work.clock.advance(20_000);
    work.say(letter('c1', 'd/new', 'new'));
    await work.clock.advance(20_000);
    expect(work.memory.lane('c1', 'd/new')).toMatchObject({ arrived: 0, mail: [] });
    work.send = async (records) => work.append(records);
    await work.clock.advance(30_000);
    expect(readDownstream(work.log).get('s/copy/acme/c1 d/new')).toEqual(copied('new'));
  });
});

describe('several processes', () => {
  it('share the connections fairly, also when one joins later', async () => {
    const names = Array.from({ length: 20 }, (_, n) => `c${n}`);
    const work = new SimulatedWork(names);
    for (const name of names) work.deliver(name, 'd/1', `first of ${name}`);
    await work.start('p1', copyingWorker(answering));
    await work.clock.advance(5_000);
    await work.start('p2', copyingWorker(answering));
    await work.clock.advance(10_000);
    const holders = [...work.memory.leases.values()].map(({ process }) => process);
    expect(holders.filter((process) => process === 'p1')).toHaveLength(10);
    expect(holders.filter((process) => process === 'p2')).toHaveLength(10);
    for (const name of names) work.deliver(name, 'd/1', `second of ${name}`);
    await work.clock.advance(5_000);
    for (const name of names) {
      const expected = copied(`first of ${name}`, `second of ${name}`);
      expect(readDownstream(work.log).get(`s/copy/acme/${name} d/1`)).toEqual(expected);
    }
  });
});

describe('a vendor that does not answer', () => {
  it('lets its connection rest and no other; probes with a read; begins again gently', async () => {
    const work = new SimulatedWork(['down', 'up'], { concurrency: 8 });
    let isDown = true;
    let inside = 0;
    const mostInside: number[] = [];
    const calls: string[] = [];
    const vendor: Vendor = {
      probe: async () => {
        calls.push('probe');
        return isDown ? UNAVAILABLE : anAnswer;
      },
      read: async (lane) => {
        calls.push(lane.connection);
        if (lane.connection === 'down' && isDown) return UNAVAILABLE;
        if (lane.connection === 'down') mostInside.push(++inside);
        await work.clock.sleep(10);
        if (lane.connection === 'down') inside -= 1;
        return anAnswer;
      },
    };
    for (let n = 0; n < 50; n += 1) work.deliver('down', `d/${n}`, `down ${n}`);
    const { runner } = await work.start('p1', copyingWorker(vendor));
    await work.clock.advance(2_000);
    const status = async () => (await runner.status()).connections.find(({ connection }) => connection === 'down');
    expect(await status()).toMatchObject({ breaker: 'open', backlog: 50 });
    const before = calls.length;
    work.deliver('up', 'd/1', 'up 1');
    work.deliver('down', 'd/0', 'another');
    await work.clock.advance(120_000);
    expect(readDownstream(work.log).get('s/copy/acme/up d/1')).toEqual(copied('up 1'));
    const meanwhile = calls.slice(before).filter((call) => call !== 'up');
    expect(new Set(meanwhile)).toEqual(new Set(['probe']));
    expect(meanwhile.length).toBeLessThan(12);

    isDown = false;
    await work.clock.advance(300_000);
    expect(await status()).toMatchObject({ breaker: 'closed', backlog: 0 });
    expect(types(work)).not.toContain('MessageParked');
    expect(readDownstream(work.log).size).toBe(51);
    expect(mostInside.slice(0, 3)).toEqual([1, 1, 2]);
    expect(Math.max(...mostInside)).toBe(8);
  });

  it('spends no attempt of a read, and tells a write that was never sent', async () => {
    const work = new SimulatedWork(['c1'], { concurrency: 1, perSecond: 10 });
    const outcomes: string[] = [];
    const vendor: Vendor = {
      write: async () => ({ kind: 'inDoubt', reason: 'reset' }),
      read: async () => UNAVAILABLE,
      probe: async () => UNAVAILABLE,
    };
    const worker = copyingWorker(vendor);
    const watched: typeof worker = {
      ...worker,
      plan: (lane, context) => {
        const step = worker.plan(lane, context);
        if (step.kind !== 'call') return step;
        const settle: typeof step.settle = (outcome, now) => {
          outcomes.push(`${step.name} ${outcome.kind}`);
          return step.settle(outcome, now);
        };
        return { ...step, settle };
      },
    };
    for (let n = 0; n < 6; n += 1) work.deliver('c1', `d/${n}`, String(n));
    await work.start('p1', watched);
    await work.clock.advance(60_000);
    // The fifth failure opens the breaker: a read of that moment is not settled, what waited behind it was never sent.
    expect(outcomes.filter((outcome) => outcome === 'read unavailable').length).toBeLessThan(5);
    expect(outcomes.filter((outcome) => outcome.startsWith('write'))).toContain('write inDoubt');
    const before = outcomes.length;
    await work.clock.advance(600_000);
    expect(outcomes.slice(before)).toEqual([]);
  });

  it('that asks for less is left alone for that long', async () => {
    const work = new SimulatedWork(['c1'], { concurrency: 1 });
    const calledAt: number[] = [];
    const start = work.clock.now();
    const vendor: Vendor = {
      read: async () => {
        calledAt.push(work.clock.now() - start);
        return calledAt.length === 2 ? { kind: 'throttled', afterMs: 30_000 } : anAnswer;
      },
    };
    for (let n = 0; n < 4; n += 1) work.deliver('c1', `d/${n}`, String(n));
    await work.start('p1', copyingWorker(vendor));
    await work.clock.advance(60_000);
    expect(calledAt).toHaveLength(5);
    expect(calledAt[1]).toBeLessThan(1_000);
    expect(calledAt[2]).toBeGreaterThanOrEqual(30_000);
    expect(readDownstream(work.log).size).toBe(4);
  });
});

describe('a month with a budget', () => {
  it('makes no call beyond it, and goes on when a higher one is published', async () => {
    const work = new SimulatedWork(['c1'], { perMonth: 3 });
    for (let n = 0; n < 5; n += 1) work.deliver('c1', `d/${n}`, String(n));
    const { runner } = await work.start('p1', copyingWorker(answering));
    await work.clock.advance(60_000);
    expect(readDownstream(work.log).size).toBe(3);
    expect((await runner.status()).connections).toMatchObject([{ callsThisMonth: 3, budget: 0 }]);
    work.publish('c1', { perMonth: 100 });
    await work.clock.advance(15 * 60_000);
    expect(readDownstream(work.log).size).toBe(5);
  });

  it('does not hold calls back that the vendor does not count, and is not spent by them', async () => {
    const work = new SimulatedWork(['c1'], { perMonth: 3 });
    for (let n = 0; n < 5; n += 1) work.deliver('c1', `d/${n}`, String(n));
    const worker = copyingWorker(answering);
    const plan: typeof worker.plan = (lane, context) => {
      const step = worker.plan(lane, context);
      return step.kind === 'call' ? { ...step, isExempt: true } : step;
    };
    const { runner } = await work.start('p1', { ...worker, plan });
    await work.clock.advance(60_000);
    expect(readDownstream(work.log).size).toBe(5);
    expect((await runner.status()).connections).toMatchObject([{ callsThisMonth: 0, budget: 3 }]);
  });

  it('is remembered by the next process', async () => {
    const work = new SimulatedWork(['c1'], { perMonth: 3 });
    for (let n = 0; n < 5; n += 1) work.deliver('c1', `d/${n}`, String(n));
    const first = await work.start('p1', copyingWorker(answering));
    await work.clock.advance(60_000);
    first.kill();
    await work.start('p2', copyingWorker(answering));
    await work.clock.advance(15 * 60_000);
    expect(readDownstream(work.log).size).toBe(3);
  });
});

describe('a lane that can not go on', () => {
  const failing = (what: 'plan' | 'settle'): Worker<CopyState, { copied: string }> => {
    const worker = copyingWorker(answering);
    return {
      ...worker,
      plan: (lane, context) => {
        const isBad = lane.mailbox.some(({ id }) => id === 'bad');
        if (isBad && what === 'plan') throw new Error('no idea');
        const step = worker.plan(lane, context);
        if (!isBad || step.kind !== 'call') return step;
        return {
          ...step,
          settle: () => {
            throw new Error('no idea');
          },
        };
      },
    };
  };

  it.each(['plan', 'settle'] as const)('because its %s throws is set aside alone, and said once', async (what) => {
    const work = new SimulatedWork();
    work.deliver('c1', 'd/bad', 'bad');
    work.deliver('c1', 'd/good', '1');
    await work.start('p1', failing(what));
    await work.clock.advance(60_000);
    expect(readDownstream(work.log).get('s/copy/acme/c1 d/good')).toEqual(copied('1'));
    const parked = work.log.filter(({ record }) => record.headers.ce_type === 'MessageParked');
    expect(parked).toHaveLength(1);
    expect(JSON.parse(String(parked[0]?.record.value))).toMatchObject({
      connection: 'c1',
      code: `lane.${what}-failed`,
    });
    expect(String(parked[0]?.record.value)).not.toContain('no idea');
    expect(work.memory.lane('c1', 'd/bad')).toMatchObject({ dueAt: null, mail: [{ n: 1 }] });
  });

  it('goes on without its waiting messages when a person discards the case', async () => {
    const work = new SimulatedWork();
    work.deliver('c1', 'd/bad', 'bad');
    await work.start('p1', failing('plan'));
    await work.clock.advance(1_000);
    const { parked } = work.memory.lane('c1', 'd/bad');
    const data = {
      parkedId: parked ?? '',
      stage: 's/copy',
      connection: 'c1',
      subject: 'd/bad',
      by: 'anna',
      reason: 'test',
    };
    work.say({ id: 'a1', source: 'cli', type: 'ParkedDiscarded', key: 'actions', time: '2026-01-01T00:00:00Z', data });
    await work.clock.advance(1_000);
    work.deliver('c1', 'd/bad', 'fine');
    await work.clock.advance(5_000);
    expect(types(work)).toEqual(['MessageParked', 'ParkedResolved', 'WriteBackDone']);
    expect(work.memory.lane('c1', 'd/bad')).toMatchObject({ parked: null, mail: [], state: '{"copied":["fine"]}' });
  });

  it('because the database refuses its change does not hold up those that were committed with it', async () => {
    const work = new SimulatedWork(['c1', 'c2']);
    work.applyEffects = (changes) => {
      if (changes.some(({ effects }) => effects.some((effect) => (effect as { copied: string }).copied === 'bad'))) {
        throw new Error('unique constraint');
      }
    };
    for (const key of ['d/1', 'd/2', 'd/3']) {
      work.deliver('c1', key, `of ${key}`);
      work.deliver('c2', key, key === 'd/2' ? 'bad' : `of ${key}`);
    }
    await work.start('p1', copyingWorker(answering));
    await work.clock.advance(10_000);
    const downstream = readDownstream(work.log);
    expect(downstream.size).toBe(6);
    expect(work.memory.lane('c2', 'd/2')).toMatchObject({ state: null, mail: [{ n: 1 }], dueAt: null });
    expect(downstream.get('s/copy/acme/c2 d/2')).toHaveLength(1);
    expect(types(work).filter((type) => type === 'MessageParked')).toHaveLength(1);
  });

  it('because it contradicts the ledger says so in words, since no log tells finance what stands against what', async () => {
    const work = new SimulatedWork(['c1']);
    work.applyEffects = () => {
      throw new LedgerConflict({ voucherKey: 'k1', generation: 1 }, 'another revision of bill of d/1 is live');
    };
    work.deliver('c1', 'd/1', 'x');
    await work.start('p1', copyingWorker(answering));
    await work.clock.advance(10_000);
    expect(types(work)).toEqual(['MessageParked']);
    expect(String(work.log[0]?.record.value)).toContain(
      'voucher k1 generation 1: another revision of bill of d/1 is live',
    );
  });
});
