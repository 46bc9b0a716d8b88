import { parseDecimal } from '@voucherline/contracts';
import { Decimal } from 'decimal.js';
import { LIMITS } from '../limits.js';

/**
 * The formulas' own decimals, so that nobody else's settings count. Their precision is more than twice what a quotient has: sums and
 * products of numbers as forms and quotients give them are exact.
 */
export const Num = Decimal.clone({
  precision: 100,
  rounding: Decimal.ROUND_HALF_UP,
  // As in Excel, a remainder has the sign of the divisor.
  modulo: Decimal.ROUND_FLOOR,
  minE: -400,
  maxE: 400,
});

/** Quotients have forty digits. A decimal of their own, because its precision would count for all that is made of it. */
const Quotient = Decimal.clone({ precision: 40, rounding: Decimal.ROUND_HALF_UP, minE: -400, maxE: 400 });

/** Most numbers of forms: what `parseDecimal` would give unchanged. */
const SHORT = /^-?\d{1,15}(?:\.\d{1,20})?$/;

/** A decimal as people write it (`1,000.50`); undefined for other text. */
export function numberIn(text: string): Decimal | undefined {
  if (SHORT.test(text)) return new Num(text);
  const plain = parseDecimal(text);
  return plain === undefined ? undefined : new Num(plain);
}

/** Whether a number has more digits before its point than any amount can have. */
export function isTooLarge(value: Decimal): boolean {
  return value.e >= LIMITS.digitsBefore;
}

/** @param divisor not zero */
export function quotient(dividend: Decimal, divisor: Decimal): Decimal {
  return new Num(Quotient.div(dividend, divisor));
}

/** Plain form: no exponent, no separators, no trailing zeros, no `-0`. */
export function plain(value: Decimal): string {
  return value.isZero() ? '0' : value.toFixed();
}

/** Plain form with so many digits after the point; undefined when that would drop a digit other than 0. */
export function withDigits(value: Decimal, digits: number): string | undefined {
  if (value.decimalPlaces() > digits) return undefined;
  return value.isZero() ? new Num(0).toFixed(digits) : value.toFixed(digits);
}

/** Ways to round, by their names in formulas. */
export const ROUNDING_MODES = {
  halfUp: Decimal.ROUND_HALF_UP,
  halfEven: Decimal.ROUND_HALF_EVEN,
  up: Decimal.ROUND_UP,
  down: Decimal.ROUND_DOWN,
  ceiling: Decimal.ROUND_CEIL,
  floor: Decimal.ROUND_FLOOR,
} as const;

/** @param digits after the point; below zero, before it: -2 rounds to hundreds */
export function rounded(value: Decimal, digits: number, mode: Decimal.Rounding): Decimal {
  if (digits >= 0) return value.toDecimalPlaces(digits, mode);
  const unit = new Num(10).pow(-digits);
  return value.div(unit).toDecimalPlaces(0, mode).times(unit);
}
