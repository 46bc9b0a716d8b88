import { sameAmount, type VoucherExpectation } from '@voucherline/contracts';
import { bookText, bookUnits } from './book-amount.js';
import type { VoucherEntry, VoucherPayload } from './voucher.js';

/** How many converted lines a fault names. */
const MOST_NAMED = 5;

/** A voucher balances in the book currency, to its minor unit (kingdee.md §6.1). Where it does not: by how much, and the mend. */
export function balanceFaults({ entries }: VoucherPayload, bookCurrency: string): readonly string[] {
  const [debit, credit] = [total(entries, 'debit', bookCurrency), total(entries, 'credit', bookCurrency)];
  if (debit === credit) return [];
  const text = (units: bigint) => bookText(units, bookCurrency);
  const gap = debit > credit ? debit - credit : credit - debit;
  const differ = `debit ${text(debit)} and credit ${text(credit)} ${bookCurrency} differ by ${text(gap)}`;
  // Each line is rounded once, by Kingdee's rule or by the flow's.
  const isRounding = gap <= BigInt(entries.length);
  const mend = isRounding
    ? `add a rounding line of ${text(gap)} ${bookCurrency} on the ${debit > credit ? 'credit' : 'debit'} side`
    : 'a line is missing or its amount is wrong; mend the flow';
  return [`entries: ${differ}${conversions(entries, bookCurrency)}; ${mend}`];
}

/** A checked voucher shows its debit in the book currency, and that is what is compared when it is read back. */
export function expectationFaults(
  payload: Readonly<Record<string, unknown>>,
  { amount: { amount, currency } }: VoucherExpectation,
  bookCurrency: string,
): readonly string[] {
  const { entries } = payload as unknown as VoucherPayload;
  const debit = bookText(total(entries, 'debit', bookCurrency), bookCurrency);
  if (currency === bookCurrency && sameAmount(amount, debit)) return [];
  return [
    `amount: is ${amount} ${currency}, and the debit of the voucher adds up to ${debit} ${bookCurrency}; have the flow's amount say that`,
  ];
}

function total(entries: readonly VoucherEntry[], side: 'debit' | 'credit', bookCurrency: string): bigint {
  return entries.reduce((sum, entry) => (isOn(entry, side) ? sum + bookUnits(entry, bookCurrency) : sum), 0n);
}

const isOn = (entry: VoucherEntry, side: 'debit' | 'credit'): boolean =>
  entry[side] !== undefined && entry[side] !== null;

/** What the lines in other currencies come to, which no form shows. */
function conversions(entries: readonly VoucherEntry[], bookCurrency: string): string {
  const named = entries.flatMap((entry, at) => {
    const { currency, exchangeRate = '1', debit, credit } = entry;
    if (currency === bookCurrency) return [];
    const book = bookText(bookUnits(entry, bookCurrency), bookCurrency);
    return [`entries[${at}] ${debit ?? credit} ${currency} at ${exchangeRate} is ${book}`];
  });
  if (named.length === 0) return '';
  const more = named.length > MOST_NAMED ? `, and ${named.length - MOST_NAMED} more` : '';
  return ` (${named.slice(0, MOST_NAMED).join(', ')}${more})`;
}
