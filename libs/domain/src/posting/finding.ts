import { differences } from './compare.js';
import { CLOCK_TOLERANCE } from './gaps.js';
import { HOLDS } from './holds.js';
import { type Hold, isTakenBack, type PostingRecord } from './record.js';
import type { PostingTerms, TargetDocument } from './terms.js';

/** What a look-up means for a posting. */
export type Finding =
  /** Nothing stands for this voucher. */
  | { readonly kind: 'nothing' }
  /**
   * This document is the one to go on with (absent: the chosen one, which the look-up did not show, or there is none yet); the
   * others are to be deleted.
   */
  | { readonly kind: 'choice'; readonly document?: TargetDocument; readonly unchosen: readonly TargetDocument[] }
  /** Taken back: this stands of it, besides the chosen one. `posted`: somebody made this one final before anything was chosen. */
  | { readonly kind: 'remains'; readonly posted?: TargetDocument; readonly drafts: readonly TargetDocument[] }
  | { readonly kind: 'hold'; readonly hold: Hold };

/** Judges what a look-up showed: what may be chosen, what has to be deleted, what a person has to see (failure-modes.md §2.2). */
export function judge(documents: readonly TargetDocument[], record: PostingRecord, terms: PostingTerms): Finding {
  const live = documents.filter(({ stage }) => stage !== 'cancelled');
  if (isTakenBack(record)) return remains(live, record, terms);
  return record.chosen === null ? choose(live, record, terms) : keepTo(record.chosen.id, live, record, terms);
}

function choose(live: readonly TargetDocument[], record: PostingRecord, terms: PostingTerms): Finding {
  const candidates = live.filter((document) => isOurWork(document, record, terms)).sort(byId);
  const older = live.filter((document) => isOlder(document, record, terms)).sort(byId);
  const others = live.filter((document) => !candidates.includes(document) && !older.includes(document));
  if (others.length > 0) return { kind: 'hold', hold: otherDocuments(others, record, terms) };
  if (older.some(isFirm)) return { kind: 'hold', hold: HOLDS.older(older.filter(isFirm)) };
  const [first, ...rest] = candidates;
  if (first === undefined) return older.length === 0 ? { kind: 'nothing' } : { kind: 'choice', unchosen: older };
  const unchosen = [...rest, ...older];
  if (unchosen.length > 0 && candidates.some(isFirm)) return { kind: 'hold', hold: HOLDS.several(candidates) };
  return { kind: 'choice', document: first, unchosen };
}

function keepTo(chosen: string, live: readonly TargetDocument[], record: PostingRecord, terms: PostingTerms): Finding {
  const document = live.find(({ id }) => id === chosen);
  const others = live.filter(({ id }) => id !== chosen);
  const doubles = others.filter((one) => isOurWork(one, record, terms) || isOlder(one, record, terms)).sort(byId);
  // Once ours is confirmed, what other people make for the same approval is theirs; reconciliation shows it.
  const foreign = record.confirmation === null ? others.filter((other) => !doubles.includes(other)) : [];
  if (foreign.length > 0) return { kind: 'hold', hold: HOLDS.foreign(foreign) };
  if (doubles.some(isFirm)) {
    return { kind: 'hold', hold: HOLDS.several(document === undefined ? doubles : [document, ...doubles]) };
  }
  return { kind: 'choice', ...(document !== undefined && { document }), unchosen: doubles };
}

/** What stands of a posting that was taken back. What others made is no matter any more, unless it may be ours. */
function remains(live: readonly TargetDocument[], record: PostingRecord, terms: PostingTerms): Finding {
  const others = live.filter(({ id }) => id !== record.chosen?.id);
  const ours = others.filter((one) => carriesOurs(one, terms) || isOurWork(one, record, terms)).sort(byId);
  const perhaps = others.filter((one) => !ours.includes(one) && isNewWithoutKey(one, record, terms));
  if (perhaps.length > 0) return { kind: 'hold', hold: HOLDS.foreign(perhaps) };
  const [firm, ...more] = ours.filter(isFirm);
  const drafts = ours.filter((one) => !isFirm(one));
  if (firm !== undefined) {
    const only = record.chosen === null && more.length === 0 && isOurWork(firm, record, terms);
    return only ? { kind: 'remains', posted: firm, drafts } : { kind: 'hold', hold: HOLDS.several([firm, ...more]) };
  }
  const stands = drafts.length > 0 || (record.chosen !== null && !record.chosenGone);
  return stands ? { kind: 'remains', drafts } : { kind: 'nothing' };
}

/**
 * Whether a create of ours for exactly this intent made the document: it carries our key and generation, or, where creates
 * carry none, it is new since our first attempt. Our key alone is not enough, people copy documents with all their fields.
 */
function isOurWork(document: TargetDocument, record: PostingRecord, terms: PostingTerms): boolean {
  if (!document.ours || record.foundBefore.includes(document.id)) return false;
  if (differences(document, terms).length > 0) return false;
  if (document.voucherKey === undefined) return isNewWithoutKey(document, record, terms);
  return document.voucherKey === terms.voucherKey && generationOf(document) === record.generation;
}

/** A create of an older generation that was executed late; never choosable, whatever it shows. */
function isOlder(document: TargetDocument, record: PostingRecord, terms: PostingTerms): boolean {
  return carriesOurs(document, terms) && generationOf(document) < record.generation;
}

function carriesOurs(document: TargetDocument, terms: PostingTerms): boolean {
  return document.ours && document.voucherKey === terms.voucherKey;
}

/** Where creates carry no key: made by our user since the first create of this generation, and not marked yet. */
function isNewWithoutKey(document: TargetDocument, record: PostingRecord, terms: PostingTerms): boolean {
  if (!document.ours || document.voucherKey !== undefined || terms.operation.createCarriesKey) return false;
  if (record.firstCreateAt === null || record.foundBefore.includes(document.id)) return false;
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

const generationOf = ({ generation }: TargetDocument): number => generation ?? 1;
const isFirm = ({ stage }: TargetDocument): boolean => stage !== 'draft';

/** Ids are numbers as text in most targets: the shorter is the older. */
function byId(a: TargetDocument, b: TargetDocument): number {
  return a.id.length - b.id.length || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
