import { canonicalJson } from '@voucherline/contracts';
import { type Checked, checkFile, publishedHash } from '../file/check-file.js';
import { Cursor } from '../file/cursor.js';
import { type Fault, pathText } from '../file/fault.js';
import type { TableFile } from '../tables/read-csv.js';
import { publishedTables, TableFiles, type Tables } from '../tables/tables.js';
import type { Flow } from './flow.js';
import { readFlow } from './read-flow.js';

/** A flow with the content that is published and the hash that pins it. */
export interface PublishableFlow {
  readonly flow: Flow;
  /** The file's content, with the tables that its formulas name as `tables`. */
  readonly content: Readonly<Record<string, unknown>>;
  readonly hash: string;
}

/** Of a content as JSON: a message on Kafka holds at most 1 MB. */
const MAX_BYTES = 800_000;

/**
 * Checks a flow file by itself, with the tables it may look up. Every fault names file, line, column, field and mend.
 * @param files those of its folder and those that all share; tables that its formulas do not name are not read
 */
export function checkFlow(text: string, file: string, files: readonly TableFile[] = []): Checked<PublishableFlow> {
  const tables = new TableFiles(files);
  const checked = checkFile(text, file, (top) => {
    const flow = readFlow(top, tables);
    return flow && publishable(flow, top, tables);
  });
  if (tables.faults.length === 0) return checked;
  return { ok: false, errors: [...(checked.ok ? [] : checked.errors), ...tables.faults] };
}

function publishable(flow: Flow, top: Cursor, tables: Tables): PublishableFlow | undefined {
  const named = flowTables(flow).flatMap((name) => tables.table(name) ?? []);
  const content = {
    ...(top.value as Readonly<Record<string, unknown>>),
    ...(named.length > 0 && { tables: Object.fromEntries(named.map((table) => [table.name, table.content])) }),
  };
  const bytes = Buffer.byteLength(canonicalJson(content));
  if (bytes <= MAX_BYTES) return { flow, content, hash: publishedHash(content) };
  const sizes = named.map((table) => `${table.name} ${kilobytes(Buffer.byteLength(canonicalJson(table.content)))}`);
  return top.fault(
    `the flow with its tables has ${kilobytes(bytes)} (${sizes.join(', ')}), and ${kilobytes(MAX_BYTES)} is all that fits`,
    'Take out rows and columns that are not needed, or look them up in master data.',
  );
}

function kilobytes(bytes: number): string {
  return `${Math.ceil(bytes / 1000)} kB`;
}

/** Names of all tables that a flow looks up, each once: of its own, and `<connection>/<kind>` for master data. */
export function flowTables({ lookups }: Flow): readonly string[] {
  return [...new Set(lookups.map(({ table }) => table))];
}

/** A published content that this version can't read as a flow. */
export class UnreadableFlow extends Error {
  override readonly name = 'UnreadableFlow';
}

/** Compiles published contents, each once: a hash stands for the content for ever. */
export class FlowCompiler {
  readonly #compiled = new Map<string, Flow | UnreadableFlow>();

  /** @throws {UnreadableFlow} naming the first field at fault */
  compile(hash: string, content: Readonly<Record<string, unknown>>): Flow {
    let flow = this.#compiled.get(hash);
    if (flow === undefined) {
      flow = compile(content);
      this.#compiled.set(hash, flow);
    }
    if (flow instanceof UnreadableFlow) throw flow;
    return flow;
  }
}

function compile({ tables, ...content }: Readonly<Record<string, unknown>>): Flow | UnreadableFlow {
  const faults: Fault[] = [];
  const flow = readPublished(content, tables, faults);
  const [first] = faults;
  if (first === undefined && flow !== undefined) return flow;
  return new UnreadableFlow(first === undefined ? 'no flow' : `${pathText(first.path)}: ${first.fault}`);
}

function readPublished(content: Readonly<Record<string, unknown>>, tables: unknown, faults: Fault[]): Flow | undefined {
  try {
    return readFlow(new Cursor(content, faults), publishedTables(tables));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    faults.push({ path: ['tables'], fault: error.message, mend: '' });
    return undefined;
  }
}
