import type { LookupRow, MasterDataEntry } from '@voucherline/contracts';
import { dayBefore } from './days.js';

/** What was said about a code from one day on. */
export interface Version {
  readonly validFrom: string | undefined;
  readonly validTo: string | undefined;
  /** Of the last message about it. */
  readonly sequence: number;
  readonly columns: Readonly<Record<string, string>>;
  /** Of the message that the columns are from; 0 while only the end is known. */
  readonly columnsSequence: number;
}

/** So many versions of a code are kept; on days before them it has no row, which stops a voucher and books nothing wrong. */
const MOST_VERSIONS = 100;

/**
 * Takes an entry among the versions of its code, which are in order of their sequence. Any order and any number of repeats give
 * the same versions: of each first day the last word counts.
 */
export function withVersion(
  versions: readonly Version[],
  entry: MasterDataEntry,
  sequence: number,
): readonly Version[] {
  const known = versions.find(({ validFrom }) => validFrom === entry.validFrom);
  const rest = versions.filter((version) => version !== known);
  return [...rest, merged(known, entry, sequence)].sort((a, b) => a.sequence - b.sequence).slice(-MOST_VERSIONS);
}

function merged(known: Version | undefined, entry: MasterDataEntry, sequence: number): Version {
  const { code, attributes, validFrom, validTo } = entry;
  const isNews = known === undefined || sequence > known.sequence;
  // An end says nothing else; what it ends may come after it.
  const told =
    validTo === undefined
      ? { columns: attributes, columnsSequence: sequence }
      : { columns: { code }, columnsSequence: 0 };
  const { columns, columnsSequence } =
    known !== undefined && known.columnsSequence >= told.columnsSequence ? known : told;
  return {
    validFrom,
    validTo: isNews ? validTo : known.validTo,
    sequence: isNews ? sequence : known.sequence,
    columns,
    columnsSequence,
  };
}

/** The versions with the days on which each counts, first things said first; those that count on no day are left out. */
export function rowsOf(versions: readonly Version[]): LookupRow[] {
  const rows: LookupRow[] = [];
  let end: string | undefined;
  for (const { columns, validFrom, validTo } of [...versions].reverse()) {
    const last = earlier(validTo, end);
    const counts = end !== SINCE_EVER && (last === undefined || validFrom === undefined || validFrom <= last);
    if (counts)
      rows.push({
        columns,
        ...(validFrom !== undefined && { validFrom }),
        ...(last !== undefined && { validTo: last }),
      });
    end = earlier(end, validFrom === undefined ? SINCE_EVER : dayBefore(validFrom));
  }
  return rows.reverse();
}

/** Before every day. */
const SINCE_EVER = '';

function earlier(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a < b ? a : b;
}
