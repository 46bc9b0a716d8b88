import type {
  CallContext,
  ReadOutcome,
  TargetDocument,
  TargetOperation,
  VoucherIntent,
  WriteOutcome,
} from '@voucherline/connector-kit';
import { refusal } from '../../pure/error-table.js';
import { operations } from '../../pure/operations.js';
import { bookAmount, type VoucherEntry, type VoucherPayload } from '../../pure/payload/gl-voucher.js';
import { type KingdeeSettings, settingsOf } from '../../pure/settings.js';
import { type QueryRow, query, quoted } from '../query.js';
import { doneWith, write } from '../write.js';
import { COMMON_FIELDS, documentFrom, documentsFrom, onlyOne } from './documents.js';
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

/** Kingdee's preset fixed exchange rate type (kingdee.md §6.1). */
const RATE_TYPE = 'HLTX01_SYS';

/** Saves an accounting voucher, not audited, with the key in its header. */
export const saveGlVoucher: TargetOperation = {
  ...operations['save-gl-voucher'],
  // As for payment bills: Kingdee's SDKs give up after 120 s; we wait 60 s for the answer.
  settleMs: 60_000,
  reversal: { kind: 'none' },
  prerequisite: async () => ({ kind: 'read', value: { ready: true } }),
  lookup,
  create,
  mark: async () => {
    throw new Error('save-gl-voucher: its create carries the key, there is nothing to mark');
  },
  read: (id, context) => {
    if (!/^\d{1,20}$/.test(id)) throw new RangeError(`"${id}" is no id of Kingdee`);
    return found(`FVOUCHERID=${id}`, context).then(onlyOne);
  },
  ...transitions(FORM),
};

async function lookup(
  { voucherKey }: VoucherIntent,
  context: CallContext,
): Promise<ReadOutcome<readonly TargetDocument[]>> {
  const { keyField } = settingsOf(context.connection.content);
  const documents = await found(`${keyField}=${quoted(voucherKey)}`, context);
  if (documents.kind !== 'read') return documents;
  // The database compares without regard to case and trailing blanks; here keys are compared exactly.
  return { kind: 'read', value: documents.value.filter((document) => document.voucherKey === voucherKey) };
}

async function found(filter: string, context: CallContext): Promise<ReadOutcome<readonly TargetDocument[]>> {
  const settings = settingsOf(context.connection.content);
  const fields = [...FIELDS, settings.keyField];
  const rows = await query<string>(context, { form: FORM, fields, filter, order: 'FVOUCHERID ASC' });
  return rows.kind === 'read' ? documentsFrom(rows.value, (row) => voucherFrom(row, settings)) : rows;
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

async function create(intent: VoucherIntent, context: CallContext): Promise<WriteOutcome> {
  const settings = settingsOf(context.connection.content);
  const model = modelOf(intent, settings);
  if ('kind' in model) return model;
  const data = { IsVerifyBaseDataField: 'true', ValidateFlag: 'true', NumberSearch: 'true', Model: model };
  return write(context, { operation: 'Save', body: { formid: FORM, data }, repeatable: false }, (json) =>
    doneWith(json),
  );
}

/** The bill as Save takes it. It is built from known fields only, so no id of an existing document can be in it (F30). */
function modelOf(intent: VoucherIntent, settings: KingdeeSettings): object | WriteOutcome {
  const payload = intent.payload as unknown as VoucherPayload;
  const numbers = new Map([...settings.currencies].map(([number, code]) => [code, number]));
  const unknown = payload.entries.find(({ currency }) => !numbers.has(currency))?.currency;
  if (unknown !== undefined) {
    return refusal('CURRENCY', `entries: currency ${unknown} is not in setting currencies of the connection`, {
      owner: 'administrator',
      nextStep: 'Add the number of the currency and its ISO code to setting currencies, then release.',
    });
  }
  const date = payload.date ?? intent.accountingDate;
  return {
    FAccountBookID: { FNumber: payload.accountBook },
    FDate: date,
    FBUSDATE: date,
    FVOUCHERGROUPID: { FNumber: payload.voucherGroup },
    FDocumentStatus: 'Z',
    [settings.keyField]: intent.voucherKey,
    FEntity: payload.entries.map((entry) => entryOf(entry, payload.explanation, numbers.get(entry.currency) ?? '')),
  };
}

function entryOf(entry: VoucherEntry, explanation: string, currency: string): object {
  const { account, dimensions, exchangeRate = '1', debit, credit } = entry;
  const details = Object.entries(dimensions ?? {}).map(([name, FNumber]) => [`FDETAILID__${name}`, { FNumber }]);
  const inBook = (amount: string | undefined) => bookAmount(entry, amount ?? '0').toFixed(2);
  return {
    FEXPLANATION: entry.explanation ?? explanation,
    FACCOUNTID: { FNumber: account },
    ...(details.length > 0 && { FDetailID: Object.fromEntries(details) }),
    FCURRENCYID: { FNumber: currency },
    FEXCHANGERATETYPE: { FNumber: RATE_TYPE },
    FEXCHANGERATE: exchangeRate,
    FAMOUNTFOR: debit ?? credit ?? '0',
    FDEBIT: inBook(debit),
    FCREDIT: inBook(credit),
  };
}
