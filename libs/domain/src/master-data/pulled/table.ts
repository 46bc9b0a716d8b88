import { canonicalJson, contentHash, type MasterDataEntry, type RawContent } from '@voucherline/contracts';

export type Attributes = Readonly<Record<string, string>>;

/** A row as it was read, or missed. `day`: that day at the connection, `yyyy-MM-dd`. */
export interface RowReading {
  readonly at: string;
  readonly day: string;
  readonly found: RowFound;
}

/** `unreadable` keeps the bytes: a later version may read them. */
export type RowFound =
  | { readonly kind: 'row'; readonly attributes: Attributes }
  | { readonly kind: 'unreadable'; readonly content: RawContent; readonly fault: string }
  | { readonly kind: 'gone' };

/** What is known about the rows of one table at one connection, from what was read and from what was said. */
export interface PulledTable {
  /** By bucket and code: a change copies one bucket, not 20 000 rows. */
  readonly rows: Readonly<Record<string, Readonly<Record<string, Row>>>>;
  /** By code: what was found and is still to be said. */
  readonly unsaid: Readonly<Record<string, RowFound>>;
  /** The last complete walk, until it was said. */
  readonly walk?: Walk;
  /** When the walk began that was said last. */
  readonly saidWalk?: string;
}

export interface Walk {
  readonly startedAt: string;
  readonly rows: number;
}

/** A row by its hashes. What was read leaves it once that is said. */
export interface Row {
  readonly seen?: { readonly at: string; readonly day: string; readonly hash: string };
  readonly said?: Pick<MasterDataEntry, 'validFrom' | 'validTo'> & { readonly at: string; readonly hash: string };
}

export const emptyTable: PulledTable = { rows: {}, unsaid: {} };

/** So many unreadable rows are set aside; when there are more it is no fault of rows, and the table stops. */
const MOST_UNREADABLE = 200;

/** A table most of whose rows can't be read: the message that shows it is for a person. */
export class TooManyUnreadableRows extends Error {
  override readonly name = 'TooManyUnreadableRows';
}

/** Takes what was read of a row. What was read before the last reading, or before what was said, is late and changes nothing. */
export function withReading(table: PulledTable, code: string, { at, day, found }: RowReading): PulledTable {
  const known = rowOf(table, code);
  if (isLate(at, known.seen?.at) || isLate(at, known.said?.at)) return table;
  const changed = withRow(table, code, { ...known, seen: { at, day, hash: hashOf(found) } }, found);
  const unreadable = found.kind === 'unreadable' && countUnreadable(changed) > MOST_UNREADABLE;
  if (unreadable)
    throw new TooManyUnreadableRows(`more than ${MOST_UNREADABLE} rows can't be read; ${code}: ${found.fault}`);
  return changed;
}

/** Takes an entry of our own. */
export function withSaidEntry(table: PulledTable, entry: MasterDataEntry): PulledTable {
  const { code, attributes, validFrom, validTo, seenAt } = entry;
  const hash = hashOf(validTo === undefined ? { kind: 'row', attributes } : { kind: 'gone' });
  const known = rowOf(table, code);
  const said = {
    ...{ at: seenAt, hash },
    ...(validFrom !== undefined && { validFrom }),
    ...(validTo !== undefined && { validTo }),
  };
  return withRow(table, code, { ...known, said }, own(table.unsaid, code));
}

/** Takes a walk that came to its last page; counts the rows that the vendor shows, readable or not. */
export function withWalk(table: PulledTable, startedAt: string): PulledTable {
  if (isLate(startedAt, table.walk?.startedAt) || isLate(startedAt, table.saidWalk)) return table;
  let rows = 0;
  for (const bucket of Object.values(table.rows)) {
    for (const { seen, said } of Object.values(bucket)) if ((seen ?? said)?.hash !== GONE) rows++;
  }
  return { ...table, walk: { startedAt, rows } };
}

/** Takes what we said about a walk. */
export function withSaidWalk({ walk, ...table }: PulledTable, startedAt: string): PulledTable {
  const isOver = walk === undefined || isLate(walk.startedAt, startedAt);
  return { ...table, saidWalk: startedAt, ...(!isOver && { walk }) };
}

/** What is known about a code. */
export function rowOf({ rows }: PulledTable, code: string): Row {
  return own(own(rows, bucketOf(code)) ?? {}, code) ?? {};
}

/** Looks at both parts after either changed, so the interleaving of the topics does not matter. */
function withRow(table: PulledTable, code: string, row: Row, found: RowFound | undefined): PulledTable {
  const name = bucketOf(code);
  const { seen, said } = row;
  const isOver = seen === undefined || isLate(seen.at, said?.at);
  const kept: Row = isOver && said !== undefined ? { said } : row;
  const rows = { ...table.rows, [name]: { ...own(table.rows, name), [code]: kept } };
  if (isDue(kept) && found !== undefined) return { ...table, rows, unsaid: { ...table.unsaid, [code]: found } };
  if (own(table.unsaid, code) === undefined) return { ...table, rows };
  return { ...table, rows, unsaid: Object.fromEntries(Object.entries(table.unsaid).filter(([one]) => one !== code)) };
}

function isDue({ seen, said }: Row): boolean {
  if (seen === undefined) return false;
  return said === undefined ? seen.hash !== GONE : seen.hash !== said.hash;
}

/** In the place of a hash. */
const GONE = 'gone';
const UNREADABLE = 'unreadable';
/** 64 bits: enough to tell two contents of one row apart. */
const HASH_LENGTH = 16;

function hashOf(found: RowFound): string {
  switch (found.kind) {
    case 'row':
      return contentHash(canonicalJson(found.attributes)).slice(0, HASH_LENGTH);
    case 'unreadable':
      return UNREADABLE;
    case 'gone':
      return GONE;
  }
}

function countUnreadable({ unsaid }: PulledTable): number {
  return Object.values(unsaid).filter(({ kind }) => kind === 'unreadable').length;
}

function isLate(at: string, known: string | undefined): boolean {
  return known !== undefined && Date.parse(at) <= Date.parse(known);
}

/** A vendor may call a row `constructor`. */
function own<V>(record: Readonly<Record<string, V>>, key: string): V | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

const BUCKETS = 256;

function bucketOf(code: string): string {
  let sum = 0;
  for (let at = 0; at < code.length; at++) sum = (Math.imul(sum, 31) + code.charCodeAt(at)) >>> 0;
  return String(sum % BUCKETS);
}
