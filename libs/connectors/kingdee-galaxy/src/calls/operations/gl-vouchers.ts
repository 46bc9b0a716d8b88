import type {
  CallContext,
  ReadOutcome,
  TargetDocument,
  TargetOperation,
  VoucherIntent,
  WriteOutcome,
} from '@voucherline/connector-kit';
import type { JsonObject } from '../../pure/lossless-json.js';
import { type KingdeeSettings, settingsOf } from '../../pure/settings.js';
import { type QueryRow, query } from '../query.js';
import { view } from '../view.js';
import { doneWith, write } from '../write.js';
import { carriedKeys } from './carried.js';
import { COMMON_FIELDS, checkedId, documentFrom, documentsFrom, onlyOne } from './documents.js';
import { transitions } from './transitions.js';

const FORM = 'GL_VOUCHER';

/** Header fields of a voucher; the key field is added. */
const FIELDS = [
  ...[
    'FVOUCHERID',
    'FVOUCHERGROUPID.FName',
    'FVOUCHERGROUPNO',
    'FYEAR',
    'FPERIOD',
    'FDate',
    'FDEBITTOTAL',
    'FCREDITTOTAL',
  ],
  ...COMMON_FIELDS,
];

/** What every operation does alike that saves a voucher with its key in the header. */
export const glVouchers = {
  // As for payment bills: Kingdee's SDKs give up after 120 s; we wait 60 s for the answer.
  settleMs: 60_000,
  prerequisite: async () => ({ kind: 'read', value: { ready: true } }),
  lookup,
  mark: async () => {
    throw new Error('a create of GL_VOUCHER carries the key, there is nothing to mark');
  },
  read: (id, context) => found(`FVOUCHERID=${checkedId(id)}`, context).then(onlyOne),
  ...transitions(FORM),
} as const satisfies Partial<TargetOperation>;

/** Saves a new voucher. `model` is built from known fields only, so no id of an existing document can be in it (F30). */
export function saveVoucher(model: object, context: CallContext): Promise<WriteOutcome> {
  const data = { IsVerifyBaseDataField: 'true', ValidateFlag: 'true', NumberSearch: 'true', Model: model };
  return write(context, { operation: 'Save', body: { formid: FORM, data }, repeatable: false }, (json) =>
    doneWith(json),
  );
}

/** All that a voucher holds. */
export const viewVoucher = (id: string, context: CallContext): Promise<ReadOutcome<JsonObject>> =>
  view(context, FORM, checkedId(id));

async function lookup(intent: VoucherIntent, context: CallContext): Promise<ReadOutcome<readonly TargetDocument[]>> {
  const settings = settingsOf(context.connection.content);
  const keys = carriedKeys(intent, settings.keyField);
  return found(keys.filter, context, (row) => keys.has(row[settings.keyField]));
}

async function found(
  filter: string,
  context: CallContext,
  isMeant: (row: QueryRow<string>) => boolean = () => true,
): Promise<ReadOutcome<readonly TargetDocument[]>> {
  const settings = settingsOf(context.connection.content);
  const fields = [...FIELDS, settings.keyField];
  const rows = await query<string>(context, { form: FORM, fields, filter, order: 'FVOUCHERID ASC' });
  return rows.kind === 'read' ? documentsFrom(rows.value.filter(isMeant), (row) => voucherFrom(row, settings)) : rows;
}

function voucherFrom(row: QueryRow<string>, settings: KingdeeSettings): ReadOutcome<TargetDocument> {
  const number = row.FVOUCHERGROUPNO ?? '';
  const view = {
    form: FORM,
    id: row.FVOUCHERID ?? '',
    number: number === '' || number === '0' ? '' : `${row['FVOUCHERGROUPID.FName']}-${number}`,
    cancelled: false,
    amount: row.FDEBITTOTAL ?? '',
    currency: settings.bookCurrency,
    date: row.FDate ?? '',
    key: row[settings.keyField] ?? '',
  };
  return documentFrom(row, view, settings);
}
