import type { Figure } from './chronicle.js';
import type { Scene } from './scene.js';

/** What can be counted once a history is over. */
export function figuresOf({ world, book, requests, employees }: Scene): Partial<Record<Figure, number>> {
  const posts = world.said('PostVoucher');
  return {
    approvals: employees.truths.length,
    vouchers: book.documents.filter(({ stage, ours }) => stage === 'posted' && ours).length,
    attempts: requests.all.length,
    unknowns: world.said('VoucherInDoubt').length,
    revisions: posts.filter(({ data }) => data.revision > 0).length,
    generations: posts.filter(({ data }) => data.replaces !== undefined).length,
    cancelled: world.said('VoucherCancelled').length,
    reversed: world.said('VoucherReversed').length,
  };
}
