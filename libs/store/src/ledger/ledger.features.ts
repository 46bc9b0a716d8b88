import { beforeEach, describe, expect, it } from 'vitest';
import { type LedgerChange, LedgerConflict, type LedgerEffect } from './ledger-effect.js';
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

    it('writes nothing of a commit that is refused', async () => {
      await commit(intent(), chosen('d7'));
      await refused(commit(begun(1), chosen('d8')), /d8/);
      expect(await ledger.attempts('k1', 1)).toEqual([]);
    });
  });
}
