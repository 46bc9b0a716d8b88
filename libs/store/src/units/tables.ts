import type { Migration } from '../migrate.js';

/** Finished rows pile up fast in these tables; vacuum has to keep up (stack.md §9). */
export const HOT = 'fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0';

/**
 * For columns of rows that are large and soon gone: PostgreSQL would compress them by its own slow method, which took two fifths of
 * the statement that writes an outbox. Without it the WAL of a document grows from 4 to 8 KB. Databases made before this go on
 * compressing, which does no harm.
 */
export const UNCOMPRESSED = 'SET STORAGE EXTERNAL';

/** Tables of units of ownership and of what they said. */
export const UNIT_TABLES: Migration = {
  name: 'units',
  sql: `
-- seq counts the commits of a unit; epoch its owners. attempts counts owners that began to handle something at attempt_at
-- and neither committed nor came back to say why.
CREATE TABLE units (
  unit text PRIMARY KEY,
  epoch bigint NOT NULL,
  seq bigint NOT NULL DEFAULT 0,
  positions text NOT NULL DEFAULT '{}',
  last_ids text NOT NULL DEFAULT '{}',
  attempts int NOT NULL DEFAULT 0,
  attempt_at text
) WITH (${HOT});

CREATE TABLE outbox (
  unit text NOT NULL,
  seq bigint NOT NULL,
  records bytea NOT NULL,
  PRIMARY KEY (unit, seq)
) WITH (${HOT});
ALTER TABLE outbox ALTER COLUMN records ${UNCOMPRESSED}`,
};
