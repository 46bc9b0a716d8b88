import { beforeEach, describe, expect, it } from 'vitest';
import type { ClaimExclusive } from './exclusive-claim.js';
import {
  type LedgerChange,
  LedgerConflict,
  type LedgerEffect,
  type LedgerStage,
  type VoucherGeneration,
} from './ledger-effect.js';
import type { KnownAttempt, KnownVoucher } from './memory-ledger.js';

/** A ledger under test, with the reads that the suite needs. */
export interface LedgerHarness {
  /** One transaction. */
  apply(changes: readonly LedgerChange[]): Promise<void>;
  voucher(voucherKey: string, generation: number): Promise<KnownVoucher | undefined>;
  attempts(voucherKey: string, generation: number): Promise<readonly KnownAttempt[]>;
  lookUps(
    voucherKey: string,
    generation: number,
  ): Promise<readonly { what: string; found: readonly { id: string; stage: string }[] }[]>;
  readonly claim: ClaimExclusive;
}

const AT = Date.parse('2026-03-31T08:00:00.123Z');
const about = { voucherKey: 'k1', generation: 1, at: AT } as const;

const intent = (change: Partial<Extract<LedgerEffect, { kind: 'intent' }>> = {}): LedgerEffect => ({
  kind: 'intent',
  ...about,
  subject: 'dingtalk/c/approval/1',
  voucher: 'payment-bill',
  revision: 0,
  target: 'kingdee-hq',
  fingerprint: 'f1',
  flow: 'payments@h1',
  amount: '100.00',
  currency: 'CNY',
  accountingDate: '2026-03-31',
  ...change,
});
const begun = (n: number, operation = 'create'): LedgerEffect => ({
  kind: 'attemptBegun',
  ...about,
  n,
  operation,
  requestHash: 'r',
});
const ended = (n: number): LedgerEffect => ({
  kind: 'attemptEnded',
  ...about,
  n,
  outcome: 'inDoubt',
  detail: 'timeout',
});
const chosen = (document: string, voucherKey = 'k1'): LedgerEffect => ({
  kind: 'chosen',
  ...about,
  voucherKey,
  document,
});
const confirmed = (document: string): LedgerEffect => ({
  kind: 'confirmed',
  ...about,
  document,
  number: 'FKD1',
  contentSha256: 'c',
  intendedAt: AT,
});

const stage = (name: LedgerStage, change: Partial<VoucherGeneration> = {}): LedgerEffect => ({
  kind: 'stage',
  ...about,
  ...change,
  stage: name,
});

/** What every ledger does, whatever keeps it. */
export function ledgerFeatures(name: string, makeLedger: () => Promise<LedgerHarness>): void {
  describe(name, () => {
    let ledger: LedgerHarness;
    const commit = (...effects: LedgerEffect[]) => ledger.apply([{ epoch: 7, effects }]);
    const refused = async (promise: Promise<void>, words: RegExp) => {
      const error = await promise.then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(LedgerConflict);
      expect(String(error)).toMatch(words);
    };

    beforeEach(async () => {
      ledger = await makeLedger();
    });

    it('keeps the way of a voucher', async () => {
      await commit(intent());
      await commit(begun(1));
      await commit(ended(1), { kind: 'lookedUp', ...about, what: 'lookup', found: [{ id: '7', stage: 'draft' }] });
      await commit(chosen('d7'), begun(2, 'submit'));
      await commit({ ...ended(2), outcome: 'done' } as LedgerEffect, confirmed('d7'));
      expect(await ledger.voucher('k1', 1)).toMatchObject({
        subject: 'dingtalk/c/approval/1',
        amount: '100.00',
        accountingDate: '2026-03-31',
        stage: 'confirmed',
        chosen: 'd7',
        number: 'FKD1',
      });
      expect(await ledger.attempts('k1', 1)).toEqual([
        { n: 1, operation: 'create', requestHash: 'r', epoch: 7, outcome: 'inDoubt' },
        { n: 2, operation: 'submit', requestHash: 'r', epoch: 7, outcome: 'done' },
      ]);
      expect(await ledger.lookUps('k1', 1)).toEqual([{ what: 'lookup', found: [{ id: '7', stage: 'draft' }] }]);
    });

    it('writes many vouchers in one commit', async () => {
      const keys = ['k1', 'k2', 'k3'];
      const effects = keys.flatMap((voucherKey) => [
        intent({ voucherKey, subject: voucherKey }),
        { ...begun(1), voucherKey },
        chosen(`d-${voucherKey}`, voucherKey),
      ]);
      await ledger.apply(effects.map((effect, index) => ({ epoch: index, effects: [effect] })));
      for (const key of keys) expect(await ledger.voucher(key, 1)).toMatchObject({ chosen: `d-${key}` });
      expect((await ledger.attempts('k2', 1))[0]?.epoch).toBe(4);
    });

    it('takes the same intent twice and refuses other content under the same key', async () => {
      await commit(intent());
      await commit(intent());
      await refused(commit(intent({ fingerprint: 'f2' })), /k1 generation 1: is known with content f1, not f2/);
    });

    it('allows one live revision of a voucher', async () => {
      await commit(intent());
      await refused(commit(intent({ voucherKey: 'k2', revision: 1 })), /another revision of payment-bill .* is live/);
      await commit({ kind: 'stage', ...about, stage: 'discarded' });
      await commit(intent({ voucherKey: 'k2', revision: 1 }));
      expect(await ledger.voucher('k2', 1)).toMatchObject({ stage: 'working' });
    });

    it('writes a choice once', async () => {
      await commit(intent(), chosen('d7'));
      await commit(chosen('d7'));
      await refused(commit(chosen('d8')), /another chosen document than d8/);
      await refused(commit(chosen('d7'), chosen('d8')), /in one commit/);
      expect(await ledger.voucher('k1', 1)).toMatchObject({ chosen: 'd7' });
    });

    it('lets a document stand for one voucher only', async () => {
      await commit(intent(), intent({ voucherKey: 'k2', subject: 's2' }), chosen('d7'));
      await refused(commit(chosen('d7', 'k2')), /another/);
    });

    it('confirms by the chosen document only', async () => {
      await commit(intent());
      await refused(commit(confirmed('d7')), /was not chosen/);
    });

    it('begins an attempt once and ends it once', async () => {
      await commit(intent(), begun(1));
      await refused(commit(begun(1)), /attempt 1 \(create\) was begun before/);
      await commit(ended(1));
      await refused(commit(ended(1)), /attempt 1 is not open/);
    });

    it('lets the last stage of a commit count', async () => {
      await commit(intent(), { kind: 'stage', ...about, stage: 'inDoubt' }, { kind: 'stage', ...about, stage: 'held' });
      expect(await ledger.voucher('k1', 1)).toMatchObject({ stage: 'held' });
    });

    describe('generations', () => {
      const second = intent({ generation: 2, fingerprint: 'f2' });

      it('make room for the next one in the commit that cancels the older one', async () => {
        await commit(intent(), chosen('d7'), stage('rejected'));
        await refused(commit(second), /k1 generation 2: generation 1 is rejected, not cancelled/);
        await commit(stage('cancelled'), second);
        expect(await ledger.voucher('k1', 1)).toMatchObject({ stage: 'cancelled', live: false });
        expect(await ledger.voucher('k1', 2)).toMatchObject({ stage: 'working', live: true, chosen: null });
        await commit(second);
      });

      it('may come and go within one commit', async () => {
        await commit(intent(), stage('cancelled'), second, stage('cancelled', { generation: 2 }));
        await commit(intent({ voucherKey: 'k2', revision: 1 }));
        expect(await ledger.voucher('k1', 1)).toMatchObject({ live: false });
        expect(await ledger.voucher('k1', 2)).toMatchObject({ live: false });
        expect(await ledger.voucher('k2', 1)).toMatchObject({ live: true });
      });

      it('that were discarded make room for no other', async () => {
        await commit(intent(), stage('discarded'));
        await refused(commit(second), /generation 1 is discarded/);
      });

      it('may choose and end in one commit: a draft that was found, and is gone at the next look', async () => {
        await commit(intent());
        await commit(chosen('d7'), stage('cancelled'), second);
        expect(await ledger.voucher('k1', 1)).toMatchObject({ stage: 'cancelled', live: false, chosen: 'd7' });
        expect(await ledger.voucher('k1', 2)).toMatchObject({ stage: 'working', live: true, chosen: null });
      });

      it('choose and confirm nothing once they ended', async () => {
        await commit(intent(), chosen('d7'));
        await commit(stage('cancelled'));
        await refused(commit(chosen('d7')), /not live/);
        await refused(commit(confirmed('d7')), /not live/);
      });
    });

    describe('reversals', () => {
      const reversal = intent({ voucherKey: 'r1', voucher: 'payment-bill/reversal', reverses: 'k1' });

      it('stand beside the voucher, and end it', async () => {
        await commit(intent(), chosen('d7'), confirmed('d7'));
        await commit(reversal);
        await commit(chosen('d8', 'r1'), { ...confirmed('d8'), voucherKey: 'r1' } as LedgerEffect, stage('reversed'));
        expect(await ledger.voucher('k1', 1)).toMatchObject({ stage: 'reversed', live: false, chosen: 'd7' });
        expect(await ledger.voucher('r1', 1)).toMatchObject({ stage: 'confirmed', chosen: 'd8' });
        await commit(intent({ voucherKey: 'k2', revision: 1 }));
        const next = { voucherKey: 'r2', voucher: 'payment-bill/reversal', revision: 1, reverses: 'k2' };
        await commit(intent(next));
        expect(await ledger.voucher('r2', 1)).toMatchObject({ live: true });
      });

      it('are one for each voucher', async () => {
        await commit(intent(), reversal);
        await refused(
          commit(intent({ voucherKey: 'r2', voucher: 'other/reversal', reverses: 'k1' })),
          /another reversal of k1 is live/,
        );
      });

      it('are the end of a voucher, whatever is found of it later', async () => {
        await commit(intent(), chosen('d7'), confirmed('d7'));
        await commit(stage('reversed'));
        await commit(stage('held'));
        expect(await ledger.voucher('k1', 1)).toMatchObject({ stage: 'reversed', live: false });
      });

      it('are of what was confirmed, and cancellations of what was not', async () => {
        await commit(intent(), chosen('d7'));
        await refused(commit(stage('reversed')), /can't be reversed: it was never confirmed/);
        await commit(confirmed('d7'));
        await refused(commit(stage('cancelled')), /can't be cancelled/);
      });
    });

    describe('exclusive values', () => {
      const invoice = { name: 'invoice', company: 'acme', value: '044001900111#12345678' };
      const application = { name: 'application', company: 'acme', value: 'FKSQ1' };
      const other = { voucherKey: 'k2', subject: 's2', target: 'yonyou' };
      const claim = (voucherKey: string, ...values: (typeof invoice)[]) =>
        ledger.claim({ voucherKey, generation: 1, values });

      beforeEach(() => commit(intent(), intent(other)));

      it('are held by one voucher, whatever its target, which may ask again', async () => {
        expect(await claim('k1', invoice, application)).toBeNull();
        expect(await claim('k1', application, invoice, invoice)).toBeNull();
        expect(await claim('k2', invoice)).toEqual({
          ...{ name: 'invoice', voucherKey: 'k1', subject: 'dingtalk/c/approval/1' },
          ...{ voucher: 'payment-bill', revision: 0, target: 'kingdee-hq' },
        });
      });

      it('are a matter of one company and one kind', async () => {
        await claim('k1', invoice);
        expect(await claim('k2', { ...invoice, company: 'other' }, { ...invoice, name: 'receipt' })).toBeNull();
      });

      it('are claimed all or none', async () => {
        await claim('k1', invoice);
        expect(await claim('k2', application, invoice)).toMatchObject({ name: 'invoice', voucherKey: 'k1' });
        expect(await claim('k1', application)).toBeNull();
      });

      it.each(['cancelled', 'discarded'] as const)('are free again when their voucher is %s', async (end) => {
        await claim('k1', invoice);
        await commit(stage(end));
        expect(await claim('k2', invoice)).toBeNull();
      });

      it('are free again when their voucher is reversed, and not before', async () => {
        await claim('k1', invoice);
        await commit(chosen('d7'), confirmed('d7'));
        expect(await claim('k2', invoice)).toMatchObject({ voucherKey: 'k1' });
        await commit(stage('reversed'));
        expect(await claim('k2', invoice)).toBeNull();
      });

      it('stay where they are when the commit that ends their voucher is refused', async () => {
        await claim('k1', invoice);
        await refused(commit(stage('cancelled'), ended(9)), /not open/);
        expect(await claim('k2', invoice)).toMatchObject({ voucherKey: 'k1' });
      });

      it('are not taken for a voucher that has ended meanwhile', async () => {
        await commit(stage('cancelled'));
        await expect(claim('k1', invoice)).rejects.toThrow(/k1 generation 1: is not live/);
        expect(await claim('k2', invoice)).toBeNull();
      });
    });

    it('writes nothing of a commit that is refused', async () => {
      await commit(intent(), chosen('d7'));
      await refused(commit(begun(1), chosen('d8')), /d8/);
      expect(await ledger.attempts('k1', 1)).toEqual([]);
    });
  });
}
