import { differences } from './compare.js';
import { CARRIES_OTHER, HOLDS } from './holds.js';
import type { Hold, PostingRecord, SendStep } from './record.js';
import type { PostingTerms, TargetDocument } from './terms.js';

/** Whether the document needs no mark (any more). */
export function isMarked(document: TargetDocument, record: PostingRecord, terms: PostingTerms): boolean {
  return (
    terms.operation.createCarriesKey || (document.voucherKey === terms.voucherKey && isOfGeneration(document, record))
  );
}

function isOfGeneration({ generation = 1 }: TargetDocument, record: PostingRecord): boolean {
  return generation === record.generation;
}

/** Why the chosen document, as it was read, can't be gone on with; undefined when it can. */
export function unfit(document: TargetDocument | null, record: PostingRecord, terms: PostingTerms): Hold | undefined {
  const { chosen } = record;
  if (chosen === null) throw new Error('nothing was chosen, so no chosen document can have been read');
  if (document === null || document.stage === 'cancelled') return HOLDS.gone(chosen);
  const { voucherKey } = document;
  if (voucherKey !== undefined && (voucherKey !== terms.voucherKey || !isOfGeneration(document, record))) {
    return HOLDS.differs(chosen, [CARRIES_OTHER]);
  }
  const found = differences(document, terms);
  return found.length > 0 ? HOLDS.differs(chosen, found) : undefined;
}

/** What is next for a fit document; a posted one is done. */
export function nextStep(
  document: TargetDocument,
  record: PostingRecord,
  terms: PostingTerms,
): 'mark' | 'submit' | 'post' | 'done' {
  if (document.stage === 'posted') return 'done';
  if (document.stage === 'submitted') return 'post';
  return isMarked(document, record, terms) ? 'submit' : 'mark';
}

const ORDER = ['mark', 'submit', 'post', 'done'] as const;

/** Whether the document shows that this step was done, by whomever. */
export function isBeyond(
  document: TargetDocument,
  step: SendStep,
  record: PostingRecord,
  terms: PostingTerms,
): boolean {
  return ORDER.indexOf(nextStep(document, record, terms)) > ORDER.indexOf(step as (typeof ORDER)[number]);
}
