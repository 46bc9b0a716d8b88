import type { LogRecord } from '@voucherline/contracts';
import type { ClientBase, Pool } from 'pg';
import { commitUnits, takeOver } from '../../units/postgres-units.js';
import type {
  Chain,
  ChainPosition,
  Decision,
  HeldMail,
  IntakeCase,
  IntakeCommit,
  IntakeStore,
  KnownLane,
  Place,
} from '../intake-store.js';
import { deliver } from './deliver.js';
import { transactOrRefuse } from './refusal.js';

/** The intake store on PostgreSQL, in the schema of the pool's search path (`UNIT_TABLES`, `WORK_TABLES`). */
export function createIntakeStore(pool: Pool, worker: string): IntakeStore {
  return {
    takeOver: (unit, survived) => takeOver(pool, unit, survived),
    cases: (unit) => cases(pool, unit),
    positions: (chains) => positions(pool, worker, chains),
    heldOfChain: (unit, chain, atMost) => heldOfChain(pool, unit, chain, atMost),
    heldAt: (unit, topic, offset) => heldAt(pool, unit, topic, offset),
    decisions: (parkedIds) => decisions(pool, worker, parkedIds),
    lanes: (places) => lanes(pool, worker, places),
    commit: (commit) => transactOrRefuse(pool, (client) => write(client, worker, commit)),
  };
}

async function write(client: ClientBase, worker: string, commit: IntakeCommit): Promise<void> {
  await commitUnits(client, [commit]);
  if (commit.chains.length > 0) await setPositions(client, worker, commit.chains);
  if (commit.unhold.length > 0) await unhold(client, commit);
  if (commit.hold.length > 0) await hold(client, commit);
  if (commit.close.length > 0) await close(client, commit);
  if (commit.open.length > 0) await open(client, commit);
  if (commit.decided.length > 0) await decide(client, worker, commit.decided);
  if (commit.applied.length > 0) {
    const text = 'DELETE FROM intake_decisions WHERE worker = $1 AND parked_id = ANY ($2)';
    await client.query(text, [worker, commit.applied]);
  }
  // Last, because others wait for the rows of lanes and leases.
  await deliver(client, worker, commit.deliveries);
}

/** Last numbers of chains; those without one are left out. */
export async function positions(
  pool: Pool,
  worker: string,
  chains: readonly Chain[],
): Promise<readonly ChainPosition[]> {
  if (chains.length === 0) return [];
  const { rows } = await pool.query<Chain & { seq: string }>({
    name: 'intake-positions',
    text: `SELECT s.source, s.topic, s.key, s.seq FROM unnest($2::text[], $3::text[], $4::text[]) AS v(source, topic, key)
           JOIN sequences s ON s.worker = $1 AND s.source = v.source AND s.topic = v.topic AND s.key = v.key`,
    values: [
      worker,
      chains.map(({ source }) => source),
      chains.map(({ topic }) => topic),
      chains.map(({ key }) => key),
    ],
  });
  return rows.map((row) => ({ ...row, seq: Number(row.seq) }));
}

/** Only one owner writes these rows, so their order does not matter. Numbers never go back. */
export async function setPositions(
  client: ClientBase,
  worker: string,
  chains: readonly ChainPosition[],
): Promise<void> {
  await client.query({
    name: 'intake-set-positions',
    text: `INSERT INTO sequences (worker, source, topic, key, seq)
           SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[])
           ON CONFLICT (worker, source, topic, key) DO UPDATE SET seq = GREATEST(sequences.seq, EXCLUDED.seq)`,
    values: [
      worker,
      chains.map(({ source }) => source),
      chains.map(({ topic }) => topic),
      chains.map(({ key }) => key),
      chains.map(({ seq }) => seq),
    ],
  });
}

interface HeldRow {
  readonly topic: string;
  readonly source: string | null;
  readonly key: string | null;
  readonly seq: string | null;
  readonly record: string;
}

async function heldOfChain(pool: Pool, unit: string, chain: Chain, atMost: number): Promise<readonly HeldMail[]> {
  const { rows } = await pool.query<HeldRow>(
    `SELECT topic, source, key, seq, record FROM intake_held
     WHERE unit = $1 AND topic = $2 AND source = $3 AND key = $4 ORDER BY seq, "offset" LIMIT $5`,
    [unit, chain.topic, chain.source, chain.key, atMost],
  );
  return rows.map(heldMail);
}

async function heldAt(pool: Pool, unit: string, topic: string, offset: bigint): Promise<HeldMail | undefined> {
  const { rows } = await pool.query<HeldRow>(
    'SELECT topic, source, key, seq, record FROM intake_held WHERE unit = $1 AND topic = $2 AND "offset" = $3',
    [unit, topic, offset],
  );
  return rows.map(heldMail)[0];
}

function heldMail({ topic, source, key, seq, record }: HeldRow): HeldMail {
  const place = source === null || key === null || seq === null ? undefined : { source, topic, key, seq: Number(seq) };
  return { record: unpackRecord(record), ...(place !== undefined && { place }) };
}

async function hold(client: ClientBase, { unit, hold: held }: IntakeCommit): Promise<void> {
  await client.query(
    `INSERT INTO intake_held (unit, topic, "offset", partition, source, key, seq, record)
     SELECT $1, * FROM unnest($2::text[], $3::bigint[], $4::int[], $5::text[], $6::text[], $7::bigint[], $8::text[])
     ON CONFLICT DO NOTHING`,
    [
      unit,
      held.map(({ record }) => record.topic),
      held.map(({ record }) => record.offset),
      held.map(({ record }) => record.partition),
      held.map(({ place }) => place?.source ?? null),
      held.map(({ place }) => place?.key ?? null),
      held.map(({ place }) => place?.seq ?? null),
      held.map(({ record }) => packRecord(record)),
    ],
  );
}

async function unhold(client: ClientBase, { unit, unhold: places }: IntakeCommit): Promise<void> {
  await client.query(
    `DELETE FROM intake_held h USING unnest($2::text[], $3::bigint[]) AS v(topic, "offset")
     WHERE h.unit = $1 AND h.topic = v.topic AND h."offset" = v."offset"`,
    [unit, places.map(({ topic }) => topic), places.map(({ offset }) => offset)],
  );
}

interface CaseRow {
  readonly parked_id: string;
  readonly topic: string;
  readonly source: string | null;
  readonly key: string | null;
  readonly seq: string | null;
  readonly offset: string | null;
}

async function cases(pool: Pool, unit: string): Promise<readonly IntakeCase[]> {
  const { rows } = await pool.query<CaseRow>(
    'SELECT parked_id, topic, source, key, seq, "offset" FROM intake_cases WHERE unit = $1',
    [unit],
  );
  return rows.map(({ parked_id: parkedId, topic, source, key, seq, offset }) => ({
    parkedId,
    topic,
    ...(source !== null && key !== null && seq !== null && { place: { source, topic, key, seq: Number(seq) } }),
    ...(offset !== null && { offset: BigInt(offset) }),
  }));
}

async function open(client: ClientBase, { unit, open: opened }: IntakeCommit): Promise<void> {
  await client.query(
    `INSERT INTO intake_cases (unit, parked_id, topic, source, key, seq, "offset")
     SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[])
     ON CONFLICT DO NOTHING`,
    [
      unit,
      opened.map(({ parkedId }) => parkedId),
      opened.map(({ topic }) => topic),
      opened.map(({ place }) => place?.source ?? null),
      opened.map(({ place }) => place?.key ?? null),
      opened.map(({ place }) => place?.seq ?? null),
      opened.map(({ offset }) => offset ?? null),
    ],
  );
}

async function close(client: ClientBase, { unit, close: closed }: IntakeCommit): Promise<void> {
  await client.query('DELETE FROM intake_cases WHERE unit = $1 AND parked_id = ANY ($2)', [unit, closed]);
}

async function decisions(pool: Pool, worker: string, parkedIds: readonly string[]): Promise<readonly Decision[]> {
  const { rows } = await pool.query<{ parked_id: string; resolution: Decision['resolution']; action: string }>(
    'SELECT parked_id, resolution, action FROM intake_decisions WHERE worker = $1 AND parked_id = ANY ($2)',
    [worker, parkedIds],
  );
  return rows.map(({ parked_id: parkedId, resolution, action }) => ({ parkedId, resolution, action }));
}

async function lanes(pool: Pool, worker: string, places: readonly Place[]): Promise<readonly KnownLane[]> {
  const { rows } = await pool.query<KnownLane>(
    `SELECT l.connection, l.key, l.state,
       ARRAY(SELECT message FROM items i WHERE i.worker = l.worker AND i.connection = l.connection AND i.key = l.key
             ORDER BY n) AS mail
     FROM unnest($2::text[], $3::text[]) AS v(connection, key)
     JOIN lanes l ON l.worker = $1 AND l.connection = v.connection AND l.key = v.key`,
    [worker, places.map(({ connection }) => connection), places.map(({ key }) => key)],
  );
  return rows;
}

async function decide(client: ClientBase, worker: string, decided: readonly Decision[]): Promise<void> {
  const newest = [...new Map(decided.map((decision) => [decision.parkedId, decision])).values()];
  await client.query(
    `INSERT INTO intake_decisions (worker, parked_id, resolution, action)
     SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[])
     ON CONFLICT (worker, parked_id) DO UPDATE SET resolution = EXCLUDED.resolution, action = EXCLUDED.action`,
    [
      worker,
      newest.map(({ parkedId }) => parkedId),
      newest.map(({ resolution }) => resolution),
      newest.map(({ action }) => action),
    ],
  );
}

/** Text for the bytes of a record that may be anything. */
function packRecord(record: LogRecord): string {
  const value = record.value?.toString('base64') ?? null;
  const key = record.key === null ? null : Buffer.from(record.key).toString('base64');
  return JSON.stringify({ ...record, offset: String(record.offset), key, value });
}

function unpackRecord(text: string): LogRecord {
  const packed = JSON.parse(text) as Omit<LogRecord, 'offset' | 'value'> & { offset: string; value: string | null };
  return {
    ...packed,
    offset: BigInt(packed.offset),
    key: packed.key === null ? null : Buffer.from(packed.key, 'base64').toString(),
    value: packed.value === null ? null : Buffer.from(packed.value, 'base64'),
  };
}
