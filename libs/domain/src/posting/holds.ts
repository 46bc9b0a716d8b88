import type { DocumentName, ExclusiveTaken, Hold, PostingRefusal, SendStep } from './record.js';
import type { Level } from './terms.js';

const names = (documents: readonly DocumentName[]): string => documents.map(({ id }) => id).join(', ');
const keys = (documents: readonly DocumentName[]): readonly string[] => documents.map(({ document }) => document);

/** A release of this hold lets the one voucher go on. */
export const LEVEL_NOT_SHOWN = 'operation.level-not-shown';

/** The reasons for which a posting stops until a person has looked, each with the way out. */
export const HOLDS = {
  foundBefore: (documents: readonly DocumentName[]): Hold => ({
    code: 'posting.found-before',
    reason: `The ERP already holds a document for this approval (${names(documents)}) that Voucherline did not make. Nothing was sent.`,
    owner: 'finance',
    nextStep:
      'If it is the voucher of this approval, discard; if it was made in error, delete it in the ERP and release.',
    documents: keys(documents),
  }),
  foreign: (documents: readonly DocumentName[]): Hold => ({
    code: 'posting.other-document',
    reason: `Another document for this approval stands in the ERP (${names(documents)}) that is not the one Voucherline may post.`,
    owner: 'finance',
    nextStep: 'Decide which document is right; delete the others in the ERP and release, or discard.',
    documents: keys(documents),
  }),
  several: (documents: readonly DocumentName[]): Hold => ({
    code: 'posting.several',
    reason: `Several documents of this voucher stand in the ERP (${names(documents)}) and not all of them are drafts.`,
    owner: 'finance',
    nextStep: 'Reverse or delete what is too much in the ERP, then release.',
    documents: keys(documents),
  }),
  differs: (document: DocumentName, differences: readonly string[]): Hold => ({
    code: 'posting.differs',
    reason: `Document ${document.id} shows something else than was approved: ${differences.join('; ')}.`,
    owner: 'finance',
    nextStep: 'Put the document right in the ERP and release, or discard and book by hand.',
    documents: keys([document]),
  }),
  gone: (document: DocumentName): Hold => ({
    code: 'posting.gone',
    reason: `Document ${document.id}, chosen for this voucher, was deleted or cancelled in the ERP.`,
    owner: 'finance',
    nextStep: 'Find out who deleted it and why; discard, and book by hand if the voucher is still wanted.',
    documents: keys([document]),
  }),
  taken: (document: DocumentName): Hold => ({
    code: 'posting.double-taken',
    reason: `Draft ${document.id} of this voucher, which had to be deleted, was submitted or posted by someone else.`,
    owner: 'finance',
    nextStep: 'Reverse or delete that document in the ERP, then release.',
    documents: keys([document]),
  }),
  undeletable: (document: DocumentName, refusal: PostingRefusal | null): Hold => ({
    code: 'posting.draft-stays',
    reason: `Draft ${document.id} of this voucher has to go, but could not be deleted${refusal === null ? '' : `: ${refusal.words}`}.`,
    owner: refusal?.owner ?? 'finance',
    nextStep: refusal?.nextStep ?? 'Delete the draft in the ERP, then release.',
    documents: keys([document]),
  }),
  vanished: (): Hold => ({
    code: 'posting.not-found',
    reason: 'The ERP said that it made the document, but no look-up finds it.',
    owner: 'finance',
    nextStep: 'Look for the document in the ERP; release to look again, or discard.',
    documents: [],
  }),
  notPosted: (document: DocumentName): Hold => ({
    code: 'posting.not-final',
    reason: `The ERP said that it posted document ${document.id}, but the document does not show it.`,
    owner: 'finance',
    nextStep: 'Look at the document in the ERP (an approval of its own may be under way), then release.',
    documents: keys([document]),
  }),
  undecided: (step: SendStep, documents: readonly DocumentName[]): Hold => ({
    code: 'posting.in-doubt',
    reason: `The outcome of "${step}" stayed unknown several times in a row.`,
    owner: 'operations',
    nextStep: 'Look at what the ERP answers and mend the cause, then release: it is looked up before anything is sent.',
    documents: keys(documents),
  }),
  unsearchable: (): Hold => ({
    code: 'posting.no-look-up',
    reason: 'The outcome of the create is unknown, and this ERP can not be searched for it.',
    owner: 'finance',
    nextStep: 'Look for the document in the ERP. If it is there, discard; if it is not, release.',
    documents: [],
  }),
  impatient: (waitingFor: string): Hold => ({
    code: 'posting.prerequisite',
    reason: `Waited as long as the flow allows for: ${waitingFor}. Nothing was sent.`,
    owner: 'finance',
    nextStep: 'See to what is waited for in the ERP, then release.',
    documents: [],
  }),
  older: (documents: readonly DocumentName[]): Hold => ({
    code: 'posting.older-taken',
    reason: `A document of the refused voucher that this one takes the place of (${names(documents)}) was submitted or posted.`,
    owner: 'finance',
    nextStep: 'If it is to stand, discard; else reverse or delete it in the ERP and release.',
    documents: keys(documents),
  }),
  postedAfterAll: (document: DocumentName): Hold => ({
    code: 'posting.replaced-posted',
    reason: `Document ${document.id} was to be replaced by another content, but is posted.`,
    owner: 'finance',
    nextStep: 'Reverse or delete it in the ERP and release; then the new content is posted.',
    documents: keys([document]),
  }),
  notTakenBack: (document: DocumentName, refusal: PostingRefusal | null): Hold => ({
    code: refusal === null ? 'posting.not-taken-back' : `posting.not-taken-back.${refusal.code}`,
    reason:
      refusal === null
        ? `Document ${document.id} has to be taken back, but stays as it is.`
        : `The ERP refused to take document ${document.id} back: ${refusal.words}`,
    owner: refusal?.owner ?? 'finance',
    nextStep: refusal?.nextStep ?? 'Take the document back in the ERP, then release.',
    documents: keys([document]),
  }),
  notLinked: (id: string, document: DocumentName | null, differences: readonly string[]): Hold => ({
    code: 'posting.link-refused',
    reason: `Document ${id} can not stand for this voucher: ${differences.join('; ')}.`,
    owner: 'finance',
    nextStep: 'Link the right document, declare it absent, or discard.',
    documents: document === null ? [] : keys([document]),
  }),
  exclusiveTaken: ({ name, voucherKey, voucher, subject }: ExclusiveTaken): Hold => ({
    code: 'posting.exclusive-taken',
    reason: `"${name}" is booked already, by voucher ${voucher} (${voucherKey}) of ${subject}. Nothing was sent.`,
    owner: 'finance',
    nextStep:
      'If it is the same expense, discard; if not, mend the value in the approval, or take the other voucher back and release.',
    documents: [],
  }),
  levelNotShown: (level: Level): Hold => ({
    code: LEVEL_NOT_SHOWN,
    reason: `The conformance kit has not shown that this operation keeps its declared level ${level}. Nothing was sent.`,
    owner: 'administrator',
    nextStep: 'Run the conformance kit against the ERP; release to let this one voucher go on.',
    documents: [],
  }),
  unreadable: (refusal: PostingRefusal, documents: readonly DocumentName[]): Hold => ({
    code: `posting.read-refused.${refusal.code}`,
    reason: `The ERP refused to show what is needed: ${refusal.words}`,
    owner: refusal.owner,
    nextStep: refusal.nextStep,
    documents: keys(documents),
  }),
} as const;
