import { Decimal } from 'decimal.js';
import { rowsOf, type StoredDocument } from '../documents/index.js';
import { GalaxyRefusal } from '../reply.js';
import type { KingdeeSandboxSettings } from '../settings.js';

type Fields = Readonly<Record<string, string>>;

/** Number of the currency that this account set's books add up in. */
const BOOK_CURRENCY = 'PRE001';

/** Kingdee's preset fixed exchange rate type. */
const FIXED_RATE = 'HLTX01_SYS';

/**
 * A voucher's lines as Save leaves them (kingdee.md §6.1): FAMOUNTFOR is the amount in the line's currency, FDEBIT or FCREDIT the
 * one in the book's. Lines in the book currency may leave currency, rate and FAMOUNTFOR out.
 */
export function withAmounts(document: StoredDocument, { bookAmounts }: KingdeeSandboxSettings): StoredDocument {
  if (document.form !== 'GL_VOUCHER') return document;
  const lines = rowsOf(document, 'FEntity').map((row) => {
    const fields = completed(row.fields);
    return { ...row, fields: bookAmounts === 'computed' ? computed(fields) : fields };
  });
  return { ...document, entries: { ...document.entries, FEntity: lines } };
}

function completed(fields: Fields): Fields {
  const { FDEBIT, FCREDIT } = fields;
  const all = {
    ...fields,
    FCURRENCYID: fields.FCURRENCYID || BOOK_CURRENCY,
    FEXCHANGERATETYPE: fields.FEXCHANGERATETYPE || FIXED_RATE,
  };
  if (all.FCURRENCYID !== BOOK_CURRENCY) return all;
  const amount = isZero(FDEBIT) ? FCREDIT : FDEBIT;
  return { ...all, FEXCHANGERATE: fields.FEXCHANGERATE || '1', FAMOUNTFOR: fields.FAMOUNTFOR || amount || '0' };
}

/** What was sent as the amount in the book currency is not heard. */
function computed(fields: Fields): Fields {
  const side = isZero(fields.FDEBIT) ? 'FCREDIT' : 'FDEBIT';
  const amount = new Decimal(fields.FAMOUNTFOR || 0).times(fields.FEXCHANGERATE || 1);
  return { ...fields, [side]: amount.toFixed(2, Decimal.ROUND_HALF_UP) };
}

/** Checks that amounts of a line agree. The texts are our own: none is known. @throws {GalaxyRefusal} with one error a line */
export function checkAmounts(document: StoredDocument): void {
  if (document.form !== 'GL_VOUCHER') return;
  const errors = rowsOf(document, 'FEntity').flatMap(({ fields }, at) => {
    const words = faultOf(fields);
    return words === undefined ? [] : [{ FieldName: null, Message: `第${at + 1}行分录，${words}`, DIndex: 0 }];
  });
  if (errors.length > 0) throw new GalaxyRefusal(11, errors);
}

function faultOf({ FCURRENCYID, FEXCHANGERATE, FAMOUNTFOR, FDEBIT, FCREDIT }: Fields): string | undefined {
  if (!isZero(FDEBIT) && !isZero(FCREDIT)) return '借方金额和贷方金额不能同时录入';
  if (FCURRENCYID !== BOOK_CURRENCY) return isZero(FEXCHANGERATE) ? '字段“汇率”是必填项' : undefined;
  const book = new Decimal(FDEBIT || 0).plus(FCREDIT || 0);
  const agrees = new Decimal(FEXCHANGERATE || 1).equals(1) && book.equals(FAMOUNTFOR || 0);
  return agrees ? undefined : '本位币分录的原币金额与本位币金额不一致';
}

const isZero = (text: string | undefined) => new Decimal(text || 0).isZero();
