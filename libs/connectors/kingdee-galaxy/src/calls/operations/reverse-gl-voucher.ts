import {
  type CallContext,
  carriedKey,
  type Refusal,
  type TargetOperation,
  type VoucherIntent,
  type WriteOutcome,
} from '@voucherline/connector-kit';
import { inBoth } from '@voucherline/contracts';
import { Decimal } from 'decimal.js';
import { refusal } from '../../pure/error-table.js';
import { redVoucher } from '../../pure/operations.js';
import { LONGEST_EXPLANATION } from '../../pure/payload/voucher.js';
import { settingsOf } from '../../pure/settings.js';
import { UnreadableVoucher, type ViewedEntry, type ViewedVoucher, viewedVoucher } from '../../pure/viewed-voucher.js';
import { glVouchers, saveVoucher, viewVoucher } from './gl-vouchers.js';

/**
 * Takes a posted voucher back by a red one (红字凭证): the same lines with negative amounts, under a key of its own.
 * The WebAPI has no operation that does it (kingdee.md §6.1).
 */
export const reverseGlVoucher: TargetOperation = {
  ...redVoucher,
  ...glVouchers,
  create,
  // What takes a red voucher back is a voucher of the next revision.
  reversal: { kind: 'none' },
};

async function create(intent: VoucherIntent, context: CallContext): Promise<WriteOutcome> {
  const { reverses } = intent;
  if (reverses === undefined) throw new Error('reverse-gl-voucher: its intent names no voucher to reverse');
  const shown = await viewVoucher(reverses.id, context);
  if (shown.kind === 'unavailable') return { kind: 'notSent', detail: `before reversing: ${shown.detail}` };
  if (shown.kind === 'throttled') return shown;
  if (shown.kind === 'rejected') return shown.owner === 'administrator' ? shown : notReversible(shown.words);
  if (shown.kind === 'absent') return notReversible(inBoth('it is not there', '原凭证不存在'));
  const { lcid, keyField } = settingsOf(context.connection.content);
  try {
    const original = viewedVoucher(shown.value, lcid);
    if (original.status !== 'C')
      return notReversible(inBoth(`it has status ${original.status}, so it is not audited`, '原凭证未审核'));
    const model = redModel(original, reverses.number, intent.accountingDate);
    return await saveVoucher({ ...model, [keyField]: carriedKey(intent.voucherKey, intent.generation) }, context);
  } catch (error) {
    if (error instanceof UnreadableVoucher) return notReversible(error.message);
    throw error;
  }
}

function notReversible(words: string): Refusal {
  return refusal('ORIGINAL', `${inBoth('the voucher to be reversed', '待冲销的凭证')}: ${words}`, {
    owner: 'finance',
    nextStep: inBoth(
      'Look at the original voucher in Kingdee; where it still counts, write the red voucher there by hand.',
      '请在金蝶中查看原凭证；仍有效的，请手工录入红字凭证。',
    ),
  });
}

function redModel(original: ViewedVoucher, number: string, date: string): object {
  return {
    FAccountBookID: { FNumber: original.accountBook },
    FDate: date,
    FBUSDATE: date,
    FVOUCHERGROUPID: { FNumber: original.voucherGroup },
    FDocumentStatus: 'Z',
    FEntity: original.entries.map((entry) => redEntry(entry, `红冲 ${number} (${original.date}) `)),
  };
}

function redEntry(entry: ViewedEntry, link: string): object {
  const details = Object.entries(entry.dimensions).map(([name, FNumber]) => [`FDETAILID__${name}`, { FNumber }]);
  return {
    FEXPLANATION: `${link}${entry.explanation}`.slice(0, LONGEST_EXPLANATION).trimEnd(),
    FACCOUNTID: { FNumber: entry.account },
    ...(details.length > 0 && { FDetailID: Object.fromEntries(details) }),
    FCURRENCYID: { FNumber: entry.currency },
    FEXCHANGERATETYPE: { FNumber: entry.rateType },
    FEXCHANGERATE: entry.rate,
    FAMOUNTFOR: negative(entry.amountFor),
    FDEBIT: negative(entry.debit),
    FCREDIT: negative(entry.credit),
  };
}

/** Nothing stays nothing: there is no "-0" in a book. */
function negative(amount: string): string {
  const value = new Decimal(amount);
  return value.isZero() ? '0' : value.negated().toFixed();
}
