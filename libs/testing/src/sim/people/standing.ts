import { readCarriedKey } from '@voucherline/connector-kit';
import type { Book, BookDocument } from '../vendors/book.js';
import type { Truth } from './truth.js';

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
