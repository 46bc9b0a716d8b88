import type { Migration } from '../migrate.js';

/**
 * The ledger of effects: what guards money. Rows are kept for ever. No JSON: what a vendor sent may hold characters that
 * `jsonb` refuses.
 */
const LEDGER: Migration = {
  name: 'ledger',
  sql: `
CREATE TABLE vouchers (
  voucher_key text NOT NULL,
  generation int NOT NULL,
  subject text NOT NULL,
  voucher text NOT NULL,
  revision int NOT NULL,
  target text NOT NULL,
  fingerprint text NOT NULL,
  flow text NOT NULL,
  amount text NOT NULL,
  currency text NOT NULL,
  accounting_date date NOT NULL,
  intended_at timestamptz NOT NULL,
  stage text NOT NULL DEFAULT 'working',
  stage_at timestamptz NOT NULL,
  live boolean NOT NULL DEFAULT true,
  chosen_doc text,
  chosen_at timestamptz,
  number text,
  content_sha256 text,
  confirmed_at timestamptz,
  PRIMARY KEY (voucher_key, generation)
) WITH (fillfactor = 70);
-- One live revision of a voucher; a document stands for one voucher only.
CREATE UNIQUE INDEX vouchers_live ON vouchers (subject, voucher) WHERE live;
CREATE UNIQUE INDEX vouchers_chosen ON vouchers (chosen_doc) WHERE chosen_doc IS NOT NULL;
CREATE INDEX vouchers_stopped ON vouchers (stage) WHERE stage IN ('inDoubt', 'held', 'rejected');

-- Committed before the socket is written; the outcome comes after. Without outcome: open, or in doubt.
CREATE TABLE attempts (
  voucher_key text NOT NULL,
  generation int NOT NULL,
  n int NOT NULL,
  operation text NOT NULL,
  epoch bigint NOT NULL,
  request_hash text NOT NULL,
  started_at timestamptz NOT NULL,
  outcome text,
  detail text,
  ended_at timestamptz,
  PRIMARY KEY (voucher_key, generation, n),
  FOREIGN KEY (voucher_key, generation) REFERENCES vouchers
) WITH (fillfactor = 70);

CREATE TABLE lookups (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  voucher_key text NOT NULL,
  generation int NOT NULL,
  epoch bigint NOT NULL,
  what text NOT NULL,
  -- Ids and stages, as 7=draft, separated by blanks.
  found text NOT NULL,
  looked_up_at timestamptz NOT NULL,
  FOREIGN KEY (voucher_key, generation) REFERENCES vouchers
);
CREATE INDEX lookups_of ON lookups (voucher_key, generation, id);
`,
};

/** Reversals have rows of their own, beside the revision that they reverse; and what may be booked once only has a table. */
const REVERSALS_AND_EXCLUSIVE_VALUES: Migration = {
  name: 'ledger-reversals-exclusive-values',
  sql: `
ALTER TABLE vouchers ADD COLUMN reverses text;
DROP INDEX vouchers_live;
CREATE UNIQUE INDEX vouchers_live ON vouchers (subject, voucher) WHERE live AND reverses IS NULL;
-- A voucher is reversed once.
CREATE UNIQUE INDEX vouchers_reversal ON vouchers (reverses) WHERE live AND reverses IS NOT NULL;

-- Held by a live voucher, whichever target it goes to.
CREATE TABLE exclusive_values (
  company text NOT NULL,
  name text NOT NULL,
  value text NOT NULL,
  voucher_key text NOT NULL,
  PRIMARY KEY (company, name, value)
);
CREATE INDEX exclusive_values_of ON exclusive_values (voucher_key);
`,
};

/** The tables of the ledger, in the order in which they came to be. */
export const LEDGER_TABLES: readonly Migration[] = [LEDGER, REVERSALS_AND_EXCLUSIVE_VALUES];
