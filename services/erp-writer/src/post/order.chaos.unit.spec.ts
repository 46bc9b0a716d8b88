import type { CallContext, Prerequisite, ReadOutcome, VoucherIntent } from '@voucherline/connector-kit';
import { type AnyMessage, voucherKey } from '@voucherline/contracts';
import type { OutgoingRecord } from '@voucherline/pipeline';
import { seededRandomness } from '@voucherline/platform';
import { type LedgerChange, MemoryLedger } from '@voucherline/store';
import type { Worker } from '@voucherline/work';
import { SimulatedWork } from '@voucherline/work/testing';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { FakeTarget, type Fault } from '../testing/fake-target.js';
import { postVoucher } from '../testing/posting-bench.js';
import { postWorker } from './post-worker.js';

vi.setConfig({ testTimeout: 120_000 });

const SUBJECTS = ['s/1', 's/2', 's/3', 's/stuck'];
const REVISIONS = 3;

/** A target that many subjects share: looked up by key, and with a record of what was done for which key. */
class SharedTarget extends FakeTarget {
  readonly done: { readonly voucherKey: string; readonly what: string }[] = [];

  override async lookup(intent: VoucherIntent) {
    const found = await super.lookup(intent);
    if (found.kind !== 'read') return found;
    return { ...found, value: found.value.filter((one) => one.voucherKey === intent.voucherKey) };
  }

  override async prerequisite(intent: VoucherIntent): Promise<ReadOutcome<Prerequisite>> {
    const isStuck = intent.payload.application === 'never';
    return isStuck ? { kind: 'read', value: { ready: false, waitingFor: 'an audit' } } : super.prerequisite(intent);
  }

  override async create(intent: VoucherIntent) {
    const made = () => this.documents.filter((one) => one.voucherKey === intent.voucherKey).length;
    const before = made();
    const outcome = await super.create(intent);
    if (made() > before) this.done.push({ voucherKey: intent.voucherKey, what: 'create' });
    return outcome;
  }

  override async void(id: string) {
    const document = this.documents.find((one) => one.id === id);
    if (document?.voucherKey !== undefined) this.done.push({ voucherKey: document.voucherKey, what: 'void' });
    return super.void(id);
  }
}

const numberOf = ({ record }: OutgoingRecord) => record.headers.ce_sequence;
const keyOf = (subject: string, revision: number) => voucherKey(subject, 'payment-bill', revision);

/** Every revision of every subject is posted, and taken back before the next one. */
function* commandsOf(subject: string): Generator<AnyMessage> {
  const application = subject === 's/stuck' ? 'never' : subject;
  for (let revision = 0; revision < REVISIONS; revision += 1) {
    const key = keyOf(subject, revision);
    const sequence = 2 * revision + 1;
    const change = { voucherKey: key, revision, target: 'c1', payload: { application }, patienceSeconds: 1_000_000 };
    const time = '2026-01-01T00:00:00Z';
    yield { ...postVoucher(change, subject), source: 'planner', time, sequence } as AnyMessage;
    if (revision === REVISIONS - 1) return;
    const data = { voucherKey: key, voucher: 'payment-bill', revision, target: 'c1', reason: 'amended' };
    const id = `reverse-${key}`;
    yield { type: 'ReverseVoucher', id, source: 'planner', key: subject, time, sequence: sequence + 1, data };
  }
}

/** The simulation's contexts have no clock. */
function withClock<S, E>(worker: Worker<S, E>, clock: SimulatedWork['clock']): Worker<S, E> {
  return {
    ...worker,
    plan: (lane, context) => {
      const step = worker.plan(lane, context);
      if (step.kind !== 'call') return step;
      return { ...step, run: (call: CallContext) => step.run({ ...call, clock }) };
    },
  };
}

const faults = fc.array(
  fc.constantFrom<Fault>('replyLost', { kind: 'inDoubt', reason: 'HTTP 502' }, { kind: 'throttled', afterMs: 5000 }),
  { maxLength: 4 },
);

describe('commands of a subject, through retries, kills and restarts', () => {
  it('take effect in their order, and a stuck subject delays no other', async () => {
    const check = async (create: Fault[], post: Fault[], unpost: Fault[], kills: readonly number[], seed: number) => {
      const work = new SimulatedWork(['c1'], {}, seed);
      const ledger = new MemoryLedger();
      work.applyEffects = (changes) => ledger.applyNow(changes as readonly LedgerChange[]);
      const target = new SharedTarget(true, () => work.clock.now());
      target.reversedByUndoing();
      Object.assign(target.script, { create: [...create], post: [...post], unpost: [...unpost] });
      const worker = withClock(
        postWorker(() => target.asCalls(), ledger.claim),
        work.clock,
      );
      work.killAt = (_, index) => kills.includes(index);
      await work.start('first', worker);
      const random = seededRandomness(seed);
      const queues = SUBJECTS.map((subject) => [...commandsOf(subject)]);
      for (let n = 1; queues.some((queue) => queue.length > 0); n += 1) {
        const queue = queues[Math.floor(random.float() * queues.length)];
        const command = queue?.shift();
        if (command !== undefined) work.say(command);
        await work.clock.advance(Math.floor(random.float() * 2_000));
        // Takes a share of the work, or all that the first has left.
        if (n === 8) await work.start('second', worker);
      }
      work.killAt = () => false;
      await work.start('last', worker);
      await work.clock.advance(240_000);

      for (const subject of SUBJECTS.filter((one) => one !== 's/stuck')) {
        const revisions = Array.from({ length: REVISIONS }, (_, revision) => keyOf(subject, revision));
        const order = target.done
          .filter(({ voucherKey: key }) => revisions.includes(key))
          .map(({ voucherKey: key, what }) => `${revisions.indexOf(key)} ${what}`);
        const changes = order.filter((one, index) => one !== order[index - 1]);
        // A revision that was taken back before it was sent leaves no trace.
        const sent = revisions.flatMap((_, n) => (order.includes(`${n} create`) ? [n] : []));
        expect(changes, subject).toEqual(
          sent.flatMap((n) => (n === REVISIONS - 1 ? [`${n} create`] : [`${n} create`, `${n} void`])),
        );
        const last = keyOf(subject, REVISIONS - 1);
        expect(target.documents.filter((one) => revisions.includes(one.voucherKey ?? ''))).toMatchObject([
          { stage: 'posted', voucherKey: last },
        ]);
      }
      for (const subject of SUBJECTS) {
        const words = work.log.filter(({ topic, record }) => topic === 'vouchers.events.v1' && record.key === subject);
        // What a take-over publishes again has the number that it had.
        const once = words.filter((word, n) => words.findIndex((one) => numberOf(one) === numberOf(word)) === n);
        const said = once.map(({ record }) => (JSON.parse(String(record.value)) as { revision: number }).revision);
        expect(said, subject).toEqual(said.toSorted((a, b) => a - b));
      }
      expect(target.done.some(({ voucherKey: key }) => key === keyOf('s/stuck', 0))).toBe(false);
    };
    const kills = fc.uniqueArray(fc.nat(300), { maxLength: 3 });
    const seeds = fc.integer({ min: 1, max: 1_000_000 });
    await fc.assert(fc.asyncProperty(faults, faults, faults, kills, seeds, check), { numRuns: 10 });
  });
});
