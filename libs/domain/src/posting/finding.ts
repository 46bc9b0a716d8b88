import { differences } from './compare.js';
import { CLOCK_TOLERANCE } from './gaps.js';
import { HOLDS } from './holds.js';
import type { Hold, PostingRecord } from './record.js';
import type { PostingTerms, TargetDocument } from './terms.js';

/** What a look-up means for a posting. */
export type Finding =
  /** Nothing stands for this voucher. */
  | { readonly kind: 'nothing' }
  /** This document is the one to go on with (absent: the chosen one, which the look-up did not show); the others are to be deleted. */
  | { readonly kind: 'choice'; readonly document?: TargetDocument; readonly unchosen: readonly TargetDocument[] }
  | { readonly kind: 'hold'; readonly hold: Hold };

/** Judges what a look-up showed: what may be chosen, what has to be deleted, what a person has to see (failure-modes.md §2.2). */
export function judge(documents: readonly TargetDocument[], record: PostingRecord, terms: PostingTerms): Finding {
  const live = documents.filter(({ stage }) => stage !== 'cancelled');
  return record.chosen === null ? choose(live, record, terms) : keepTo(record.chosen.id, live, record, terms);
}

function choose(live: readonly TargetDocument[], record: PostingRecord, terms: PostingTerms): Finding {
  const candidates = live.filter((document) => isOurWork(document, record, terms)).sort(byId);
  const others = live.filter((document) => !candidates.includes(document));
  if (others.length > 0) return { kind: 'hold', hold: otherDocuments(others, record, terms) };
  const [first, ...rest] = candidates;
  if (first === undefined) return { kind: 'nothing' };
  const drafts = candidates.every(({ stage }) => stage === 'draft');
  if (rest.length > 0 && !drafts) return { kind: 'hold', hold: HOLDS.several(candidates) };
  return { kind: 'choice', document: first, unchosen: rest };
}

function keepTo(chosen: string, live: readonly TargetDocument[], record: PostingRecord, terms: PostingTerms): Finding {
  const document = live.find(({ id }) => id === chosen);
  const others = live.filter(({ id }) => id !== chosen);
  const doubles = others.filter((other) => isOurWork(other, record, terms)).sort(byId);
  // Once ours is confirmed, what other people make for the same approval is theirs; reconciliation shows it.
  const foreign = record.confirmation === null ? others.filter((other) => !doubles.includes(other)) : [];
  if (foreign.length > 0) return { kind: 'hold', hold: HOLDS.foreign(foreign) };
  if (doubles.some(({ stage }) => stage !== 'draft')) {
    return { kind: 'hold', hold: HOLDS.several(document === undefined ? doubles : [document, ...doubles]) };
  }
  return { kind: 'choice', ...(document !== undefined && { document }), unchosen: doubles };
}

/**
 * Whether a create of ours for exactly this intent made the document: it carries our key, or, where creates carry none, it
 * is new since our first attempt. Our key alone is not enough, people copy documents with all their fields.
 */
function isOurWork(document: TargetDocument, record: PostingRecord, terms: PostingTerms): boolean {
  if (!document.ours || record.foundBefore.includes(document.id)) return false;
  if (differences(document, terms).length > 0) return false;
  if (document.voucherKey !== undefined) return document.voucherKey === terms.voucherKey;
  return !terms.operation.createCarriesKey && isNewerThanFirstCreate(document, record);
}

function isNewerThanFirstCreate(document: TargetDocument, record: PostingRecord): boolean {
  if (record.firstCreateAt === null) return false;
  return document.createdAt === undefined || document.createdAt >= record.firstCreateAt - CLOCK_TOLERANCE;
}

function otherDocuments(others: readonly TargetDocument[], record: PostingRecord, terms: PostingTerms): Hold {
  const [only, ...more] = others;
  if (only !== undefined && more.length === 0 && only.ours) {
    const found = differences(only, terms);
    const made = only.voucherKey === terms.voucherKey || record.creates > 0;
    if (made && found.length > 0) return HOLDS.differs(only, found);
  }
  return record.creates === 0 ? HOLDS.foundBefore(others) : HOLDS.foreign(others);
}

/** Ids are numbers as text in most targets: the shorter is the older. */
function byId(a: TargetDocument, b: TargetDocument): number {
  return a.id.length - b.id.length || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
