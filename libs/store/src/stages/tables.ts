import type { Migration } from '../migrate.js';
import { HOT } from '../units/tables.js';

/** Tables of stages, beside `UNIT_TABLES`. Text, not jsonb, which refuses characters that a vendor may send (stack.md §5.4). */
export const STAGE_TABLES: Migration = {
  name: 'stages',
  sql: `
CREATE TABLE states (
  unit text NOT NULL,
  key text NOT NULL COLLATE "C",
  state text NOT NULL,
  PRIMARY KEY (unit, key)
) WITH (${HOT});

-- Records as they came out of the log, so that a parked one is handled again from its own bytes.
CREATE TABLE held (
  unit text NOT NULL,
  key text NOT NULL,
  topic text NOT NULL,
  partition int NOT NULL,
  "offset" bigint NOT NULL,
  timestamp bigint NOT NULL,
  record_key bytea,
  headers text NOT NULL,
  value bytea,
  PRIMARY KEY (unit, topic, "offset")
);
CREATE INDEX held_of_key ON held (unit, key)`,
};

/** Beside `STAGE_TABLES`: what the decision of a key waits for, and since when it was parked. Few keys wait, and the index has only these. */
export const STAGE_WAITING: Migration = {
  name: 'stages-waiting',
  sql: `
ALTER TABLE states ADD COLUMN waits_for text, ADD COLUMN waits_since text COLLATE "C";
CREATE INDEX states_waiting ON states (unit, waits_since) WHERE waits_for IS NOT NULL`,
};
