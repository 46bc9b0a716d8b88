import { minorUnits } from '@voucherline/contracts';
import { Decimal } from 'decimal.js';
import { bookText, bookUnits, convertedUnits, fitsRate } from './book-amount.js';
import { type FieldRule, fieldFaults, numberText, textOf } from './fields.js';
import { LONGEST_EXPLANATION, type VoucherEntry } from './voucher.js';

const ENTRY: Readonly<Record<string, FieldRule>> = {
  explanation: { check: textOf(LONGEST_EXPLANATION), optional: true },
  account: { check: numberText },
  dimensions: { check: dimensionFaults, optional: true },
  currency: { check: currencyFaults },
  exchangeRate: { check: rateFaults, optional: true },
  debit: { check: amountFaults, optional: true },
  credit: { check: amountFaults, optional: true },
  bookAmount: { check: amountFaults, optional: true },
};

/** Faults of a voucher's lines, each by itself. */
export function entriesFaults(value: unknown, place: string, bookCurrency: string): readonly string[] {
  if (!Array.isArray(value) || value.length < 2) return [`${place}: must be a list of two lines or more`];
  return value.flatMap((entry, at) => {
    const line = `${place}[${at}]`;
    if (entry === null || typeof entry !== 'object' || Array.isArray(entry)) return [`${line}: must be an object`];
    const faults = [...fieldFaults(entry, ENTRY, line), ...sideFaults(entry, line)];
    return faults.length > 0 ? faults : amountsFaults(entry as VoucherEntry, line, bookCurrency);
  });
}

function sideFaults({ debit, credit }: Readonly<Record<string, unknown>>, line: string): readonly string[] {
  const given = [debit, credit].filter((amount) => amount !== undefined && amount !== null);
  return given.length === 1 ? [] : [`${line}: give exactly one of debit and credit`];
}

function amountsFaults(entry: VoucherEntry, line: string, bookCurrency: string): readonly string[] {
  const { currency } = entry;
  const amount = entry.debit ?? entry.credit ?? '';
  if (new Decimal(amount).isZero()) return [`${line}: its amount is zero; leave the line out`];
  const digits = digitsFaults(amount, currency, line, 'amount');
  if (digits.length > 0) return digits;
  return currency === bookCurrency ? ownFaults(entry, amount, line) : foreignFaults(entry, amount, line, bookCurrency);
}

/** A line in the book currency: its amount is its book amount. */
function ownFaults({ currency, exchangeRate, bookAmount }: VoucherEntry, amount: string, line: string): string[] {
  const given = (value: string | undefined | null): value is string => value !== undefined && value !== null;
  const rate =
    given(exchangeRate) && !new Decimal(exchangeRate).equals(1)
      ? [`${line}.exchangeRate: is ${exchangeRate}, and ${currency} is the book currency; leave it out`]
      : [];
  const own =
    given(bookAmount) && !new Decimal(bookAmount).equals(amount)
      ? [`${line}.bookAmount: is not the amount, and ${currency} is the book currency; leave it out`]
      : [];
  return [...rate, ...own];
}

function foreignFaults(entry: VoucherEntry, amount: string, line: string, bookCurrency: string): readonly string[] {
  const { currency, bookAmount } = entry;
  const rate = entry.exchangeRate ?? undefined;
  if (rate === undefined)
    return [`${line}.exchangeRate: is missing; give the ${bookCurrency} for one ${currency} on the accounting date`];
  if (bookAmount !== undefined && bookAmount !== null) {
    const digits = digitsFaults(bookAmount, bookCurrency, `${line}.bookAmount`, 'it');
    if (digits.length > 0) return digits;
    if (!fitsRate(entry, bookAmount, bookCurrency)) {
      const product = bookText(convertedUnits(entry, bookCurrency), bookCurrency);
      return [
        `${line}.bookAmount: is ${bookAmount} ${bookCurrency}, and ${amount} ${currency} at ${rate} is ${product}; give the rate that was used, or leave bookAmount out and add a rounding line`,
      ];
    }
  }
  if (bookUnits(entry, bookCurrency) !== 0n) return [];
  return [`${line}: ${amount} ${currency} at ${rate} is nothing in ${bookCurrency}; leave the line out`];
}

function digitsFaults(amount: string, currency: string, place: string, what: string): readonly string[] {
  const digits = minorUnits(currency);
  return new Decimal(amount).decimalPlaces() > digits
    ? [`${place}: ${what} ${amount} ${currency} has more than ${digits} decimal places; round it in the flow`]
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

function currencyFaults(value: unknown, place: string): readonly string[] {
  const good = typeof value === 'string' && /^[A-Z]{3}$/.test(value);
  return good ? [] : [`${place}: must be an ISO code such as CNY`];
}

function amountFaults(value: unknown, place: string): readonly string[] {
  return isPlainDecimal(value) ? [] : [`${place}: must be a decimal as text, e.g. "1280.50"`];
}

function rateFaults(value: unknown, place: string): readonly string[] {
  const good = isPlainDecimal(value) && new Decimal(value).isPositive() && !new Decimal(value).isZero();
  return good ? [] : [`${place}: must be a positive decimal as text, e.g. "7.1234"`];
}

const isPlainDecimal = (value: unknown): value is string =>
  typeof value === 'string' && /^-?\d{1,15}(\.\d{1,10})?$/.test(value);
