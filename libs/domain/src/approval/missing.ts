import { type ApprovalHead, factId, inBoth } from '@voucherline/contracts';
import type { DraftOf, Obstacle } from '../draft.js';
import { type ApprovalParts, isAfter, isApprovedAgain, type OwnEnd, type SaidSoFar } from './parts.js';
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
  const blocked = contradiction(main, parts.said);
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
  if (said.ends.length > 0 && !mayFollow(main, said)) {
    return status === 'approved' && said.ends.at(-1) === 'approved' ? missingAmendment(subject, main, said.form) : [];
  }
  switch (status) {
    case 'approved': {
      if (form?.fields === undefined) return [];
      const data = { ...head(main), approvedAt: endedAt, form: form.fields };
      const id = factId(subject, 'ApprovalApproved', ...onceMore(said, 'approved', endedAt));
      return [{ type: 'ApprovalApproved', id, time: endedAt, data }];
    }
    case 'rejected': {
      const id = factId(subject, 'ApprovalRejected');
      return [{ type: 'ApprovalRejected', id, time: endedAt, data: { rejectedAt: endedAt } }];
    }
    case 'withdrawn': {
      const id = factId(subject, 'ApprovalWithdrawn', ...onceMore(said, 'withdrawn', endedAt));
      return [{ type: 'ApprovalWithdrawn', id, time: endedAt, data: { withdrawnAt: endedAt } }];
    }
  }
}

/** The time tells apart what happened more than once. */
function onceMore({ ends }: SaidSoFar, end: OwnEnd, endedAt: string): readonly string[] {
  return ends.includes(end) ? [endedAt] : [];
}

function missingAmendment(subject: string, main: Snapshot, saidForm: string | undefined): ApprovalDraft[] {
  const { form } = main;
  if (form?.fields === undefined || form.hash === saidForm) return [];
  // The time is part of the id: a form may be changed, changed back and changed again.
  const id = factId(subject, 'ApprovalAmended', form.hash, form.since);
  const data = { ...head(main), amendedAt: form.since, form: form.fields };
  return [{ type: 'ApprovalAmended', id, time: form.since, data }];
}

/**
 * A revocation withdraws what was approved; before the approval's own end it says nothing yet, and what was approved after
 * it was revoked is not its business.
 */
function missingRevocations(subject: string, main: Snapshot, { said, revocations }: ApprovalParts): ApprovalDraft[] {
  const approved = said.ends.includes('approved') || (said.ends.length === 0 && main.status === 'approved');
  if (!approved) return [];
  return Object.entries(revocations)
    .filter(([document, { status, endedAt }]) => {
      if (status !== 'approved' || endedAt === undefined || said.revocations.includes(document)) return false;
      return main.status !== 'approved' || !isAfter(main.endedAt, endedAt);
    })
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([revocation, seen]) => {
      const withdrawnAt = seen.endedAt as string;
      const id = factId(subject, 'ApprovalWithdrawn', revocation);
      return { type: 'ApprovalWithdrawn', id, time: withdrawnAt, data: { withdrawnAt, revocation } };
    });
}

/** What was approved may be withdrawn, and what was withdrawn may be approved again, later. */
function mayFollow(main: Snapshot, said: SaidSoFar): boolean {
  return main.status === 'withdrawn' ? said.ends.at(-1) === 'approved' : isApprovedAgain(main, said);
}

/** A vendor that shows another end than before: both can't be true, and which one is booked is a person's decision. */
function contradiction(main: Snapshot, said: SaidSoFar): Obstacle | undefined {
  const last = said.ends.at(-1);
  if (last === undefined || main.status === 'open' || main.status === last || mayFollow(main, said)) return;
  return {
    code: 'approval.end-changed',
    reason: inBoth(
      `the approval ended as ${last} and is now shown as ${main.status}`,
      '审批单现在显示的结束状态与之前不同',
    ),
    owner: 'administrator',
    nextStep: inBoth(
      'Compare with the approval in the source system; then release, or discard to keep what was recorded first.',
      '请与源系统中的审批单核对；然后放行，或放弃以保留最初的记录。',
    ),
  };
}

function head({ connection, kind, businessId, title, originator }: Snapshot): ApprovalHead {
  return { connection, kind, businessId, title, originator };
}
