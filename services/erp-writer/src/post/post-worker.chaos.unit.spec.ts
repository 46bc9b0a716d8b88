import type { AnyMessage } from '@voucherline/contracts';
import { type LedgerEffect, MemoryLedger } from '@voucherline/store';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { FakeTarget, type Fault } from '../testing/fake-target.js';
import { LaneRunner } from '../testing/lane-runner.js';
import type { PostLane } from './lane-state.js';
import { postWorker } from './post-worker.js';

// Seconds of computing, more on a machine that does other things too.
vi.setConfig({ testTimeout: 60_000 });

const KEY = '0123456789abcdef0123456789abcdef';
const command = {
  type: 'PostVoucher',
  id: 'post-1',
  data: {
    ...{ voucherKey: KEY, voucher: 'payment-bill', revision: 0, flow: { name: 'payments', hash: 'h', offset: 3 } },
    ...{ target: 'kingdee-hq', operation: 'push-payment-bill', accountingDate: '2026-03-31', members: [], payload: {} },
    ...{ fingerprint: 'f1', patienceSeconds: 600 },
    expectation: { amount: { amount: '100.00', currency: 'CNY' }, payee: 'S001', date: '2026-03-31' },
  },
} as unknown as Partial<AnyMessage>;

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
});
/** At which steps the process dies, and whether its request got through. */
const deaths = fc.array(fc.record({ after: fc.nat(6), call: fc.constantFrom('neverMade', 'answerLost') }), {
  maxLength: 4,
});

describe.each([
  ['Push', false],
  ['Save', true],
])('the worker, ledger included, by %s', (_, createCarriesKey) => {
  it('ends in one voucher, said once, whatever is lost, late, refused for now or killed', async () => {
    const check = async (faultsOf: FakeTarget['script'], dying: readonly { after: number; call: string }[]) => {
      const ledger = new MemoryLedger();
      const target: FakeTarget = new FakeTarget(createCarriesKey, () => lane.now);
      Object.assign(target.script, structuredClone(faultsOf));
      const worker = postWorker(() => target.asCalls(), ledger.claim);
      const lane: LaneRunner<PostLane, LedgerEffect> = new LaneRunner(
        worker,
        'kingdee-hq',
        'kingdee-galaxy',
        (effects) => ledger.apply([{ epoch: 1, effects }]),
      );
      lane.send(command);
      for (const { after, call } of dying) {
        for (let n = 0; n < after; n += 1) {
          const step = lane.plan();
          if (step.kind === 'call') await lane.take(step);
        }
        if (lane.plan().kind === 'call') await lane.dieBeforeSettling(call as 'neverMade' | 'answerLost');
        target.runLate();
      }
      for (let n = 0; n < 60; n += 1) {
        await lane.settle(20_000);
        target.runLate();
      }
      expect(target.documents.map(({ stage }) => stage)).toEqual(['posted']);
      expect(lane.types.filter((type) => type === 'VoucherConfirmed')).toHaveLength(1);
      expect(new Set(lane.said.map(({ id }) => id)).size).toBe(lane.said.length);
      expect(await ledger.voucher(KEY, 1)).toMatchObject({ stage: 'confirmed', chosen: target.documents[0]?.document });
      expect((await ledger.attempts(KEY, 1)).filter(({ outcome }) => outcome === null)).toEqual([]);
    };
    await fc.assert(fc.asyncProperty(script, deaths, check), { numRuns: 100 });
  });
});
