import type { Migration } from '../../migrate.js';
import { HOT, UNCOMPRESSED } from '../../units/tables.js';

/** Tables of a worker's lanes, mailboxes and leases, in the service's schema. One service may run several workers in them. */
export const WORK_TABLES: Migration = {
  name: 'work',
  sql: `
-- Only these rows are renewed: a lease is as alive as the process it names.
CREATE TABLE processes (
  id text PRIMARY KEY,
  service text NOT NULL,
  seen_at timestamptz NOT NULL
);

-- process '' means free. next_due is never later than the first due_at of the connection's lanes that are not in the
-- holder's memory; wakes counts what lowered it, so that it is raised only by who has seen all of them.
CREATE TABLE leases (
  worker text NOT NULL,
  connection text NOT NULL,
  process text NOT NULL DEFAULT '',
  epoch bigint NOT NULL DEFAULT 0,
  next_due timestamptz,
  rest_until timestamptz,
  wakes bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (worker, connection)
) WITH (${HOT});
CREATE INDEX leases_due ON leases (worker, process, next_due);

-- arrived numbers the lane's messages; seen is the last one that the newest commit knew of.
CREATE TABLE lanes (
  worker text NOT NULL,
  connection text NOT NULL,
  key text NOT NULL,
  state text,
  arrived bigint NOT NULL DEFAULT 0,
  seen bigint,
  due_at timestamptz,
  cause text,
  parked text,
  PRIMARY KEY (worker, connection, key)
) WITH (${HOT});
CREATE INDEX lanes_due ON lanes (worker, connection, due_at) WHERE due_at IS NOT NULL;

CREATE TABLE items (
  worker text NOT NULL,
  connection text NOT NULL,
  key text NOT NULL,
  n bigint NOT NULL,
  message text NOT NULL,
  PRIMARY KEY (worker, connection, key, n)
) WITH (${HOT});

-- The last number given (own sources) or taken (sources that are read).
CREATE TABLE sequences (
  worker text NOT NULL,
  source text NOT NULL,
  topic text NOT NULL,
  key text NOT NULL,
  seq bigint NOT NULL,
  PRIMARY KEY (worker, source, topic, key)
) WITH (${HOT});

-- What was said by a lease's commits and is not acknowledged by the log; a successor publishes it. numbers: the last number
-- of each source, topic and key among the records, which are numbered by it.
CREATE TABLE said (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  worker text NOT NULL,
  connection text NOT NULL,
  records text NOT NULL,
  numbers text
) WITH (${HOT});
ALTER TABLE said ALTER COLUMN records ${UNCOMPRESSED};
CREATE INDEX said_by ON said (worker, connection, id);

-- Fails the statement that calls it, naming the connections whose lease is lost; does nothing when there are none.
CREATE FUNCTION stale_lease(connections text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  IF connections IS NOT NULL THEN
    RAISE EXCEPTION USING ERRCODE = 'VL001', MESSAGE = connections;
  END IF;
  RETURN true;
END $$;

CREATE TABLE calls_spent (
  worker text NOT NULL,
  connection text NOT NULL,
  day date NOT NULL,
  finish bigint NOT NULL,
  sweep bigint NOT NULL,
  PRIMARY KEY (worker, connection, day)
) WITH (${HOT});

-- Records that the intake of a shard can't take in yet, as they came out of the log: what was parked, and with a sequence
-- the followers of a parked or missing one.
CREATE TABLE intake_held (
  unit text NOT NULL,
  topic text NOT NULL,
  "offset" bigint NOT NULL,
  partition int NOT NULL,
  source text,
  key text,
  seq bigint,
  record text NOT NULL,
  PRIMARY KEY (unit, topic, "offset")
);
CREATE INDEX intake_held_by ON intake_held (unit, topic, source, key, seq);

-- What waits for a person. source and key: the messages after seq wait with it. "offset": the record that is to blame.
CREATE TABLE intake_cases (
  unit text NOT NULL,
  parked_id text NOT NULL,
  topic text NOT NULL,
  source text,
  key text,
  seq bigint,
  "offset" bigint,
  PRIMARY KEY (unit, parked_id)
);

-- What people decided about cases, taken from the log by one shard and applied by the one that holds the case.
CREATE TABLE intake_decisions (
  worker text NOT NULL,
  parked_id text NOT NULL,
  resolution text NOT NULL,
  action text NOT NULL,
  PRIMARY KEY (worker, parked_id)
)`,
};
