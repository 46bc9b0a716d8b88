import { MASTER_DATA, type MasterDataPure, UnreadableDocument } from '@voucherline/connector-kit';
import { type AnyMessage, type ConnectionContent, parseDocumentKey, type RawContent } from '@voucherline/contracts';
import {
  missingEntries,
  nothingPulled,
  type PulledParts,
  type ReadRow,
  withEntry,
  withPulled,
  withRowReading,
  withWalkOf,
} from '@voucherline/domain';
import { dayIn } from '@voucherline/mapping';
import type { Configuration, Decision } from '@voucherline/pipeline';

/** What tables of master data are read by. */
export interface TableReaders {
  readonly configuration: Configuration;
  readonly masterDataOf: (product: string) => MasterDataPure | undefined;
}

/** Whether a key is that of a table, `<product>/<account>/masterdata/<kind>`. */
export function isTable(key: string): boolean {
  return key.split('/')[2] === MASTER_DATA;
}

/**
 * Takes a message under the key of a table. @throws {Error} when the connection or its connector is unknown, or the row is of
 * another table; a row that only can't be read is kept until it can
 */
export function withTableMessage(
  parts: PulledParts = nothingPulled,
  message: AnyMessage,
  readers: TableReaders,
): PulledParts {
  switch (message.type) {
    case 'DocumentCollected': {
      const { document, connection, content, readAt: at } = message.data;
      const { code, kind } = placeOf(message.key, document);
      const { timeZone } = published(connection, readers);
      const found = readRow(connection, kind, code, content, readers);
      return withRowReading(parts, connection, code, { at, day: dayIn(timeZone, at), found });
    }
    case 'DocumentGone': {
      const { document, connection, missedAt: at } = message.data;
      const { timeZone } = published(connection, readers);
      const { code } = placeOf(message.key, document);
      return withRowReading(parts, connection, code, { at, day: dayIn(timeZone, at), found: { kind: 'gone' } });
    }
    case 'SweepCompleted': {
      const { connection, complete, startedAt } = message.data;
      return complete ? withWalkOf(parts, connection, startedAt) : parts;
    }
    case 'MasterDataEntry':
      return withEntry(parts, message.data);
    case 'MasterDataPulled':
      return withPulled(parts, message.data);
    default:
      return parts;
  }
}

/** What is missing on the log about a table, for each connection that pulls it. */
export function missingOfTable(subject: string, { tables }: PulledParts, readers: TableReaders): Decision {
  const kind = parseDocumentKey(subject).id;
  const decisions = Object.entries(tables).map(([connection, table]) => {
    const read: ReadRow = (code, content) => readRow(connection, kind, code, content, readers);
    return missingEntries(subject, connection, table, read);
  });
  const blocked = decisions.find((decision) => decision.blocked !== undefined)?.blocked;
  return { messages: decisions.flatMap(({ messages }) => messages), ...(blocked && { blocked }) };
}

function readRow(
  connection: string,
  kind: string,
  code: string,
  content: RawContent,
  readers: TableReaders,
): ReturnType<ReadRow> {
  const { product } = published(connection, readers);
  const connector = readers.masterDataOf(product);
  if (connector === undefined) throw new Error(`${product} shows no master data in this version`);
  try {
    const entry = connector.entry(kind, content);
    if (entry.code === code) return { kind: 'row', attributes: entry.attributes };
    return { kind: 'unreadable', content, fault: `the content is of row ${entry.code}` };
  } catch (error) {
    if (!(error instanceof UnreadableDocument)) throw error;
    return { kind: 'unreadable', content, fault: error.message };
  }
}

function published(name: string, { configuration }: TableReaders): ConnectionContent {
  const content = configuration.connection(name)?.content;
  if (content === undefined) throw new Error(`connection ${name} is not published: publish it, then release`);
  return content;
}

/** Kind and code of a row of this table. */
function placeOf(key: string, document: string): { readonly kind: string; readonly code: string } {
  const [table, row] = [parseDocumentKey(key), parseDocumentKey(document)];
  if (row.product !== table.product || row.account !== table.account || row.kind !== table.id) {
    throw new Error(`row ${document} was collected under ${key}`);
  }
  return { kind: row.kind, code: row.id };
}
