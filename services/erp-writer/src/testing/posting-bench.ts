import type { AnyMessage, MessageTypes } from '@voucherline/contracts';
import { type LedgerEffect, MemoryLedger } from '@voucherline/store';
import type { PostLane } from '../post/lane-state.js';
import { postWorker } from '../post/post-worker.js';
import { FakeTarget } from './fake-target.js';
import { LaneRunner } from './lane-runner.js';

export const KEY = '0123456789abcdef0123456789abcdef';
export const OTHER = 'f'.repeat(32);

/** A lane of the poster with its target and its ledger, and the messages that tests send. */
export class PostingBench {
  readonly ledger: MemoryLedger;
  readonly target: FakeTarget;
  readonly lane: LaneRunner<PostLane, LedgerEffect>;

  /** @param shared a ledger, where several lanes claim the same values */
  constructor(createCarriesKey = false, shared = new MemoryLedger()) {
    this.ledger = shared;
    this.target = new FakeTarget(createCarriesKey, () => this.lane.now);
    const worker = postWorker(
      (product) => (product === 'kingdee-galaxy' ? this.target.asCalls() : undefined),
      shared.claim,
    );
    this.lane = new LaneRunner(worker, 'kingdee-hq', 'kingdee-galaxy', (effects) =>
      shared.apply([{ epoch: 1, effects }]),
    );
  }

  post(change: Partial<MessageTypes['PostVoucher']> = {}, key = 'subject-1'): void {
    this.lane.send(postVoucher(change, key));
  }

  reverse(change: Partial<MessageTypes['ReverseVoucher']> = {}, id = 'r1'): void {
    const data = { voucherKey: KEY, voucher: 'payment-bill', revision: 0, target: 'kingdee-hq', reason: 'withdrawn' };
    this.lane.send({ type: 'ReverseVoucher', id, data: { ...data, ...change } });
  }

  /** A person decides about the last case. */
  decide(type: 'ParkedReleased' | 'ParkedDiscarded', id: string): void {
    const { parkedId, stage, connection } = this.lane.last('MessageParked').data;
    const data = {
      parkedId,
      stage,
      connection: connection as string,
      subject: 'subject-1',
      by: 'zhang',
      reason: 'seen',
    };
    this.lane.send({ type, id, key: 'none', data } as Partial<AnyMessage>);
  }

  /** A person settles the doubt about a voucher. */
  settleDoubt(id: string, document?: string, voucherKey = KEY): void {
    const about = { voucherKey, connection: 'kingdee-hq', subject: 'subject-1', by: 'zhang', reason: 'seen' };
    const found = document === undefined ? { resolution: 'absent' } : { resolution: 'linked', document };
    this.lane.send({ type: 'DoubtResolved', id, key: 'none', data: { ...about, ...found } } as Partial<AnyMessage>);
  }

  /** Makes calls until this one is due, which is not made. */
  async until(call: string): Promise<void> {
    for (let n = 0; n < 100; n += 1) {
      const step = this.lane.plan();
      if (step.kind === 'call' && step.name === call) return;
      if (step.kind === 'wait') {
        await this.lane.commit(step.change);
        if (step.until === undefined) throw new Error(`nothing more is due, and ${call} was not`);
        this.lane.now = Math.max(step.until, this.lane.now);
      } else await this.lane.take(step);
    }
    throw new Error(`${call} never came`);
  }

  get posted() {
    return this.target.documents.filter(({ stage }) => stage === 'posted');
  }

  count(call: string, target = this.target): number {
    return target.calls.filter((one) => one === call).length;
  }

  /** Whether each message was said once. */
  get saidOnce(): boolean {
    return new Set(this.lane.said.map(({ id }) => id)).size === this.lane.said.length;
  }
}

export function postVoucher(change: Partial<MessageTypes['PostVoucher']> = {}, key = 'subject-1'): Partial<AnyMessage> {
  return {
    type: 'PostVoucher',
    id: `post-${change.voucherKey ?? KEY}-${change.replaces ?? ''}-${change.fingerprint ?? 'f1'}`,
    key,
    data: {
      voucherKey: KEY,
      voucher: 'payment-bill',
      revision: 0,
      flow: { name: 'payments', hash: 'h1', offset: 3 },
      target: 'kingdee-hq',
      operation: 'push-payment-bill',
      accountingDate: '2026-03-31',
      members: [],
      payload: { application: 'FKSQ1' },
      fingerprint: 'f1',
      expectation: { amount: { amount: '100.00', currency: 'CNY' }, payee: 'S001', date: '2026-03-31' },
      patienceSeconds: 600,
      ...change,
    },
  };
}
