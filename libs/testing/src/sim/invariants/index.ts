import type { Scene } from '../scene.js';
import { noBlindSend, noSendWithoutReason } from './attempts.js';
import { contentAsApproved, foreignUntouched, nothingUnapproved, oneVoucherEach } from './book.js';
import { confirmedHasEvidence, rejectedHasEvidence } from './evidence.js';
import { numbersWithoutGap, revisionsInOrder } from './order.js';
import { casesSayWhy, notesOnce } from './people.js';

/** Says what breaks it, in words; nothing when it holds. */
export type Invariant = (scene: Scene) => Iterable<string>;

/** By the numbers of failure-modes.md §5; what has no number there is named. */
export const INVARIANTS: Readonly<Record<string, Invariant>> = {
  'I1 every approval that holds has exactly one voucher': oneVoucherEach,
  'I2 no voucher without an approval': nothingUnapproved,
  'I3 a voucher shows what was approved': contentAsApproved,
  'I4 documents of others are untouched': foreignUntouched,
  'I6 a confirmed voucher stands posted in the book': confirmedHasEvidence,
  'I6 a rejected voucher was refused by the target': rejectedHasEvidence,
  'I7 no create after another without a look-up between': noBlindSend,
  'I8 no create after one that was answered': noSendWithoutReason,
  'I9 revisions follow one another': revisionsInOrder,
  'I9 every topic can be read by sequence': numbersWithoutGap,
  'I11 what was parked says why': casesSayWhy,
  'notes stand once': notesOnce,
};

/** @throws naming the first invariant that is broken, and by what */
export function checkInvariants(scene: Scene): void {
  for (const [name, invariant] of Object.entries(INVARIANTS)) {
    const broken = [...invariant(scene)];
    if (broken.length > 0) throw new Error(`${name}: ${broken.slice(0, 5).join('; ')}`);
  }
}
