import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type LedgerHarness, ledgerFeatures } from './ledger.features.js';
import { LedgerConflict, type LedgerEffect } from './ledger-effect.js';
import type { KnownAttempt, KnownVoucher } from './memory-ledger.js';
import { applyLedgerEffects, countStopped } from './postgres-ledger.js';
import { LEDGER_TABLES } from './tables.js';

declare module 'vitest' {
  interface ProvidedContext {
    databaseUrl: string;
  }
}

let client: Client;
const schemas: string[] = [];

beforeAll(async () => {
  client = new Client({ connectionString: inject('databaseUrl') });
  await client.connect();
});

afterAll(async () => {
  for (const schema of schemas) await client.query(`DROP SCHEMA ${schema} CASCADE`);
  await client.end();
});

async function emptyLedger(): Promise<LedgerHarness> {
  const schema = `ledger_${randomUUID().replaceAll('-', '')}`;
  schemas.push(schema);
  await client.query(`CREATE SCHEMA ${schema}; SET search_path TO ${schema}; ${LEDGER_TABLES.sql}`);
  return {
    apply: async (changes) => {
      await client.query('BEGIN');
      try {
        await applyLedgerEffects(client, changes);
        await client.query('COMMIT');
      } catch (error) {
        await client.query('ROLLBACK');
        throw error;
      }
    },
    voucher: async (key, generation) => {
      const { rows } = await client.query<KnownVoucher>(
        `SELECT subject, amount, accounting_date::text AS "accountingDate", stage, chosen_doc AS chosen, number
         FROM vouchers WHERE voucher_key = $1 AND generation = $2`,
        [key, generation],
      );
      return rows[0];
    },
    attempts: async (key, generation) => {
      const { rows } = await client.query<KnownAttempt>(
        `SELECT n, operation, request_hash AS "requestHash", epoch::int, outcome FROM attempts
         WHERE voucher_key = $1 AND generation = $2 ORDER BY n`,
        [key, generation],
      );
      return rows;
    },
    lookUps: async (key, generation) => {
      const { rows } = await client.query<{ what: string; found: string }>(
        'SELECT what, found FROM lookups WHERE voucher_key = $1 AND generation = $2 ORDER BY id',
        [key, generation],
      );
      return rows.map(({ what, found }) => ({
        what,
        found: found.split(' ').map((one) => ({ id: one.split('=')[0] ?? '', stage: one.split('=')[1] ?? '' })),
      }));
    },
  };
}

ledgerFeatures('ledger in PostgreSQL', emptyLedger);

const at = 1_700_000_000_000;

const intent = (voucherKey: string): LedgerEffect => ({
  kind: 'intent',
  ...{ voucherKey, generation: 1, subject: voucherKey, voucher: 'v', revision: 0, target: 't', fingerprint: 'f' },
  ...{ flow: 'x', amount: '1', currency: 'CNY', accountingDate: '2026-01-31', at },
});

describe('the ledger in PostgreSQL', () => {
  it('counts what stopped', async () => {
    const ledger = await emptyLedger();
    const effects = ['a', 'b'].flatMap((voucherKey): LedgerEffect[] => [
      intent(voucherKey),
      { kind: 'stage', voucherKey, generation: 1, stage: 'inDoubt', at },
    ]);
    await ledger.apply([{ epoch: 1, effects }]);
    expect(await countStopped(client)).toEqual(new Map([['inDoubt', 2]]));
  });

  it('lets one of two owners choose, when both try at once', async () => {
    const ledger = await emptyLedger();
    await ledger.apply([{ epoch: 1, effects: [intent('a')] }]);
    const other = new Client({ connectionString: inject('databaseUrl') });
    await other.connect();
    try {
      await other.query(`SET search_path TO ${schemas.at(-1)}`);
      const choose = (document: string) => [
        { epoch: 1, effects: [{ kind: 'chosen', voucherKey: 'a', generation: 1, document, at } as const] },
      ];
      await client.query('BEGIN');
      await applyLedgerEffects(client, choose('d7'));
      await other.query('BEGIN');
      const second = applyLedgerEffects(other, choose('d8')).catch((error: unknown) => error);
      await client.query('COMMIT');
      expect(await second).toBeInstanceOf(LedgerConflict);
      await other.query('ROLLBACK');
      expect(await ledger.voucher('a', 1)).toMatchObject({ chosen: 'd7' });
    } finally {
      await other.end();
    }
  });
});
