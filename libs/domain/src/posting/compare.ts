import { inBoth, type Money, parseDecimal, sameAmount } from '@voucherline/contracts';
import type { PostingTerms, TargetDocument } from './terms.js';

/**
 * What a document shows otherwise than intended, in words for finance; empty when it is equal. Compared are amount and
 * currency, the payee where one is expected, and the date where we gave it (a document made by the target's own conversion
 * rule, whose create carries nothing of ours, gets its date there).
 */
export function differences(document: TargetDocument, terms: PostingTerms): readonly string[] {
  const { expectation, operation } = terms;
  const found: string[] = [];
  if (!sameMoney(document.amount, expectation.amount)) {
    found.push(inBoth(`amount is ${inWords(document.amount)}, intended ${inWords(expectation.amount)}`, '金额不符'));
  }
  // The payee's name is personal data: the difference is named, not the value.
  if (expectation.payee !== undefined && document.payee !== expectation.payee)
    found.push(inBoth('payee is another', '收款方不同'));
  if (operation.createCarriesKey && day(document.date) !== day(expectation.date)) {
    found.push(inBoth(`date is ${day(document.date)}, intended ${day(expectation.date)}`, '日期不符'));
  }
  return found;
}

function sameMoney(a: Money, b: Money): boolean {
  const readable = parseDecimal(a.amount) !== undefined && parseDecimal(b.amount) !== undefined;
  return readable && a.currency === b.currency && sameAmount(a.amount, b.amount);
}

function inWords(money: Money): string {
  return `${money.amount} ${money.currency}`;
}

/** `2026-03-31T00:00:00` and `2026-03-31` are the same day. */
function day(date: string): string {
  return date.slice(0, 10);
}
