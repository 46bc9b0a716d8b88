import { readCarriedKey } from '@voucherline/connector-kit';
import { voucherKey } from '@voucherline/contracts';
import type { Book, BookDocument } from '../vendors/book.js';
import type { Truth } from './employees.js';

const VOUCHERS = { payment: 'payment-bill', expense: 'accounting-voucher' } as const;

/** More revisions than any approval of a simulation gets. */
const REVISIONS = 10;

/** Keys of all vouchers that an approval may come to have. */
export function keysOf(document: string, kind: Truth['kind']): ReadonlySet<string> {
  return new Set(Array.from({ length: REVISIONS }, (_, revision) => voucherKey(document, VOUCHERS[kind], revision)));
}

/** Documents of the book that stand for an approval, in whatever stage. */
export function standingFor(book: Book, { application, keys }: Truth): readonly BookDocument[] {
  return book.documents.filter(
    ({ origin, key, stage, reverses }) =>
      stage !== 'cancelled' &&
      reverses === undefined &&
      ((origin !== undefined && origin === application) ||
        (key !== undefined && keys.has(readCarriedKey(key).voucherKey))),
  );
}

/** Documents that stand for an approval, are posted and not taken back: one of an approval that holds, else none. */
export function effectiveFor(book: Book, truth: Truth): readonly BookDocument[] {
  return standingFor(book, truth).filter((document) => book.isEffective(document));
}
