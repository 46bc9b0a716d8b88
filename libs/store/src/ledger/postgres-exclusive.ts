import type { ClientBase, Pool } from 'pg';
import { inTransaction } from '../transaction.js';
import type { ClaimExclusive, ExclusiveClaim, ExclusiveHolder } from './exclusive-claim.js';
import { LedgerConflict, type VoucherGeneration } from './ledger-effect.js';

/** Waits for a commit that ends this very voucher, so that an end and a late claim never leave a value with nobody. */
const STILL_LIVE = 'SELECT FROM vouchers WHERE voucher_key = $1 AND generation = $2 AND live FOR SHARE';

/** Gives back the holder of each value, whoever it is. In order, so that two claims never wait for each other. */
const CLAIM = `
INSERT INTO exclusive_values AS e (company, name, value, voucher_key)
SELECT DISTINCT v.company, v.name, v.value, $1 FROM unnest($2::text[], $3::text[], $4::text[]) AS v(company, name, value)
ORDER BY 1, 2, 3
ON CONFLICT (company, name, value) DO UPDATE SET voucher_key = e.voucher_key
RETURNING name, voucher_key AS "voucherKey"`;

const HOLDER = `
SELECT voucher_key AS "voucherKey", subject, voucher, revision, target FROM vouchers
WHERE voucher_key = $1 ORDER BY generation DESC LIMIT 1`;

const RELEASE = `
DELETE FROM exclusive_values WHERE (company, name, value) IN (
  SELECT company, name, value FROM exclusive_values WHERE voucher_key = ANY ($1) ORDER BY 1, 2, 3 FOR UPDATE)`;

/** Claims in a transaction of its own. @throws {LedgerConflict} for a voucher that is not live: it has ended meanwhile. */
export function exclusiveClaims(pool: Pool): ClaimExclusive {
  return (claim) => inTransaction(pool, (client) => claimAll(client, claim));
}

async function claimAll(client: ClientBase, claim: ExclusiveClaim): Promise<ExclusiveHolder | null> {
  const { voucherKey, generation, values } = claim;
  const live = await client.query(STILL_LIVE, [voucherKey, generation]);
  if (live.rowCount === 0) throw new LedgerConflict(claim, 'is not live, so it can claim nothing');
  const { rows } = await client.query<{ name: string; voucherKey: string }>(CLAIM, [
    voucherKey,
    values.map(({ company }) => company),
    values.map(({ name }) => name),
    values.map(({ value }) => value),
  ]);
  const taken = rows.find((row) => row.voucherKey !== voucherKey);
  if (taken === undefined) return null;
  await releaseExclusive(client, [claim]);
  const holder = await client.query<Omit<ExclusiveHolder, 'name'>>(HOLDER, [taken.voucherKey]);
  if (holder.rows[0] === undefined)
    throw new LedgerConflict(claim, `${taken.name} is held by a voucher without intent`);
  return { name: taken.name, ...holder.rows[0] };
}

/** Sets free what vouchers held, within the caller's transaction: the commit that ends them, or a claim that failed. */
export async function releaseExclusive(client: ClientBase, of: readonly VoucherGeneration[]): Promise<void> {
  if (of.length > 0) await client.query(RELEASE, [of.map(({ voucherKey }) => voucherKey)]);
}
