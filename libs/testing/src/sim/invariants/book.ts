import { sameAmount } from '@voucherline/contracts';
import { REPLANNED_DAY } from '../people/finance.js';
import { effectiveFor, standingFor } from '../people/standing.js';
import type { Scene } from '../scene.js';
import { localTime } from '../vendors/approvals.js';

export function* oneVoucherEach({ book, employees }: Scene): Iterable<string> {
  for (const truth of employees.truths) {
    const effective = effectiveFor(book, truth);
    const wanted = truth.approvedAt !== undefined && truth.revokedAt === undefined ? 1 : 0;
    if (effective.length !== wanted) yield `${truth.instance.id} has ${effective.length} vouchers, not ${wanted}`;
  }
  for (const [first, second] of book.doubles) yield `${first} was posted while ${second} was effective`;
}

export function* nothingUnapproved({ book, employees }: Scene): Iterable<string> {
  const approved = employees.truths.filter(({ approvedAt }) => approvedAt !== undefined);
  const known = new Set(approved.flatMap((truth) => standingFor(book, truth).map(({ id }) => id)));
  for (const { id, ours, stage, reverses } of book.documents) {
    if (ours && stage !== 'cancelled' && reverses === undefined && !known.has(id))
      yield `document ${id} (${stage}) is nobody's`;
  }
}

export function* contentAsApproved({ book, employees }: Scene): Iterable<string> {
  for (const truth of employees.truths) {
    for (const { id, amount, date, form } of effectiveFor(book, truth)) {
      if (amount.currency !== 'CNY' || !sameAmount(amount.amount, truth.amount)) {
        yield `document ${id} of ${truth.instance.id} shows ${amount.amount}, not ${truth.amount}`;
      }
      // The date of a pushed bill is given by Kingdee; only finance gives another one.
      const day = localTime(truth.approvedAt ?? 0).slice(0, 10);
      if (form === 'GL_VOUCHER' && date !== day && date !== REPLANNED_DAY)
        yield `document ${id} is of ${date}, not ${day}`;
    }
  }
}

export function* foreignUntouched({ book }: Scene): Iterable<string> {
  for (const { what, document } of book.trespasses) yield `${what} of document ${document.id}, which is not ours`;
}
