import type { FileFault } from '../file/fault.js';
import { readCsv, type TableFile } from './read-csv.js';
import { type Table, type TableContent, tableOf } from './table.js';

/** Where the tables are that a flow may look up. */
export interface Tables {
  readonly names: readonly string[];
  /** Undefined when there is no such table. */
  table(name: string): Table | undefined;
}

/** Files of tables; each is read when a flow first names it, because faults of a table that nobody names hold up nobody. */
export class TableFiles implements Tables {
  readonly #files: readonly TableFile[];
  readonly #read = new Map<string, Table>();
  /** Of the tables that were named. */
  readonly faults: FileFault[] = [];

  constructor(files: readonly TableFile[]) {
    this.#files = files;
  }

  get names(): readonly string[] {
    return this.#files.map(({ name }) => name);
  }

  table(name: string): Table | undefined {
    const read = this.#read.get(name);
    if (read !== undefined) return read;
    const [file, other] = this.#files.filter((one) => one.name === name);
    if (file === undefined) return undefined;
    if (other !== undefined) {
      const fault = `the table ${name} is also in ${file.file}`;
      this.faults.push({ file: other.file, line: 1, column: 1, field: '', fault, mend: 'Rename one of the files.' });
    }
    const { table, faults } = readCsv(file);
    this.faults.push(...faults);
    this.#read.set(name, table);
    return table;
  }
}

/** Tables as a published flow holds them. @throws {RangeError} naming the table when its content is none */
export function publishedTables(content: unknown): Tables {
  const contents = new Map(Object.entries((content ?? {}) as Readonly<Record<string, unknown>>));
  return {
    names: [...contents.keys()],
    table: (name) => {
      const table = contents.get(name);
      if (table === undefined) return undefined;
      if (!isContent(table)) throw new RangeError(`the content of table ${name} is none`);
      return tableOf(name, table, (_cell, fault) => {
        throw new RangeError(`table ${name}: ${fault}`);
      });
    },
  };
}

function isContent(content: unknown): content is TableContent {
  const { columns, rows } = (content ?? {}) as { columns?: unknown; rows?: unknown };
  return (
    areTexts(columns) && Array.isArray(rows) && rows.every((row) => areTexts(row) && row.length === columns.length)
  );
}

function areTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
