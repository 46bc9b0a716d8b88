import type { ClientBase } from 'pg';
import { type EffectsByKind, effectsByKind, generationKey } from './effects-by-kind.js';
import { type KnownIntent, refusalOf, unreachable } from './intent-rules.js';
import { ENDS, type LedgerChange, LedgerConflict, type VoucherGeneration } from './ledger-effect.js';
import { releaseExclusive } from './postgres-exclusive.js';

const ENDED = ENDS.map((stage) => `'${stage}'`).join(', ');

const instant = (ms: string): string => `to_timestamp(${ms} / 1000.0)`;

const RECORD_INTENTS = `
INSERT INTO vouchers (voucher_key, generation, subject, voucher, revision, target, fingerprint, flow, amount, currency,
                      accounting_date, intended_at, stage_at, reverses, live)
SELECT v.voucher_key, v.generation, v.subject, v.voucher, v.revision, v.target, v.fingerprint, v.flow, v.amount, v.currency,
       v.accounting_date, ${instant('v.at')}, ${instant('v.at')}, v.reverses, v.live
FROM unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::int[], $6::text[], $7::text[], $8::text[], $9::text[],
            $10::text[], $11::date[], $12::float8[], $13::text[], $14::boolean[])
  AS v(voucher_key, generation, subject, voucher, revision, target, fingerprint, flow, amount, currency, accounting_date, at,
       reverses, live)
WHERE NOT EXISTS (SELECT FROM vouchers k
                  WHERE k.voucher_key = v.voucher_key AND k.generation < v.generation AND k.stage <> 'cancelled')
ON CONFLICT DO NOTHING
RETURNING voucher_key AS "voucherKey", generation`;

const KNOWN_INTENTS = `
SELECT voucher_key AS "voucherKey", generation, fingerprint, stage FROM vouchers WHERE voucher_key = ANY ($1)`;

const BEGIN_ATTEMPTS = `
INSERT INTO attempts (voucher_key, generation, n, operation, epoch, request_hash, started_at)
SELECT v.voucher_key, v.generation, v.n, v.operation, v.epoch, v.request_hash, ${instant('v.at')}
FROM unnest($1::text[], $2::int[], $3::int[], $4::text[], $5::bigint[], $6::text[], $7::float8[])
  AS v(voucher_key, generation, n, operation, epoch, request_hash, at)
ON CONFLICT DO NOTHING
RETURNING voucher_key AS "voucherKey", generation`;

const END_ATTEMPTS = `
UPDATE attempts a SET outcome = v.outcome, detail = v.detail, ended_at = ${instant('v.at')}
FROM unnest($1::text[], $2::int[], $3::int[], $4::text[], $5::text[], $6::float8[])
  AS v(voucher_key, generation, n, outcome, detail, at)
WHERE a.voucher_key = v.voucher_key AND a.generation = v.generation AND a.n = v.n AND a.outcome IS NULL
RETURNING a.voucher_key AS "voucherKey", a.generation`;

const RECORD_LOOK_UPS = `
INSERT INTO lookups (voucher_key, generation, epoch, what, found, looked_up_at)
SELECT v.voucher_key, v.generation, v.epoch, v.what, v.found, ${instant('v.at')}
FROM unnest($1::text[], $2::int[], $3::bigint[], $4::text[], $5::text[], $6::float8[])
  AS v(voucher_key, generation, epoch, what, found, at)`;

const CHOOSE = `
UPDATE vouchers k SET chosen_doc = v.document, chosen_at = COALESCE(k.chosen_at, ${instant('v.at')})
FROM unnest($1::text[], $2::int[], $3::text[], $4::float8[]) AS v(voucher_key, generation, document, at)
WHERE k.voucher_key = v.voucher_key AND k.generation = v.generation
  AND (k.chosen_doc IS NULL OR k.chosen_doc = v.document) AND k.live
RETURNING k.voucher_key AS "voucherKey", k.generation`;

const REACH_STAGES = `
UPDATE vouchers k SET stage = CASE WHEN k.stage IN (${ENDED}) THEN k.stage ELSE v.stage END,
                      stage_at = CASE WHEN k.stage IN (${ENDED}) THEN k.stage_at ELSE ${instant('v.at')} END,
                      live = k.live AND v.stage NOT IN (${ENDED})
FROM unnest($1::text[], $2::int[], $3::text[], $4::float8[]) AS v(voucher_key, generation, stage, at)
WHERE k.voucher_key = v.voucher_key AND k.generation = v.generation
  AND CASE v.stage WHEN 'cancelled' THEN k.confirmed_at IS NULL WHEN 'reversed' THEN k.confirmed_at IS NOT NULL ELSE true END
RETURNING k.voucher_key AS "voucherKey", k.generation`;

const CONFIRM = `
UPDATE vouchers k SET stage = 'confirmed', stage_at = ${instant('v.at')}, confirmed_at = ${instant('v.at')},
                      number = v.number, content_sha256 = v.content_sha256
FROM unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::text[], $6::float8[])
  AS v(voucher_key, generation, document, number, content_sha256, at)
WHERE k.voucher_key = v.voucher_key AND k.generation = v.generation AND k.chosen_doc = v.document AND k.live
RETURNING k.voucher_key AS "voucherKey", k.generation`;

/**
 * Writes what the lanes of one commit did to the ledger, inside the caller's transaction: a statement for each kind of effect.
 * Every write is conditional. @throws {LedgerConflict} when the ledger knows otherwise; the transaction must be rolled back.
 */
export async function applyLedgerEffects(client: ClientBase, changes: readonly LedgerChange[]): Promise<void> {
  const effects = effectsByKind(changes);
  await choose(client, effects.chosenFirst);
  await end(client, effects.ends);
  await recordIntents(client, effects);
  await beginAttempts(client, effects.attemptBegun);
  await endAttempts(client, effects.attemptEnded);
  await recordLookUps(client, effects.lookedUp);
  await choose(client, effects.chosen);
  await reachStages(client, effects.stage);
  await confirm(client, effects.confirmed);
}

/** How many vouchers are in each stage in which something is wrong; stages without any are absent. */
export async function countStopped(client: Pick<ClientBase, 'query'>): Promise<ReadonlyMap<string, number>> {
  const { rows } = await client.query<{ stage: string; count: string }>(
    `SELECT stage, count(*) FROM vouchers WHERE stage IN ('inDoubt', 'held', 'rejected') GROUP BY stage`,
  );
  return new Map(rows.map(({ stage, count }) => [stage, Number(count)]));
}

/** Makes room before intents are recorded; an end of what this very commit records comes with the stages. */
async function end(client: ClientBase, ends: EffectsByKind['ends']): Promise<void> {
  await write(client, 'ledger-stages', REACH_STAGES, ends, stageColumns);
  await releaseExclusive(client, ends);
}

async function recordIntents(client: ClientBase, { intent: intents, staysLive }: EffectsByKind): Promise<void> {
  const missed = await write(client, 'ledger-intents', RECORD_INTENTS, intents, (of) => [
    of((one) => one.subject),
    of((one) => one.voucher),
    of((one) => one.revision),
    of((one) => one.target),
    of((one) => one.fingerprint),
    of((one) => one.flow),
    of((one) => one.amount),
    of((one) => one.currency),
    of((one) => one.accountingDate),
    of((one) => one.at),
    of((one) => one.reverses ?? null),
    of(staysLive),
  ]);
  if (missed.length === 0) return;
  const { rows } = await client.query<KnownIntent>({
    name: 'ledger-known-intents',
    text: KNOWN_INTENTS,
    values: [missed.map((one) => one.voucherKey)],
  });
  for (const intent of missed) {
    const refusal = refusalOf(intent, rows);
    if (refusal !== undefined) throw new LedgerConflict(intent, refusal);
  }
}

async function beginAttempts(client: ClientBase, attempts: EffectsByKind['attemptBegun']): Promise<void> {
  const [missed] = await write(client, 'ledger-begin', BEGIN_ATTEMPTS, attempts, (of) => [
    of((one) => one.n),
    of((one) => one.operation),
    of((one) => one.epoch),
    of((one) => one.requestHash),
    of((one) => one.at),
  ]);
  if (missed !== undefined)
    throw new LedgerConflict(missed, `attempt ${missed.n} (${missed.operation}) was begun before`);
}

async function endAttempts(client: ClientBase, attempts: EffectsByKind['attemptEnded']): Promise<void> {
  const [missed] = await write(client, 'ledger-end', END_ATTEMPTS, attempts, (of) => [
    of((one) => one.n),
    of((one) => one.outcome),
    of((one) => one.detail),
    of((one) => one.at),
  ]);
  if (missed !== undefined) throw new LedgerConflict(missed, `attempt ${missed.n} is not open`);
}

async function recordLookUps(client: ClientBase, lookUps: EffectsByKind['lookedUp']): Promise<void> {
  if (lookUps.length === 0) return;
  await client.query({
    name: 'ledger-lookups',
    text: RECORD_LOOK_UPS,
    values: [
      lookUps.map((one) => one.voucherKey),
      lookUps.map((one) => one.generation),
      lookUps.map((one) => one.epoch),
      lookUps.map((one) => one.what),
      lookUps.map((one) => one.found.map(({ id, stage }) => `${id}=${stage}`).join(' ')),
      lookUps.map((one) => one.at),
    ],
  });
}

async function choose(client: ClientBase, choices: EffectsByKind['chosen']): Promise<void> {
  const [missed] = await write(client, 'ledger-choose', CHOOSE, choices, (of) => [
    of((one) => one.document),
    of((one) => one.at),
  ]).catch((error: unknown) => {
    const [first] = choices;
    if (first === undefined || (error as { constraint?: string }).constraint !== 'vouchers_chosen') throw error;
    throw new LedgerConflict(
      first,
      `or another voucher of this commit chooses a document that stands for another one`,
      {
        cause: error,
      },
    );
  });
  if (missed !== undefined)
    throw new LedgerConflict(missed, `has another chosen document than ${missed.document}, or is not live`);
}

const stageColumns: ColumnsOf<EffectsByKind['stage'][number]> = (of) => [of((one) => one.stage), of((one) => one.at)];

async function reachStages(client: ClientBase, stages: EffectsByKind['stage']): Promise<void> {
  const [missed] = await write(client, 'ledger-stages', REACH_STAGES, stages, stageColumns);
  if (missed !== undefined) throw new LedgerConflict(missed, unreachable(missed.stage));
}

async function confirm(client: ClientBase, confirmed: EffectsByKind['confirmed']): Promise<void> {
  const [missed] = await write(client, 'ledger-confirm', CONFIRM, confirmed, (of) => [
    of((one) => one.document),
    of((one) => one.number),
    of((one) => one.contentSha256),
    of((one) => one.at),
  ]);
  if (missed !== undefined)
    throw new LedgerConflict(missed, `is confirmed by ${missed.document}, which was not chosen, or is not live`);
}

type Cell = string | number | boolean | null;
type Column<E> = (value: (effect: E) => Cell) => readonly Cell[];
type ColumnsOf<E> = (of: Column<E>) => readonly (readonly Cell[])[];

/** Runs a statement over all effects of a kind; gives back those whose condition did not hold. */
async function write<E extends VoucherGeneration>(
  client: ClientBase,
  name: string,
  text: string,
  effects: readonly E[],
  columns: ColumnsOf<E>,
): Promise<readonly E[]> {
  if (effects.length === 0) return [];
  const of: Column<E> = (value) => effects.map(value);
  const values = [of((one) => one.voucherKey), of((one) => one.generation), ...columns(of)];
  const { rows, rowCount } = await client.query<VoucherGeneration>({ name, text, values });
  if (rowCount === effects.length) return [];
  const written = new Set(rows.map(generationKey));
  const missed = effects.filter((effect) => !written.has(generationKey(effect)));
  // Two attempts of one generation in a commit: which of them failed can't be told, and the first names it well enough.
  return missed.length > 0 ? missed : effects.slice(0, 1);
}
