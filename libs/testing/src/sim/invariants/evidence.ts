import { parseDocumentKey } from '@voucherline/contracts';
import { effectiveFor } from '../people/standing.js';
import type { Scene } from '../scene.js';
import { keyOfDocument } from '../vendors/book.js';

/** Both ways: what was confirmed was posted, and what stands posted by us was confirmed, with its number. */
export function* confirmedHasEvidence({ world, book, employees }: Scene): Iterable<string> {
  const confirmed = world.said('VoucherConfirmed');
  for (const { data } of confirmed) {
    const document = book.get(parseDocumentKey(data.document).id);
    const wasPosted = book.posted.has(parseDocumentKey(data.document).id);
    if (!wasPosted) yield `${data.document} was confirmed and never posted`;
    if (document !== undefined && document.number !== data.number)
      yield `${data.document} has number ${document.number}`;
  }
  for (const truth of employees.truths) {
    for (const document of effectiveFor(book, truth)) {
      const isSaid = confirmed.some(
        ({ key, data }) => key === truth.instance.document && data.document === keyOfDocument(document),
      );
      if (!isSaid) yield `document ${document.id} of ${truth.instance.id} is posted and was not confirmed`;
    }
  }
}

export function* rejectedHasEvidence({ world, requests }: Scene): Iterable<string> {
  for (const { data, key } of world.said('VoucherRejected')) {
    if (data.code === '' || data.words === '') yield `${key} was rejected without a word`;
    if (!requests.all.some(({ outcome }) => outcome === 'rejected')) yield `${key} was rejected by nobody`;
  }
}
