import type { ParkReason } from '@voucherline/pipeline';

/** The target has no way back for this document. */
export const REVERSAL: ParkReason = {
  code: 'reversal.by-hand',
  reason: 'The voucher has to be reversed, which this operation leaves to a person.',
  owner: 'finance',
  nextStep: 'Reverse or delete the document in the ERP, then discard this case: that says it is reversed.',
};

/** The key was used for something else. */
export const KNOWN_OTHERWISE: ParkReason = {
  code: 'posting.known-otherwise',
  reason: 'A voucher with this key stands or ended here with other content; nothing was sent for this command.',
  owner: 'operations',
  nextStep: 'Compare the two commands of this subject; discard this one, and book a difference by hand.',
};
