import { canonicalJson, contentHash, factId } from '@voucherline/contracts';
import type { DraftOf, Obstacle } from '../draft.js';
import type { FlowPlan, VoucherContent } from './flow-book.js';
import type { ApprovedApproval, Replan } from './parts.js';
import type { Subject } from './subject.js';

export type CommandDraft = DraftOf<'PostVoucher' | 'ReverseVoucher' | 'WriteBack'>;

/** Commands that are missing on the log, and the first thing that only a person can settle. */
export interface Plan {
  readonly messages: readonly CommandDraft[];
  readonly blocked?: Obstacle;
}

/** A plan of what was found due, or found to need a person; what is not due is left out. */
export function planOf(found: readonly (CommandDraft | Obstacle | undefined)[]): Plan {
  const messages = found.filter((one): one is CommandDraft => one !== undefined && 'type' in one);
  const blocked = found.find((one): one is Obstacle => one !== undefined && 'code' in one);
  return { messages, ...(blocked && { blocked }) };
}

/** The wish of a person that a command answers. */
export interface Answer {
  readonly wish: Replan;
  /** Fingerprint of the refused payload that another one takes the place of; absent when nothing was posted before. */
  readonly replaces?: string;
}

/** The command to post what a flow made, under the revision that may stand now. Its n-th under a key has the n-th id. */
export function postCommand(
  subject: Subject,
  flow: FlowPlan,
  content: VoucherContent,
  approved: ApprovedApproval,
  answer?: Answer,
): CommandDraft {
  const { name, target, operation, patienceSeconds } = flow.voucher;
  const { accountingDate, payload, expectation, amount, exclusive, lookups } = content;
  const revision = subject.revision(name);
  const key = subject.keyOf(name, revision);
  const due = revision === 0 ? approved.approvedAt : (approved.amendedAt ?? approved.approvedAt);
  return {
    type: 'PostVoucher',
    id: factId('PostVoucher', key, (subject.posted(key)?.times ?? 0) + 1),
    time: answer?.wish.at ?? due,
    data: {
      voucherKey: key,
      voucher: name,
      revision,
      flow: flow.version,
      target,
      operation,
      accountingDate,
      members: [{ approval: subject.key, revision: approved.revision, amount }],
      payload,
      fingerprint: fingerprintOf(flow, content),
      expectation,
      patienceSeconds,
      ...(answer?.replaces !== undefined && { replaces: answer.replaces }),
      ...(answer && { action: answer.wish.action }),
      ...(revision > 0 && { supersedes: subject.keyOf(name, revision - 1) }),
      ...(exclusive && { exclusive }),
      ...(lookups && { lookups }),
    },
  };
}

/**
 * Hash over everything a target would show of a voucher and everything it claims for itself. The expectation belongs to it,
 * because a payload may hold no amount at all (Kingdee `Push` names only the application). What was looked up does not: a row that
 * changed counts by what it changed.
 */
export function fingerprintOf(flow: FlowPlan, content: VoucherContent): string {
  const { target, operation } = flow.voucher;
  const { accountingDate, payload, expectation, exclusive } = content;
  return contentHash(
    canonicalJson({ target, operation, accountingDate, payload, expectation, ...(exclusive && { exclusive }) }),
  );
}
