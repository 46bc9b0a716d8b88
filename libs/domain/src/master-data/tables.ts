import { type AnyMessage, type Criterion, DatedRows, type Found, type Lookups } from '@voucherline/contracts';
import { rowsOf, type Version, withVersion } from './versions.js';

/** The message by which a table became complete. */
export interface Completion {
  readonly id: string;
  readonly time: string;
  readonly traceparent?: string;
}

/** Tables of master data, by `<connection>/<kind>`. Read-only; they grow as their topic does. */
export interface MasterData extends Lookups {
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

  find(table: string, criteria: readonly Criterion[], day: string): Found {
    const known = this.#tables.get(table);
    if (known === undefined) return { kind: 'unknown' };
    if (known.completion === undefined) return { kind: 'pending' };
    return { kind: 'rows', rows: known.rows.find(criteria, day) };
  }

  completion(table: string): Completion | undefined {
    return this.#tables.get(table)?.completion;
  }
}

type TableMessage = Extract<AnyMessage, { type: 'MasterDataEntry' | 'MasterDataPulled' }>;

class Table {
  readonly #versions = new Map<string, readonly Version[]>();
  /** Made when asked for, and dropped by a change: changes are few, and come together. */
  #rows: DatedRows | undefined;
  #completion: (Completion & { readonly sequence: number }) | undefined;

  get completion(): Completion | undefined {
    return this.#completion;
  }

  add({ type, data, id, time, traceparent, sequence = 0 }: TableMessage): void {
    if (type === 'MasterDataEntry') {
      this.#versions.set(data.code, withVersion(this.#versions.get(data.code) ?? [], data, sequence));
      this.#rows = undefined;
    } else if (this.#completion === undefined || sequence < this.#completion.sequence) {
      this.#completion = { id, time, sequence, ...(traceparent !== undefined && { traceparent }) };
    }
  }

  /** In order of their codes. */
  get rows(): DatedRows {
    if (this.#rows === undefined) {
      const codes = [...this.#versions].sort(([a], [b]) => compare(a, b));
      this.#rows = new DatedRows(codes.flatMap(([, versions]) => rowsOf(versions)));
    }
    return this.#rows;
  }
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
