import { randomUUID } from 'node:crypto';
import { Client, type Pool } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { migrate } from '../migrate.js';
import { openPool } from '../pool.js';
import { type LedgerHarness, ledgerFeatures } from './ledger.features.js';
import { LedgerConflict, type LedgerEffect } from './ledger-effect.js';
import type { KnownAttempt, KnownVoucher } from './memory-ledger.js';
import { exclusiveClaims } from './postgres-exclusive.js';
import { applyLedgerEffects, countStopped } from './postgres-ledger.js';
import { LEDGER_TABLES } from './tables.js';

declare module 'vitest' {
  interface ProvidedContext {
    databaseUrl: string;
  }
}

let client: Client;
const pools: Pool[] = [];
const schemas: string[] = [];

beforeAll(async () => {
  client = new Client({ connectionString: inject('databaseUrl') });
  await client.connect();
});

afterAll(async () => {
  for (const schema of schemas) await client.query(`DROP SCHEMA ${schema} CASCADE`);
  await client.end();
});

afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.end();
});

async function emptyLedger(): Promise<LedgerHarness> {
  const schema = `ledger_${randomUUID().replaceAll('-', '')}`;
  schemas.push(schema);
  await client.query(
    `CREATE SCHEMA ${schema}; SET search_path TO ${schema}; ${LEDGER_TABLES.map(({ sql }) => sql).join('; ')}`,
  );
  const pool = openPool(inject('databaseUrl'), { schema, max: 2 });
  pools.push(pool);
  return {
    claim: exclusiveClaims(pool),
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
        `SELECT subject, amount, accounting_date::text AS "accountingDate", stage, chosen_doc AS chosen, number, live
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

  it('keeps what an older version wrote', async () => {
    const schema = `ledger_${randomUUID().replaceAll('-', '')}`;
    schemas.push(schema);
    const pool = openPool(inject('databaseUrl'), { schema, max: 2 });
    pools.push(pool);
    await migrate(pool, schema, LEDGER_TABLES.slice(0, 1));
    await pool.query(
      `INSERT INTO vouchers (voucher_key, generation, subject, voucher, revision, target, fingerprint, flow, amount, currency,
                             accounting_date, intended_at, stage_at)
       VALUES ('a', 1, 's', 'v', 0, 't', 'f', 'x', '1', 'CNY', '2026-01-31', now(), now())`,
    );
    await migrate(pool, schema, LEDGER_TABLES);
    expect(await exclusiveClaims(pool)({ voucherKey: 'a', generation: 1, values: [] })).toBeNull();
    const { rows } = await pool.query('SELECT live, reverses FROM vouchers');
    expect(rows).toEqual([{ live: true, reverses: null }]);
  });

  it('gives a value to one of two vouchers that claim it at once', async () => {
    const ledger = await emptyLedger();
    const keys = Array.from({ length: 8 }, (_, n) => `k${n}`);
    await ledger.apply([{ epoch: 1, effects: keys.map(intent) }]);
    const values = ['2', '1'].map((value) => ({ name: 'invoice', company: 'acme', value }));
    const holders = await Promise.all(
      keys.map((voucherKey, n) =>
        ledger.claim({ voucherKey, generation: 1, values: n % 2 === 0 ? values : values.toReversed() }),
      ),
    );
    const winner = keys.filter((_, n) => holders[n] === null);
    expect(winner).toHaveLength(1);
    expect(new Set(holders.map((holder) => holder?.voucherKey ?? winner[0]))).toEqual(new Set(winner));
  });

  it('lets no value stay with a voucher that ends while it claims', async () => {
    const ledger = await emptyLedger();
    await ledger.apply([{ epoch: 1, effects: [intent('a'), intent('b')] }]);
    const values = [{ name: 'invoice', company: 'acme', value: '1' }];
    await client.query('BEGIN');
    const end: LedgerEffect = { kind: 'stage', voucherKey: 'a', generation: 1, stage: 'cancelled', at };
    await applyLedgerEffects(client, [{ epoch: 1, effects: [end] }]);
    const late = ledger.claim({ voucherKey: 'a', generation: 1, values }).catch((error: unknown) => error);
    await client.query('COMMIT');
    expect(await late).toBeInstanceOf(LedgerConflict);
    expect(await ledger.claim({ voucherKey: 'b', generation: 1, values })).toBeNull();
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
