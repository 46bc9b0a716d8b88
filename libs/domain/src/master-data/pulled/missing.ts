import { factId, inBoth, type MasterDataEntry, parseDocumentKey, type RawContent } from '@voucherline/contracts';
import type { DraftOf, Obstacle } from '../../draft.js';
import { dayBefore } from '../days.js';
import { type PulledTable, type Row, type RowFound, rowOf } from './table.js';

type MasterDataDraft = DraftOf<'MasterDataEntry' | 'MasterDataPulled'>;

/** Reads a row that could not be read when it came, once more. */
export type ReadRow = (code: string, content: RawContent) => Exclude<RowFound, { readonly kind: 'gone' }>;

/** How many unreadable rows the reason tells in full. */
const TOLD = 5;
const LONGEST_CODE = 60;

/**
 * Which entries of a table are not on the log yet, and after them whether it was walked to its end. A row that can't be read
 * stays as it was said, and stops no other. Ids are facts: the row and when it was read.
 * @param subject key of the table, `<product>/<account>/masterdata/<kind>`
 */
export function missingEntries(
  subject: string,
  connection: string,
  table: PulledTable,
  read: ReadRow,
): { readonly messages: readonly MasterDataDraft[]; readonly blocked?: Obstacle } {
  const kind = parseDocumentKey(subject).id;
  const messages: MasterDataDraft[] = [];
  const faults: { readonly code: string; readonly fault: string }[] = [];
  for (const [code, unsaid] of Object.entries(table.unsaid)) {
    const found = unsaid.kind === 'unreadable' ? read(code, unsaid.content) : unsaid;
    if (found.kind === 'unreadable') faults.push({ code, fault: found.fault });
    else {
      const data = { connection, kind, ...versionOf(code, rowOf(table, code), found) };
      const id = factId(subject, 'MasterDataEntry', connection, code, data.seenAt);
      messages.push({ type: 'MasterDataEntry', id, time: data.seenAt, data });
    }
  }
  const { walk } = table;
  if (walk !== undefined) {
    const id = factId(subject, 'MasterDataPulled', connection, walk.startedAt);
    messages.push({ type: 'MasterDataPulled', id, time: walk.startedAt, data: { connection, kind, ...walk } });
  }
  return { messages, ...(faults.length > 0 && { blocked: unreadable(`${connection}/${kind}`, faults) }) };
}

/** Nobody knows how long a row had stood when it was seen first; what is seen later begins on the day on which it was seen. */
function versionOf(
  code: string,
  { seen, said }: Row,
  found: Exclude<RowFound, { readonly kind: 'unreadable' }>,
): Omit<MasterDataEntry, 'connection' | 'kind'> {
  if (seen === undefined) throw new Error(`row ${code} is unsaid and was never seen`);
  if (found.kind === 'row') {
    const { attributes } = found;
    return { code, attributes, ...(said !== undefined && { validFrom: seen.day }), seenAt: seen.at };
  }
  const began = said?.validFrom !== undefined && { validFrom: said.validFrom };
  return { code, attributes: { code }, ...began, validTo: dayBefore(seen.day), seenAt: seen.at };
}

function unreadable(table: string, rows: readonly { readonly code: string; readonly fault: string }[]): Obstacle {
  const told = rows.slice(0, TOLD).map(({ code, fault }) => `${code}: ${fault}`);
  const more = rows.length > TOLD ? [`and ${rows.length - TOLD} more`] : [];
  const codes = rows.map(({ code }) => code).join('+');
  return {
    code: `masterdata.unreadable-row:${codes.slice(0, LONGEST_CODE)}`,
    reason: `${inBoth(`rows of ${table} can't be read and stay as they were`, '这些行无法读取，保持原样')}: ${[...told, ...more].join('; ')}`,
    owner: 'administrator',
    nextStep: inBoth(
      'Mend the row at the vendor: the next pull shows it. If it is right there, release when a version runs that reads it.',
      '请在对方系统中修正该行，下次读取即生效；若该行无误，请在能读取它的程序版本上线后放行。',
    ),
  };
}
