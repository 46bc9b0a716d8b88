import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { FakeTarget, Fault } from '../testing/fake-target.js';
import { KEY, PostingBench } from '../testing/posting-bench.js';

// Seconds of computing, more on a machine that does other things too.
vi.setConfig({ testTimeout: 60_000 });

const faults = fc.constantFrom<Fault>(
  'replyLost',
  'late',
  { kind: 'inDoubt', reason: 'HTTP 502' },
  { kind: 'notSent', detail: 'refused' },
  { kind: 'throttled', afterMs: 5000 },
);
const script = fc.record({
  create: fc.array(faults, { maxLength: 3 }),
  mark: fc.array(faults, { maxLength: 2 }),
  submit: fc.array(faults, { maxLength: 2 }),
  post: fc.array(faults, { maxLength: 2 }),
  void: fc.array(faults, { maxLength: 2 }),
  unpost: fc.array(faults, { maxLength: 2 }),
});
/** At which steps the process dies, and whether its request got through. */
const deaths = fc.array(fc.record({ after: fc.nat(6), call: fc.constantFrom('neverMade', 'answerLost') }), {
  maxLength: 4,
});

type Death = { readonly after: number; readonly call: string };

/** A lane with a voucher, and a process that dies at these steps. */
async function lifeOf(createCarriesKey: boolean, faultsOf: FakeTarget['script'], dying: readonly Death[]) {
  const bench = new PostingBench(createCarriesKey);
  Object.assign(bench.target.script, structuredClone(faultsOf));
  bench.target.reversedByUndoing();
  bench.post();
  const die = async ({ after, call }: Death) => {
    for (let n = 0; n < after; n += 1) {
      const step = bench.lane.plan();
      if (step.kind === 'call') await bench.lane.take(step);
    }
    if (bench.lane.plan().kind === 'call') await bench.lane.dieBeforeSettling(call as 'neverMade' | 'answerLost');
    bench.target.runLate();
  };
  for (const death of dying) await die(death);
  const end = async () => {
    for (let n = 0; n < 60; n += 1) {
      await bench.lane.settle(20_000);
      bench.target.runLate();
    }
    expect(bench.saidOnce).toBe(true);
    expect((await bench.ledger.attempts(KEY, 1)).filter(({ outcome }) => outcome === null)).toEqual([]);
  };
  const times = (...types: string[]) => bench.lane.types.filter((type) => types.includes(type)).length;
  return { bench, die, end, times };
}

describe.each([
  ['Push', false],
  ['Save', true],
])('the worker, ledger included, by %s', (_, createCarriesKey) => {
  it('ends in one voucher, said once, whatever is lost, late, refused for now or killed', async () => {
    const check = async (faultsOf: FakeTarget['script'], dying: readonly Death[]) => {
      const { bench, end, times } = await lifeOf(createCarriesKey, faultsOf, dying);
      await end();
      expect(bench.target.documents.map(({ stage }) => stage)).toEqual(['posted']);
      expect(times('VoucherConfirmed')).toBe(1);
      const [document] = bench.target.documents;
      expect(await bench.ledger.voucher(KEY, 1)).toMatchObject({ stage: 'confirmed', chosen: document?.document });
    };
    await fc.assert(fc.asyncProperty(script, deaths, check), { numRuns: 100 });
  });

  it('ends in none when it is withdrawn, at whatever moment, and says so once', async () => {
    const check = async (faultsOf: FakeTarget['script'], dying: readonly Death[], afterwards: readonly Death[]) => {
      const { bench, die, end, times } = await lifeOf(createCarriesKey, faultsOf, dying);
      bench.reverse();
      for (const death of afterwards) await die(death);
      await end();
      expect(bench.target.documents).toEqual([]);
      expect(times('VoucherCancelled', 'VoucherReversed')).toBe(1);
      expect(times('VoucherReversed')).toBe(times('VoucherConfirmed'));
      expect(await bench.ledger.voucher(KEY, 1)).toMatchObject({ live: false });
    };
    await fc.assert(fc.asyncProperty(script, deaths, deaths, check), { numRuns: 100 });
  });
});

describe('the worker, when a voucher is refused and mended', () => {
  const refusal: Fault = { kind: 'rejected', code: 'C', words: 'closed', owner: 'finance', nextStep: 'open' };

  it.each(['create', 'submit', 'post'] as const)(
    'at its %s ends in one voucher of the next generation',
    async (step) => {
      const check = async (faultsOf: FakeTarget['script'], dying: readonly Death[], afterwards: readonly Death[]) => {
        const { bench, die, end, times } = await lifeOf(true, { [step]: [refusal] }, []);
        await bench.lane.settle();
        Object.assign(bench.target.script, structuredClone(faultsOf));
        bench.post({ fingerprint: 'f2', replaces: 'f1' });
        for (const death of [...dying, ...afterwards]) await die(death);
        await end();
        expect(bench.target.documents).toMatchObject([{ stage: 'posted', generation: 2 }]);
        expect(times('VoucherConfirmed')).toBe(1);
        expect(await bench.ledger.voucher(KEY, 1)).toMatchObject({ stage: 'cancelled' });
      };
      await fc.assert(fc.asyncProperty(script, deaths, deaths, check), { numRuns: 50 });
    },
  );
});
