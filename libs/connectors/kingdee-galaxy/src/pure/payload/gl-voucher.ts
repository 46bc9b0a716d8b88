import { minorUnits } from '@voucherline/contracts';
import { Decimal } from 'decimal.js';
import { dateText, type FieldRule, fieldFaults, numberText, textOf } from './fields.js';

/** One line of a voucher. Exactly one of debit and credit, in the line's currency; negative for red-letter lines. */
export interface VoucherEntry {
  /** Absent: the voucher's. */
  readonly explanation?: string;
  /** Number of the account. */
  readonly account: string;
  /** Number by dimension of the account set, e.g. `{ "FFLEX5": "BM01" }` (kingdee.md §6.1). */
  readonly dimensions?: Readonly<Record<string, string>>;
  /** ISO 4217. */
  readonly currency: string;
  /** Book currency for one unit; 1 unless given. */
  readonly exchangeRate?: string;
  readonly debit?: string;
  readonly credit?: string;
}

/** What a flow gives `save-gl-voucher`, by numbers and ISO codes; no field names of Kingdee, no ids. */
export interface VoucherPayload {
  readonly accountBook: string;
  /** Absent: the accounting date of the command. */
  readonly date?: string;
  /** Number of the voucher word (记, 付 …). */
  readonly voucherGroup: string;
  readonly explanation: string;
  readonly entries: readonly VoucherEntry[];
}

/** Characters (kingdee.md §6.1). */
export const LONGEST_EXPLANATION = 250;
const EXPLANATION = textOf(LONGEST_EXPLANATION);

const VOUCHER: Readonly<Record<string, FieldRule>> = {
  accountBook: { check: numberText },
  date: { check: dateText, optional: true },
  voucherGroup: { check: numberText },
  explanation: { check: EXPLANATION },
  entries: { check: entriesFaults },
};

const ENTRY: Readonly<Record<string, FieldRule>> = {
  explanation: { check: EXPLANATION, optional: true },
  account: { check: numberText },
  dimensions: { check: dimensionFaults, optional: true },
  currency: { check: (value, place) => (isCurrency(value) ? [] : [`${place}: must be an ISO code such as CNY`]) },
  exchangeRate: { check: rateFaults, optional: true },
  debit: { check: amountFaults, optional: true },
  credit: { check: amountFaults, optional: true },
};

export function voucherFaults(payload: Readonly<Record<string, unknown>>): readonly string[] {
  const faults = fieldFaults(payload, VOUCHER);
  return faults.length > 0 ? faults : balanceFaults(payload as unknown as VoucherPayload);
}

/** A line's amount in book currency, to the cent. */
export function bookAmount({ exchangeRate = '1' }: VoucherEntry, amount: string): Decimal {
  return new Decimal(amount).times(exchangeRate).toDecimalPlaces(2);
}

function balanceFaults({ entries }: VoucherPayload): readonly string[] {
  const total = (side: 'debit' | 'credit') =>
    entries.reduce((sum, entry) => sum.plus(bookAmount(entry, entry[side] ?? '0')), new Decimal(0));
  const [debit, credit] = [total('debit'), total('credit')];
  if (debit.equals(credit)) return [];
  return [`entries: debit ${debit.toFixed(2)} and credit ${credit.toFixed(2)} differ; a voucher must balance`];
}

function entriesFaults(value: unknown, place: string): readonly string[] {
  if (!Array.isArray(value) || value.length < 2) return [`${place}: must be a list of two lines or more`];
  return value.flatMap((entry, at) => {
    const line = `${place}[${at}]`;
    if (entry === null || typeof entry !== 'object' || Array.isArray(entry)) return [`${line}: must be an object`];
    return [...fieldFaults(entry, ENTRY, line), ...sideFaults(entry, line)];
  });
}

function sideFaults(entry: Readonly<Record<string, unknown>>, line: string): readonly string[] {
  const { debit, credit, currency } = entry;
  const given = [debit, credit].filter((amount) => amount !== undefined && amount !== null);
  if (given.length !== 1) return [`${line}: give exactly one of debit and credit`];
  const [amount] = given;
  if (!isPlainDecimal(amount) || !isCurrency(currency)) return [];
  if (new Decimal(amount).isZero()) return [`${line}: its amount is zero; leave the line out`];
  const digits = minorUnits(currency);
  return new Decimal(amount).decimalPlaces() > digits
    ? [`${line}: amount ${amount} ${currency} has more than ${digits} decimal places; round it in the flow`]
    : [];
}

function dimensionFaults(value: unknown, place: string): readonly string[] {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return [`${place}: must be an object`];
  return Object.entries(value).flatMap(([name, number]) =>
    DIMENSION.test(name)
      ? numberText(number, `${place}.${name}`)
      : [`${place}.${name}: is no dimension; write FFLEX<n> or FF1000xx as the account set has it`],
  );
}

const DIMENSION = /^(FFLEX\d{1,3}|FF\d{6})$/;

function amountFaults(value: unknown, place: string): readonly string[] {
  return isPlainDecimal(value) ? [] : [`${place}: must be a decimal as text, e.g. "1280.50"`];
}

function rateFaults(value: unknown, place: string): readonly string[] {
  const good = isPlainDecimal(value) && new Decimal(value).isPositive() && !new Decimal(value).isZero();
  return good ? [] : [`${place}: must be a positive decimal as text, e.g. "7.1234"`];
}

const isPlainDecimal = (value: unknown): value is string =>
  typeof value === 'string' && /^-?\d{1,15}(\.\d{1,10})?$/.test(value);

const isCurrency = (value: unknown): value is string => typeof value === 'string' && /^[A-Z]{3}$/.test(value);
