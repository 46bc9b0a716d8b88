import { parse } from 'csv-parse/sync';
import type { FileFault } from '../file/fault.js';
import { type ReadTable, type TableContent, tableOf } from './table.js';

/** A file of a code table; its name is that of the file without `.csv`. */
export interface TableFile {
  readonly name: string;
  readonly file: string;
  readonly text: string;
}

/**
 * Reads a table from CSV as Excel saves it as "CSV UTF-8": a header row, cells that may be quoted, blanks around cells dropped, lines
 * without any cell skipped. Faults have file, line and column.
 */
export function readCsv({ name, file, text }: TableFile): ReadTable {
  const faults: FileFault[] = [];
  const note: Note = (offset, fault, mend, field = '') => {
    faults.push({ file, ...lineAndColumn(text, offset), field, fault, mend });
  };
  const records = text.includes('\uFFFD') ? notUtf8(note) : recordsOf(text, note);
  const [header, ...rest] = withCommas(records, note) ?? [];
  if (records?.length === 0) {
    note(0, 'the table is empty', 'Write the names of its columns into the first row.');
  }
  const columns = header?.cells ?? [];
  const rows = rest.filter((record) => isWhole(record, columns, text, note));
  const content: TableContent = { columns, rows: rows.map(({ cells }) => cells) };
  const table = tableOf(name, content, ({ row, column }, fault, mend) => {
    const record = row === undefined ? header : rows[row];
    if (record !== undefined)
      note(cellOffset(text, record, column), fault, mend, row === undefined ? '' : columns[column]);
  });
  return { table, faults };
}

type Note = (offset: number, fault: string, mend: string, field?: string) => void;

interface CsvRecord {
  readonly cells: readonly string[];
  /** Where in the text it begins. */
  readonly offset: number;
}

function notUtf8(note: Note): undefined {
  note(0, 'the file is no UTF-8', 'Save it as "CSV UTF-8" in Excel.');
}

/** Excel separates by what the computer's region says; a header of one cell that holds such a sign was meant to be several. */
function withCommas(records: readonly CsvRecord[] | undefined, note: Note): readonly CsvRecord[] | undefined {
  const [header] = records ?? [];
  const sign = header?.cells.length === 1 ? /[;\t]/.exec(header.cells[0] ?? '')?.[0] : undefined;
  if (header === undefined || sign === undefined) return records;
  const words = sign === ';' ? 'semicolons' : 'tabs';
  note(header.offset, `the columns are separated by ${words}`, 'Save it as "CSV UTF-8 (comma delimited)" in Excel.');
  return undefined;
}

function recordsOf(text: string, note: Note): readonly CsvRecord[] | undefined {
  const mark = text.startsWith('\uFEFF') ? 1 : 0;
  const bytes = Buffer.from(text.slice(mark));
  let offset = mark;
  let before = 0;
  try {
    return parsed(bytes).flatMap(({ record: cells, info }) => {
      const record = { cells, offset };
      offset += bytes.toString('utf8', before, info.bytes).length;
      before = info.bytes;
      return cells.every((cell) => cell === '') ? [] : [record];
    });
  } catch (error) {
    const { message, bytes: until = 0 } = error as Error & { bytes?: number };
    const mend = 'Put a cell with quotes into double quotes, and double the quotes inside it.';
    note(mark + bytes.toString('utf8', 0, until).length, `no readable CSV: ${message}`, mend);
    return undefined;
  }
}

function parsed(bytes: Buffer) {
  const ends = ['\r\n', '\n', '\r'];
  const options = { info: true, record_delimiter: ends, relax_column_count: true, trim: true };
  // With `info` each record comes with how far it was read, which the types leave out.
  return parse(bytes, options) as unknown as readonly { record: string[]; info: { bytes: number } }[];
}

function isWhole(record: CsvRecord, { length }: readonly string[], text: string, note: Note): boolean {
  const count = record.cells.length;
  if (count === length) return true;
  const mend = 'Write a cell for each column; a cell with a comma goes into double quotes.';
  note(cellOffset(text, record, Math.min(count, length)), `the row has ${count} cells, the header ${length}`, mend);
  return false;
}

/** Where a cell of a record begins; the record's end when it has less. */
function cellOffset(text: string, { offset }: CsvRecord, cell: number): number {
  let quoted = false;
  let commas = 0;
  for (let at = offset; at < text.length; at++) {
    if (commas === cell) return at;
    const character = text[at];
    if (character === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (character === ',') commas++;
    else if (character === '\n' || character === '\r') return at;
  }
  return text.length;
}

function lineAndColumn(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset).split(/\r\n|\n|\r/);
  return { line: before.length, column: (before.at(-1) ?? '').replace('\uFEFF', '').length + 1 };
}
