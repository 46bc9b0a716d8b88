import {
  type CallContext,
  carriedKey,
  type TargetOperation,
  type VoucherIntent,
  type WriteOutcome,
} from '@voucherline/connector-kit';
import { refusal } from '../../pure/error-table.js';
import { operations } from '../../pure/operations.js';
import { bookAmount, type VoucherEntry, type VoucherPayload } from '../../pure/payload/gl-voucher.js';
import { type KingdeeSettings, settingsOf } from '../../pure/settings.js';
import { glVouchers, saveVoucher } from './gl-vouchers.js';
import { reverseGlVoucher } from './reverse-gl-voucher.js';

/** Kingdee's preset fixed exchange rate type (kingdee.md §6.1). */
const RATE_TYPE = 'HLTX01_SYS';

/** Saves an accounting voucher, not audited, with the key in its header. */
export const saveGlVoucher: TargetOperation = {
  ...operations['save-gl-voucher'],
  ...glVouchers,
  create,
  reversal: { kind: 'entry', operation: reverseGlVoucher },
};

async function create(intent: VoucherIntent, context: CallContext): Promise<WriteOutcome> {
  const settings = settingsOf(context.connection.content);
  const model = modelOf(intent, settings);
  if ('kind' in model) return model;
  return saveVoucher(model, context);
}

/** The voucher as Save takes it. It is built from known fields only, so no id of an existing document can be in it (F30). */
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
    [settings.keyField]: carriedKey(intent.voucherKey, intent.generation),
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
