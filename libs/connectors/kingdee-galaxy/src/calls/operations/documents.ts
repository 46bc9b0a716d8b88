import { type ReadOutcome, readCarriedKey, type TargetDocument } from '@voucherline/connector-kit';
import { canonicalJson, contentHash, documentKey, inBoth } from '@voucherline/contracts';
import { Decimal } from 'decimal.js';
import { refusal } from '../../pure/error-table.js';
import type { KingdeeSettings } from '../../pure/settings.js';
import { momentOf } from '../local-time.js';
import type { QueryRow } from '../query.js';

/** Header fields that every form shows (kingdee.md §6). */
export const COMMON_FIELDS = ['FDOCUMENTSTATUS', 'FCreatorId.FName', 'FCreateDate'] as const;

/** What a form's row says in the terms that documents share. */
export interface FormView {
  readonly form: string;
  readonly id: string;
  readonly number: string;
  readonly cancelled: boolean;
  readonly amount: string;
  /** ISO code; undefined when the connection's setting `currencies` lacks it. */
  readonly currency: string | undefined;
  readonly payee?: string;
  readonly date: string;
  readonly key: string;
}

/** A document from the header row that a query showed. Refused when its currency is not known or a value is unreadable. */
export function documentFrom(
  row: QueryRow<string>,
  view: FormView,
  settings: KingdeeSettings,
): ReadOutcome<TargetDocument> {
  if (!/^\d{1,20}$/.test(view.id) || !isDecimal(view.amount)) {
    return { kind: 'unavailable', detail: `document ${view.id} of ${view.form} shows an unreadable id or amount` };
  }
  if (view.currency === undefined) {
    const nextStep = inBoth(
      'Add the number of the currency and its ISO code to setting currencies of the connection, then release.',
      '请在连接的 currencies 设置中添加该币别的编码及其 ISO 代码，然后放行。',
    );
    return refusal(
      'CURRENCY',
      inBoth(
        `document ${view.id} has a currency that setting currencies does not name`,
        '单据的币别未列入 currencies 设置',
      ),
      {
        owner: 'administrator',
        nextStep,
      },
    );
  }
  const status = row.FDOCUMENTSTATUS ?? '';
  const createdAt = momentOf(row.FCreateDate ?? '', settings.timeZone);
  const value: TargetDocument = {
    id: view.id,
    document: documentKey({ product: 'kingdee-galaxy', account: settings.acctId, kind: view.form, id: view.id }),
    number: view.number,
    stage: view.cancelled ? 'cancelled' : stageOf(status),
    status: view.cancelled ? `${status} (作废)` : status,
    ...(view.key !== '' && readCarriedKey(view.key)),
    amount: { amount: new Decimal(view.amount).toFixed(), currency: view.currency },
    ...(view.payee !== undefined && { payee: view.payee }),
    date: view.date.slice(0, 10),
    ours: row['FCreatorId.FName'] === settings.creatorName,
    ...(createdAt !== undefined && { createdAt }),
    contentSha256: contentHash(canonicalJson(row)),
  };
  return { kind: 'read', value };
}

/** Z, A and D may be changed and deleted, B waits for its approval, C is final (kingdee.md §4.2). */
function stageOf(status: string): TargetDocument['stage'] {
  return status === 'C' ? 'posted' : status === 'B' ? 'submitted' : 'draft';
}

const isDecimal = (text: string): boolean => /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text);

/** The documents of some rows, one a document; the first that can't be read is the outcome. */
export function documentsFrom(
  rows: readonly QueryRow<string>[],
  documentOf: (row: QueryRow<string>) => ReadOutcome<TargetDocument>,
): ReadOutcome<readonly TargetDocument[]> {
  const documents = new Map<string, TargetDocument>();
  for (const row of rows) {
    const outcome = documentOf(row);
    if (outcome.kind !== 'read') return outcome;
    documents.set(outcome.value.id, outcome.value);
  }
  return { kind: 'read', value: [...documents.values()] };
}

/** The one document that was asked for by id. */
export function onlyOne(found: ReadOutcome<readonly TargetDocument[]>): ReadOutcome<TargetDocument> {
  if (found.kind !== 'read') return found;
  const [document] = found.value;
  return document === undefined ? { kind: 'absent' } : { kind: 'read', value: document };
}

/** An id goes into filters and bodies, so it is not taken on trust. @throws {RangeError} */
export function checkedId(id: string): string {
  if (!/^\d{1,20}$/.test(id)) throw new RangeError(`"${id}" is no id of Kingdee`);
  return id;
}
