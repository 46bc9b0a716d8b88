import { minorUnits } from '@voucherline/contracts';
import { Decimal } from 'decimal.js';
import type { VoucherEntry } from './voucher.js';

/** Exact for a product of two decimals as payloads may hold them (25 digits each). */
const Exact = Decimal.clone({ precision: 60, rounding: Decimal.ROUND_HALF_UP });

/**
 * A line's amount in the book currency, in integers of its minor unit (CNY: fen): what the line says itself, else its amount at
 * its rate, halves away from zero.
 */
export function bookUnits(entry: VoucherEntry, bookCurrency: string): bigint {
  return units(new Exact(entry.bookAmount ?? converted(entry)), bookCurrency);
}

/** A line's amount at its rate, as `bookUnits` has it where the line says none itself. */
export function convertedUnits(entry: VoucherEntry, bookCurrency: string): bigint {
  return units(converted(entry), bookCurrency);
}

/** Minor units as a decimal with the digits of the book currency. */
export function bookText(units: bigint, bookCurrency: string): string {
  return new Exact(units.toString()).div(unitsOfOne(bookCurrency)).toFixed(minorUnits(bookCurrency));
}

/**
 * Whether the book amount that a line gives can be its amount at its rate: to the unit, or as far as the rate's last digit leaves
 * open (a bank's rate is shown rounded).
 */
export function fitsRate(entry: VoucherEntry, bookAmount: string, bookCurrency: string): boolean {
  const digits = (entry.exchangeRate ?? '1').split('.')[1]?.length ?? 0;
  const open = amountOf(entry).abs().times(new Exact(10).pow(-digits));
  const unit = new Exact(1).div(unitsOfOne(bookCurrency));
  return converted(entry).minus(bookAmount).abs().lessThanOrEqualTo(Decimal.max(open, unit));
}

const amountOf = ({ debit, credit }: VoucherEntry) => new Exact(debit ?? credit ?? '0');
const converted = (entry: VoucherEntry) => amountOf(entry).times(entry.exchangeRate ?? '1');
const units = (amount: Decimal, currency: string) =>
  BigInt(amount.times(unitsOfOne(currency)).toDecimalPlaces(0).toFixed());
const unitsOfOne = (currency: string) => new Exact(10).pow(minorUnits(currency));
