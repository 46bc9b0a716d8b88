import { type ApprovalHead, factId } from '@voucherline/contracts';
import type { DraftOf, Obstacle } from '../draft.js';
import type { ApprovalParts, OwnEnd } from './parts.js';
import type { Snapshot } from './snapshot.js';

export type ApprovalEventType =
  | 'ApprovalSubmitted'
  | 'ApprovalStepDecided'
  | 'ApprovalApproved'
  | 'ApprovalRejected'
  | 'ApprovalWithdrawn'
  | 'ApprovalAmended';

export type ApprovalDraft = DraftOf<ApprovalEventType>;

/**
 * Which events of an approval are not on the log yet, in their fixed order: submitted, each step, its own end, an amendment
 * of its form, and the revocations that withdrew it. Ids are facts and times are the vendor's; only an amendment has the
 * time of the read that showed it, because no vendor tells when a form was changed.
 */
export function missingEvents(
  subject: string,
  parts: ApprovalParts,
): { readonly messages: readonly ApprovalDraft[]; readonly blocked?: Obstacle } {
  const { main } = parts;
  if (main === undefined) return { messages: [] };
  const blocked = contradiction(main, parts.said.ends);
  return {
    messages: [
      ...missingBeginning(subject, main, parts),
      ...missingEnd(subject, main, parts),
      ...missingRevocations(subject, main, parts),
    ],
    ...(blocked && { blocked }),
  };
}

function missingBeginning(subject: string, main: Snapshot, { said }: ApprovalParts): ApprovalDraft[] {
  const drafts: ApprovalDraft[] = [];
  if (!said.submitted) {
    const { submittedAt } = main;
    const id = factId(subject, 'ApprovalSubmitted');
    drafts.push({ type: 'ApprovalSubmitted', id, time: submittedAt, data: { ...head(main), submittedAt } });
  }
  for (const { step, userId, decision, at } of main.steps) {
    if (said.steps.includes(step)) continue;
    const id = factId(subject, 'ApprovalStepDecided', step);
    drafts.push({ type: 'ApprovalStepDecided', id, time: at, data: { step, userId, decision, decidedAt: at } });
  }
  return drafts;
}

function missingEnd(subject: string, main: Snapshot, { said }: ApprovalParts): ApprovalDraft[] {
  const { status, endedAt, form } = main;
  if (status === 'open' || endedAt === undefined) return [];
  if (said.ends.length > 0 && !mayFollow(status, said.ends)) {
    return status === 'approved' && said.ends.at(-1) === 'approved' ? missingAmendment(subject, main, said.form) : [];
  }
  switch (status) {
    case 'approved': {
      if (form?.fields === undefined) return [];
      const data = { ...head(main), approvedAt: endedAt, form: form.fields };
      return [{ type: 'ApprovalApproved', id: factId(subject, 'ApprovalApproved'), time: endedAt, data }];
    }
    case 'rejected': {
      const id = factId(subject, 'ApprovalRejected');
      return [{ type: 'ApprovalRejected', id, time: endedAt, data: { rejectedAt: endedAt } }];
    }
    case 'withdrawn': {
      const id = factId(subject, 'ApprovalWithdrawn');
      return [{ type: 'ApprovalWithdrawn', id, time: endedAt, data: { withdrawnAt: endedAt } }];
    }
  }
}

function missingAmendment(subject: string, main: Snapshot, saidForm: string | undefined): ApprovalDraft[] {
  const { form } = main;
  if (form?.fields === undefined || form.hash === saidForm) return [];
  // The time is part of the id: a form may be changed, changed back and changed again.
  const id = factId(subject, 'ApprovalAmended', form.hash, form.since);
  const data = { ...head(main), amendedAt: form.since, form: form.fields };
  return [{ type: 'ApprovalAmended', id, time: form.since, data }];
}

/** A revocation withdraws what was approved; before the approval's own end it says nothing yet. */
function missingRevocations(subject: string, main: Snapshot, { said, revocations }: ApprovalParts): ApprovalDraft[] {
  const approved = said.ends.includes('approved') || (said.ends.length === 0 && main.status === 'approved');
  if (!approved) return [];
  return Object.entries(revocations)
    .filter(([document, { status, endedAt }]) => {
      return status === 'approved' && endedAt !== undefined && !said.revocations.includes(document);
    })
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([revocation, seen]) => {
      const withdrawnAt = seen.endedAt as string;
      const id = factId(subject, 'ApprovalWithdrawn', revocation);
      return { type: 'ApprovalWithdrawn', id, time: withdrawnAt, data: { withdrawnAt, revocation } };
    });
}

/** The only end that may follow another: the approval was approved and then withdrawn. */
function mayFollow(status: OwnEnd, said: readonly OwnEnd[]): boolean {
  return status === 'withdrawn' && said.length === 1 && said[0] === 'approved';
}

/** A vendor that shows another end than before: both can't be true, and which one is booked is a person's decision. */
function contradiction(main: Snapshot, said: readonly OwnEnd[]): Obstacle | undefined {
  const last = said.at(-1);
  if (last === undefined || main.status === 'open' || main.status === last || mayFollow(main.status, said)) return;
  return {
    code: 'approval.end-changed',
    reason: `the approval ended as ${last} and is now shown as ${main.status}`,
    owner: 'administrator',
    nextStep:
      'Compare with the approval in the source system; then release, or discard to keep what was recorded first.',
  };
}

function head({ connection, kind, businessId, title, originator }: Snapshot): ApprovalHead {
  return { connection, kind, businessId, title, originator };
}
