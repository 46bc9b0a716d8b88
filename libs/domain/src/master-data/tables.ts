import type { AnyMessage } from '@voucherline/contracts';
import { type MasterDataRow, rowsOf, type Version, withVersion } from './versions.js';

/** One condition of a look-up: the column holds exactly this text. */
export interface MasterDataCriterion {
  readonly column: string;
  readonly value: string;
}

/** `pending`: rows of it are known, but it was not yet read to its end. `unknown`: nothing was ever said about it. */
export type MasterDataFound =
  | { readonly kind: 'rows'; readonly rows: readonly MasterDataRow[] }
  | { readonly kind: 'pending' }
  | { readonly kind: 'unknown' };

/** The message by which a table became complete. */
export interface Completion {
  readonly id: string;
  readonly time: string;
  readonly traceparent?: string;
}

/** Tables of master data, by `<connection>/<kind>`. Read-only; they grow as their topic does. */
export interface MasterData {
  /** The rows that meet all criteria and count on the day, in order of their codes. */
  find(table: string, criteria: readonly MasterDataCriterion[], day: string): MasterDataFound;
  /** The first message that said that the table was read to its end; undefined before. */
  completion(table: string): Completion | undefined;
}

/**
 * Master data as a fold over `masterdata.entries`: any order and any number of repeats of the same messages give the same tables.
 *
 * All tables are in memory, in each process that looks up. A table has at most 20 000 rows (the collector parks a larger one), a
 * row the few columns that its connector declares, a code its last 100 versions, a table 16 indexes: some 10 MB a table of full
 * size whose rows hardly change, more only as they do.
 */
export class MasterDataTables implements MasterData {
  readonly #tables = new Map<string, Table>();

  /** Takes a message of `masterdata.entries`; others change nothing. @returns the name of the table that it made complete */
  add(message: AnyMessage): string | undefined {
    if (message.type !== 'MasterDataEntry' && message.type !== 'MasterDataPulled') return undefined;
    const { connection, kind } = message.data;
    const name = `${connection}/${kind}`;
    const table = this.#tables.get(name) ?? new Table();
    this.#tables.set(name, table);
    const before = table.completion;
    table.add(message);
    return before === undefined && table.completion !== undefined ? name : undefined;
  }

  find(table: string, criteria: readonly MasterDataCriterion[], day: string): MasterDataFound {
    const known = this.#tables.get(table);
    if (known === undefined) return { kind: 'unknown' };
    if (known.completion === undefined) return { kind: 'pending' };
    return { kind: 'rows', rows: known.find(criteria).filter((row) => countsOn(row, day)) };
  }

  completion(table: string): Completion | undefined {
    return this.#tables.get(table)?.completion;
  }
}

/** Kept indexes a table: flows name the columns of a look-up literally, so the sets that are asked for are few. */
const MOST_INDEXES = 16;

type TableMessage = Extract<AnyMessage, { type: 'MasterDataEntry' | 'MasterDataPulled' }>;

class Table {
  readonly #versions = new Map<string, readonly Version[]>();
  /** Made when asked for, and dropped by a change: changes are few, and come together. */
  #rows: readonly MasterDataRow[] | undefined;
  readonly #indexes = new Map<string, ReadonlyMap<string, readonly MasterDataRow[]>>();
  #completion: (Completion & { readonly sequence: number }) | undefined;

  get completion(): Completion | undefined {
    return this.#completion;
  }

  add({ type, data, id, time, traceparent, sequence = 0 }: TableMessage): void {
    if (type === 'MasterDataEntry') {
      this.#versions.set(data.code, withVersion(this.#versions.get(data.code) ?? [], data, sequence));
      this.#rows = undefined;
      this.#indexes.clear();
    } else if (this.#completion === undefined || sequence < this.#completion.sequence) {
      this.#completion = { id, time, sequence, ...(traceparent !== undefined && { traceparent }) };
    }
  }

  find(criteria: readonly MasterDataCriterion[]): readonly MasterDataRow[] {
    const asked = criteria.length > 1 ? [...criteria].sort((a, b) => compare(a.column, b.column)) : criteria;
    const index = this.#indexOf(asked.map(({ column }) => column));
    return index.get(JSON.stringify(asked.map(({ value }) => value))) ?? [];
  }

  #indexOf(columns: readonly string[]): ReadonlyMap<string, readonly MasterDataRow[]> {
    const name = JSON.stringify(columns);
    const known = this.#indexes.get(name);
    if (known !== undefined) return known;
    this.#rows ??= this.#allRows();
    const index = indexed(this.#rows, columns);
    const [oldest] = this.#indexes.keys();
    if (oldest !== undefined && this.#indexes.size >= MOST_INDEXES) this.#indexes.delete(oldest);
    this.#indexes.set(name, index);
    return index;
  }

  #allRows(): readonly MasterDataRow[] {
    const codes = [...this.#versions].sort(([a], [b]) => compare(a, b));
    return codes.flatMap(([, versions]) => rowsOf(versions));
  }
}

/** Rows by the values of these columns; one that lacks a column is not found by it. */
function indexed(rows: readonly MasterDataRow[], columns: readonly string[]): ReadonlyMap<string, MasterDataRow[]> {
  const index = new Map<string, MasterDataRow[]>();
  for (const row of rows) {
    if (!columns.every((column) => Object.hasOwn(row.columns, column))) continue;
    const values = JSON.stringify(columns.map((column) => row.columns[column]));
    const same = index.get(values);
    if (same === undefined) index.set(values, [row]);
    else same.push(row);
  }
  return index;
}

function countsOn({ validFrom, validTo }: MasterDataRow, day: string): boolean {
  return (validFrom === undefined || validFrom <= day) && (validTo === undefined || day <= validTo);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
