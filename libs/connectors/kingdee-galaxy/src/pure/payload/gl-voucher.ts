import { balanceFaults } from './balance.js';
import { entriesFaults } from './entries.js';
import { dateText, type FieldRule, fieldFaults, numberText, textOf } from './fields.js';
import { LONGEST_EXPLANATION, type VoucherPayload } from './voucher.js';

export type { VoucherEntry, VoucherPayload } from './voucher.js';

/** Faults of a payload by itself: fields, lines, and that debit and credit are the same in the book currency. */
export function voucherFaults(payload: Readonly<Record<string, unknown>>, bookCurrency: string): readonly string[] {
  const rules: Readonly<Record<string, FieldRule>> = {
    accountBook: { check: numberText },
    date: { check: dateText, optional: true },
    voucherGroup: { check: numberText },
    explanation: { check: textOf(LONGEST_EXPLANATION) },
    entries: { check: (value, place) => entriesFaults(value, place, bookCurrency) },
  };
  const faults = fieldFaults(payload, rules);
  return faults.length > 0 ? faults : balanceFaults(payload as unknown as VoucherPayload, bookCurrency);
}
