import { Decimal } from 'decimal.js';
import { asList, asText, isObject, type Json, type JsonObject } from './lossless-json.js';

/** One line of a voucher, in Kingdee's own numbers; amounts as text. */
export interface ViewedEntry {
  readonly explanation: string;
  readonly account: string;
  /** Number by dimension, e.g. `{ "FFLEX5": "BM01" }`. */
  readonly dimensions: Readonly<Record<string, string>>;
  readonly currency: string;
  readonly rateType: string;
  readonly rate: string;
  readonly amountFor: string;
  readonly debit: string;
  readonly credit: string;
}

/** A voucher as a View shows it. */
export interface ViewedVoucher {
  /** Status letter of kingdee.md §4.2. */
  readonly status: string;
  readonly accountBook: string;
  readonly voucherGroup: string;
  readonly date: string;
  readonly entries: readonly ViewedEntry[];
}

/** A View that does not show all that a red voucher needs: names what is missing. */
export class UnreadableVoucher extends Error {
  override readonly name = 'UnreadableVoucher';
}

/**
 * Reads a View of GL_VOUCHER. Its names are not confirmed: with or without the F of Save's names, and in either case
 * (kingdee.md §4.3), so all of these are taken, and the lines must add up to the header's total.
 * @throws {UnreadableVoucher} when anything is missing or can't be read
 */
export function viewedVoucher(shown: JsonObject, lcid: string): ViewedVoucher {
  const lines = asList(member(shown, 'FEntity') ?? member(shown, 'GL_VOUCHERENTRY')) ?? [];
  const entries = lines.map((line, at) => entryOf(line, `line ${at + 1}`, lcid));
  const debit = entries.reduce((sum, entry) => sum.plus(entry.debit), new Decimal(0));
  if (!debit.equals(amountOf(shown, 'FDEBITTOTAL', 'header'))) {
    throw new UnreadableVoucher(`its ${entries.length} lines do not add up to its total`);
  }
  return {
    status: textOf(shown, 'FDocumentStatus', 'header'),
    accountBook: numberOf(shown, 'FAccountBookID', 'header'),
    voucherGroup: numberOf(shown, 'FVOUCHERGROUPID', 'header'),
    date: textOf(shown, 'FDate', 'header').slice(0, 10),
    entries,
  };
}

function entryOf(line: Json, place: string, lcid: string): ViewedEntry {
  if (!isObject(line)) throw new UnreadableVoucher(`${place} is no object`);
  return {
    explanation: inLanguage(member(line, 'FEXPLANATION'), lcid),
    account: numberOf(line, 'FACCOUNTID', place),
    dimensions: dimensionsOf(line, place),
    currency: numberOf(line, 'FCURRENCYID', place),
    rateType: numberOf(line, 'FEXCHANGERATETYPE', place),
    rate: amountOf(line, 'FEXCHANGERATE', place),
    amountFor: amountOf(line, 'FAMOUNTFOR', place),
    debit: amountOf(line, 'FDEBIT', place),
    credit: amountOf(line, 'FCREDIT', place),
  };
}

const DIMENSION = /^(?:FDETAILID__)?(FFLEX\d{1,3}|FF\d{6})(_Id)?$/i;

/** A dimension that is set but not shown by number (a text, an id alone) must not be lost. */
function dimensionsOf(line: JsonObject, place: string): Readonly<Record<string, string>> {
  const detail = member(line, 'FDetailID');
  const members = isObject(detail) ? Object.entries(detail) : [];
  const numbers: Record<string, string> = {};
  const given = new Set<string>();
  for (const [name, value] of members) {
    const [, dimension, id] = DIMENSION.exec(name) ?? [];
    if (dimension === undefined || isNone(value)) continue;
    given.add(dimension.toUpperCase());
    const number = id === undefined && isObject(value) ? asText(member(value, 'FNumber'))?.trim() : undefined;
    if (number) numbers[dimension.toUpperCase()] = number;
  }
  const set = isObject(detail) ? member(detail, 'FId') : (detail ?? member(line, 'FDetailID_Id'));
  const lost = [...given].filter((dimension) => numbers[dimension] === undefined);
  if (lost.length > 0) throw new UnreadableVoucher(`${place}: dimension ${lost.join(', ')} shows no number`);
  if (given.size === 0 && !isNone(set)) throw new UnreadableVoucher(`${place}: its dimensions are not shown`);
  return numbers;
}

/** Nothing, as Kingdee shows it: null, 0, an empty or blank text, or a reference to one of these. */
function isNone(value: Json | undefined): boolean {
  if (isObject(value)) return isNone(value.Id ?? value.Number);
  const text = asText(value ?? '')?.trim();
  return text === '' || text === '0';
}

/** A member by Save's name of its field. */
function member(object: JsonObject, field: string): Json | undefined {
  const wanted = field.toLowerCase();
  const name = Object.keys(object).find((one) => [wanted, wanted.slice(1)].includes(one.toLowerCase()));
  return name === undefined ? undefined : object[name];
}

function textOf(object: JsonObject, field: string, place: string): string {
  const text = asText(member(object, field)) ?? '';
  if (text === '') throw new UnreadableVoucher(`${place}: ${field} is not shown`);
  return text;
}

function numberOf(object: JsonObject, field: string, place: string): string {
  const reference = member(object, field);
  const number = isObject(reference) ? asText(member(reference, 'FNumber')) : undefined;
  if (number === undefined || number === '') throw new UnreadableVoucher(`${place}: ${field} shows no number`);
  return number;
}

function amountOf(object: JsonObject, field: string, place: string): string {
  const text = asText(member(object, field)) ?? '';
  if (!/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text)) throw new UnreadableVoucher(`${place}: ${field} is no amount`);
  return text;
}

/** A text, or one for each language (`[{Key, Value}]`). */
function inLanguage(value: Json | undefined, lcid: string): string {
  const texts = (asList(value) ?? []).filter(isObject);
  const text = texts.find(({ Key }) => Key === lcid) ?? texts[0];
  return asText(text === undefined ? value : text.Value) ?? '';
}
