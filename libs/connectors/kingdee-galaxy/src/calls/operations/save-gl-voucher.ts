import {
  type CallContext,
  carriedKey,
  type TargetOperation,
  type VoucherIntent,
  type WriteOutcome,
} from '@voucherline/connector-kit';
import { inBoth } from '@voucherline/contracts';
import { refusal } from '../../pure/error-table.js';
import { operations } from '../../pure/operations.js';
import { bookText, bookUnits } from '../../pure/payload/book-amount.js';
import type { VoucherEntry, VoucherPayload } from '../../pure/payload/voucher.js';
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
    return refusal(
      'CURRENCY',
      inBoth(
        `entries: currency ${unknown} is not in setting currencies of the connection`,
        '分录的币别未列入连接的 currencies 设置',
      ),
      {
        owner: 'administrator',
        nextStep: inBoth(
          'Add the number of the currency and its ISO code to setting currencies, then release.',
          '请在 currencies 设置中添加该币别的编码及其 ISO 代码，然后放行。',
        ),
      },
    );
  }
  const date = payload.date ?? intent.accountingDate;
  return {
    FAccountBookID: { FNumber: payload.accountBook },
    FDate: date,
    FBUSDATE: date,
    FVOUCHERGROUPID: { FNumber: payload.voucherGroup },
    FDocumentStatus: 'Z',
    [settings.keyField]: carriedKey(intent.voucherKey, intent.generation),
    FEntity: payload.entries.map((entry) => ({
      FEXPLANATION: entry.explanation ?? payload.explanation,
      ...accounted(entry),
      FCURRENCYID: { FNumber: numbers.get(entry.currency) },
      ...amountsOf(entry, settings.bookCurrency),
    })),
  };
}

function accounted({ account, dimensions }: VoucherEntry): object {
  const details = Object.entries(dimensions ?? {}).map(([name, FNumber]) => [`FDETAILID__${name}`, { FNumber }]);
  return {
    FACCOUNTID: { FNumber: account },
    ...(details.length > 0 && { FDetailID: Object.fromEntries(details) }),
  };
}

/** The amount as it was paid, and beside it what the book adds up. */
function amountsOf(entry: VoucherEntry, bookCurrency: string): object {
  const isDebit = entry.debit !== undefined && entry.debit !== null;
  const text = (units: bigint) => bookText(units, bookCurrency);
  const book = bookUnits(entry, bookCurrency);
  return {
    FEXCHANGERATETYPE: { FNumber: RATE_TYPE },
    FEXCHANGERATE: entry.exchangeRate ?? '1',
    FAMOUNTFOR: entry.debit ?? entry.credit,
    FDEBIT: text(isDebit ? book : 0n),
    FCREDIT: text(isDebit ? 0n : book),
  };
}
