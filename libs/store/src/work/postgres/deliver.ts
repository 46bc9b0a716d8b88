import type { ClientBase } from 'pg';
import type { Delivery } from '../intake-store.js';
import { joined } from './joined.js';

/**
 * Mail for lanes: numbers it, makes its lanes due and wakes their connections. Lanes are locked in key order, then leases in
 * order, as commits of lanes do: intakes and settles of several processes meet in these rows.
 */
const DELIVER = `
WITH mail AS (
  SELECT v.connection, v.key, v.message, row_number() OVER (PARTITION BY v.connection, v.key ORDER BY v.n) AS place
  FROM unnest($2::text[], $3::text[], string_to_array($4, chr(30))) WITH ORDINALITY AS v(connection, key, message, n)
), counted AS (
  SELECT connection, key, count(*) AS count FROM mail GROUP BY connection, key
), written AS (
  INSERT INTO lanes AS l (worker, connection, key, arrived, due_at)
  SELECT $1, connection, key, count, now() FROM counted ORDER BY connection, key
  ON CONFLICT (worker, connection, key) DO UPDATE
  SET arrived = l.arrived + EXCLUDED.arrived, due_at = LEAST(l.due_at, now())
  RETURNING connection, key, arrived
), posted AS (
  INSERT INTO items (worker, connection, key, n, message)
  SELECT $1, connection, key, arrived - count + place, message
  FROM written JOIN counted USING (connection, key) JOIN mail USING (connection, key)
)
INSERT INTO leases AS l (worker, connection, next_due)
SELECT DISTINCT $1, connection, now() FROM written ORDER BY connection
ON CONFLICT (worker, connection) DO UPDATE
SET next_due = LEAST(l.next_due, GREATEST(now(), l.rest_until)), wakes = l.wakes + 1`;

/** Puts messages into the mailboxes of lanes; makes the lanes and the leases of connections that are met for the first time. */
export async function deliver(client: ClientBase, worker: string, deliveries: readonly Delivery[]): Promise<void> {
  if (deliveries.length === 0) return;
  await client.query({
    name: 'work-deliver',
    text: DELIVER,
    values: [
      worker,
      deliveries.map(({ connection }) => connection),
      deliveries.map(({ key }) => key),
      joined(deliveries.map(({ message }) => message)),
    ],
  });
}
