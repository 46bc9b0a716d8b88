import { canonicalJson, contentHash, factId, type Money } from '@voucherline/contracts';
import type { Posting, Reversal, Reversed } from './lane-state.js';

/** The key of the entry that reverses a voucher. */
export function reversalKey(voucherKey: string): string {
  return factId('reversal', voucherKey);
}

/** What is known of a voucher that was posted and has to be taken back. */
export function reversedBy({ command: { data }, record }: Posting): Reversed {
  if (record?.confirmation == null || record.chosen === null) throw new Error(`${data.voucherKey} is not confirmed`);
  return {
    voucherKey: data.voucherKey,
    voucher: data.voucher,
    generation: record.generation,
    document: { ...record.chosen, number: record.confirmation.number },
  };
}

/**
 * The entry that takes a posted voucher back: a voucher of its own, with a key, a content and a fate of its own. It goes
 * the way of every posting.
 */
export function reversingEntry({ command, releasedBy }: Reversal, original: Posting): Posting {
  const { data } = original.command;
  const reverses = reversedBy(original);
  const accountingDate = command.data.accountingDate ?? data.accountingDate;
  const date = command.data.accountingDate ?? data.expectation.date;
  const expectation = { ...data.expectation, amount: negated(data.expectation.amount), date };
  const { exclusive: _, replaces: __, supersedes: ___, ...kept } = data;
  const content = { reverses: reverses.document.document, accountingDate, expectation };
  return {
    ...{ parked: null, releasedBy, record: null, reverses },
    command: {
      ...{ id: command.id, type: 'PostVoucher', key: command.key },
      data: {
        ...{ ...kept, accountingDate, expectation, payload: {}, voucherKey: reversalKey(data.voucherKey) },
        voucher: `${data.voucher}/reversal`,
        fingerprint: contentHash(canonicalJson(content)),
      },
    },
  };
}

function negated({ amount, currency }: Money): Money {
  const negative = amount.startsWith('-') ? amount.slice(1) : `-${amount}`;
  return { amount: /[1-9]/.test(amount) ? negative : amount, currency };
}
