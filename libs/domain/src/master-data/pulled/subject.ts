import type { MasterDataEntry, MasterDataPulled } from '@voucherline/contracts';
import {
  emptyTable,
  type PulledTable,
  type RowReading,
  withReading,
  withSaidEntry,
  withSaidWalk,
  withWalk,
} from './table.js';

/** What is known under the key of a table: two connections to one account pull it each for itself. */
export interface PulledParts {
  /** By connection. */
  readonly tables: Readonly<Record<string, PulledTable>>;
}

export const nothingPulled: PulledParts = { tables: {} };

/** Takes what a connection read of a row, or missed. @throws {TooManyUnreadableRows} */
export function withRowReading(parts: PulledParts, connection: string, code: string, reading: RowReading): PulledParts {
  return withTable(parts, connection, (table) => withReading(table, code, reading));
}

/** Takes a complete walk. */
export function withWalkOf(parts: PulledParts, connection: string, startedAt: string): PulledParts {
  return withTable(parts, connection, (table) => withWalk(table, startedAt));
}

/** Takes one of our own entries. */
export function withEntry(parts: PulledParts, entry: MasterDataEntry): PulledParts {
  return withTable(parts, entry.connection, (table) => withSaidEntry(table, entry));
}

/** Takes what we said about a walk. */
export function withPulled(parts: PulledParts, { connection, startedAt }: MasterDataPulled): PulledParts {
  return withTable(parts, connection, (table) => withSaidWalk(table, startedAt));
}

function withTable(parts: PulledParts, connection: string, change: (table: PulledTable) => PulledTable): PulledParts {
  const known = Object.hasOwn(parts.tables, connection) ? parts.tables[connection] : undefined;
  const changed = change(known ?? emptyTable);
  return changed === known ? parts : { tables: { ...parts.tables, [connection]: changed } };
}
