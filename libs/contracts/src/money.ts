import { Decimal } from 'decimal.js';

/** An amount of money: a plain decimal string (`-?digits[.digits]`, no exponent, no separators) and its ISO 4217 currency. */
export interface Money {
  readonly amount: string;
  readonly currency: string;
}

/** Digits after the point a currency is kept in. Currencies not listed have two. */
const MINOR_UNITS: Readonly<Record<string, number>> = {
  JPY: 0,
  KRW: 0,
  VND: 0,
  CLP: 0,
  ISK: 0,
  BHD: 3,
  KWD: 3,
  OMR: 3,
  JOD: 3,
  TND: 3,
};

/** Digits after the point of a currency's minor unit (CNY: 2). */
export function minorUnits(currency: string): number {
  return MINOR_UNITS[currency] ?? 2;
}

const PLAIN_DECIMAL = /^-?\d{1,30}(\.\d{1,20})?$/;
const GROUPED_DECIMAL = /^-?\d{1,3}(,\d{3})+(\.\d+)?$/;

/**
 * Reads a decimal as people and vendors write it (`1,000.50`, ` 12 `) and gives the plain form, or undefined when
 * the text is no decimal. Separators are only taken where they group by three (dingtalk.md §8, CalculateField).
 */
export function parseDecimal(text: string): string | undefined {
  const trimmed = text.trim();
  const plain = GROUPED_DECIMAL.test(trimmed) ? trimmed.replaceAll(',', '') : trimmed;
  return PLAIN_DECIMAL.test(plain) ? new Decimal(plain).toFixed() : undefined;
}

/** The amount with exactly the digits of its currency. @throws {RangeError} when that would drop a digit other than 0. */
export function inMinorUnits(money: Money): Money {
  const digits = minorUnits(money.currency);
  const value = new Decimal(money.amount);
  if (value.decimalPlaces() > digits) {
    throw new RangeError(`amount ${money.amount} ${money.currency} has more than ${digits} decimal places`);
  }
  return { amount: value.toFixed(digits), currency: money.currency };
}

/** Whether two amounts are the same value (`1` and `1.00` are). */
export function sameAmount(a: string, b: string): boolean {
  return new Decimal(a).equals(b);
}

/** Sum of plain decimal strings as a plain decimal string; `0` for none. */
export function sum(amounts: readonly string[]): string {
  return amounts.reduce((total, amount) => total.plus(amount), new Decimal(0)).toFixed();
}
