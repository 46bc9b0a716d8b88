import {
  type ConnectionContent,
  canonicalJson,
  contentHash,
  type DocumentRef,
  documentKey,
  type RawContent,
  rawBytes,
} from '@voucherline/contracts';
import type { CallContext } from './connection.js';
import type { ConnectorManifest, FieldDeclaration, MasterDataKind } from './manifest.js';
import type { ReadOutcome } from './outcome.js';
import { UnreadableDocument } from './source.js';

export interface MasterDataRow {
  readonly code: string;
  readonly content: Buffer;
  /** Hash over what counts in the content: the row is collected again only when this differs. */
  readonly fingerprint: string;
}

export interface MasterDataPage {
  /** A row may be shown by several pages of a walk; the last shows it as it stands. */
  readonly rows: readonly MasterDataRow[];
  /** Absent on the last page. */
  readonly next?: string;
}

/** What a row says: its columns as text, `code` among them. A column that the vendor left blank is absent. */
export interface MasterDataReading {
  readonly code: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** The pure half of a product's master data. */
export interface MasterDataPure {
  readonly manifest: ConnectorManifest;
  /** @throws {UnreadableDocument} naming what is wrong with the content. */
  entry(kind: string, content: RawContent): MasterDataReading;
}

/** The half that calls the vendor. */
export interface MasterDataCalls {
  readonly manifest: ConnectorManifest;
  /** Whether the vendor leaves these calls out of the month's (`limits.perMonth`). */
  readonly isExempt: boolean;
  /** One call. The cursor is the connector's own text: all that the walk still needs to know. */
  pullPage(kind: string, cursor: string | undefined, context: CallContext): Promise<ReadOutcome<MasterDataPage>>;
}

/** Kind, in a document key, of a table of master data. */
export const MASTER_DATA = 'masterdata';

/** Key of a table, under which all its messages stand: `<product>/<account>/masterdata/<kind>`. */
export function tableKey({ product, account }: Pick<DocumentRef, 'product' | 'account'>, kind: string): string {
  return documentKey({ product, account, kind: MASTER_DATA, id: kind });
}

/** The setting by which a connection says what of a product's master data is pulled. Every such product declares it. */
export function masterDataSetting(kinds: Readonly<Record<string, MasterDataKind>>): FieldDeclaration {
  const listed = Object.entries(kinds).map(([kind, { title }]) => `${kind} (${title.zh})`);
  return {
    name: 'masterData',
    label: { en: 'Master data', zh: '基础资料' },
    description: `Tables to pull for look-ups: ${listed.join(', ')}; nothing unless given.`,
    type: 'string[]',
    choices: Object.keys(kinds),
    required: false,
  };
}

/** The kinds that a connection pulls, each once. */
export function pulledKinds({ settings }: Pick<ConnectionContent, 'settings'>): readonly string[] {
  const { masterData } = settings;
  return Array.isArray(masterData) ? [...new Set(masterData.filter((kind) => typeof kind === 'string'))] : [];
}

/**
 * A row whose content is its declared columns and nothing else, as canonical JSON: what no flow can ask for is not kept. Blank
 * values are left out.
 */
export function masterDataRow(
  { columns }: MasterDataKind,
  values: Readonly<Record<string, string>> & { readonly code: string },
): MasterDataRow {
  const kept = columns.map((column) => [column, values[column]] as const).filter(([, value]) => (value ?? '') !== '');
  const content = Buffer.from(canonicalJson(Object.fromEntries(kept)));
  return { code: values.code, content, fingerprint: contentHash(content) };
}

/** Reads a row that `masterDataRow` made. @throws {UnreadableDocument} naming the column at fault */
export function masterDataEntry(kind: MasterDataKind | undefined, content: RawContent): MasterDataReading {
  if (kind === undefined) throw new UnreadableDocument('kind: is none of this product');
  const row = objectOf(content);
  const attributes: Record<string, string> = {};
  for (const column of kind.columns) {
    const value = Object.hasOwn(row, column) ? row[column] : undefined;
    if (value === undefined) continue;
    if (typeof value !== 'string') throw new UnreadableDocument(`${column}: is not text`);
    attributes[column] = value;
  }
  const { code } = attributes;
  if (code === undefined || code === '') throw new UnreadableDocument('code: is missing');
  return { code, attributes };
}

function objectOf(content: RawContent): Readonly<Record<string, unknown>> {
  let row: unknown;
  try {
    row = JSON.parse(rawBytes(content).toString('utf8'));
  } catch {
    throw new UnreadableDocument('row: is no JSON');
  }
  if (row === null || typeof row !== 'object' || Array.isArray(row)) throw new UnreadableDocument('row: is no object');
  return row as Record<string, unknown>;
}
