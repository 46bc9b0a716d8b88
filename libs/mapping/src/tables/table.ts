import type { LookupRow } from '@voucherline/contracts';
import type { FileFault } from '../file/fault.js';
import { dayIn } from '../formula/values/days.js';

/** A code table: what finance keeps beside the flows, e.g. which account an expense category is booked to. */
export interface Table {
  readonly name: string;
  /** What may be asked for: without the days from and to which a row counts. */
  readonly columns: readonly string[];
  readonly rows: readonly LookupRow[];
  /** As it is published: pinned by the flow's hash. */
  readonly content: TableContent;
}

export interface TableContent {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Columns with the first and the last day on which a row counts, both inclusive, `yyyy-MM-dd`; blank: since ever, still. */
const VALID_FROM = 'valid_from';
const VALID_TO = 'valid_to';
const VALIDITY: readonly string[] = [VALID_FROM, VALID_TO];

/** Notes a fault of a cell; the row counts from 0 without the header, and absent is the header. */
type Note = (cell: { readonly row?: number; readonly column: number }, fault: string, mend: string) => void;

/** A table that is read has its faults beside it. */
export interface ReadTable {
  readonly table: Table;
  readonly faults: readonly FileFault[];
}

/** Checks a table that is split into cells, each row with one for each column. */
export function tableOf(name: string, content: TableContent, note: Note): Table {
  const { columns } = content;
  checkHeader(columns, note);
  const rows = content.rows.map((cells, row) => {
    return rowOf(columns, cells, (column, fault, mend) => note({ row, column: columns.indexOf(column) }, fault, mend));
  });
  return { name, columns: columns.filter((column) => !VALIDITY.includes(column)), rows, content };
}

function checkHeader(columns: readonly string[], note: Note): void {
  for (const [column, name] of columns.entries()) {
    if (name === '') note({ column }, 'the column has no name', 'Name it in the first row, or take it out.');
    else if (columns.indexOf(name) < column)
      note({ column }, `the column "${name}" is there twice`, 'Give each its own name.');
    else if (isLikeValidity(name))
      note({ column }, `"${name}" would be a column as any other`, `Write ${VALIDITY.join(' or ')}, or another name.`);
  }
}

/** `Valid From` would be no limit, and an old row would count for ever. */
function isLikeValidity(name: string): boolean {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[^a-z]/g, '');
  return !VALIDITY.includes(name) && VALIDITY.map(plain).includes(plain(name));
}

function rowOf(
  columns: readonly string[],
  cells: readonly string[],
  note: (column: string, fault: string, mend: string) => void,
): LookupRow {
  // From entries, so that a column named __proto__ is a column.
  const all = Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? '']));
  const { [VALID_FROM]: validFrom = '', [VALID_TO]: validTo = '', ...rest } = all;
  for (const [column, day] of Object.entries({ [VALID_FROM]: validFrom, [VALID_TO]: validTo })) {
    if (day !== '' && dayIn(day) !== day)
      note(column, `"${day}" is no day such as 2026-01-31`, 'Write yyyy-MM-dd, or nothing.');
  }
  if (validTo !== '' && validTo < validFrom)
    note(VALID_TO, `the last day ${validTo} is before the first day ${validFrom}`, 'Exchange them.');
  return { columns: rest, ...(validFrom !== '' && { validFrom }), ...(validTo !== '' && { validTo }) };
}
