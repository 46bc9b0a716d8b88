import { inBoth } from '@voucherline/contracts';
import type { Obstacle } from '../draft.js';
import { type CommandDraft, type Plan, planOf, postCommand } from './command.js';
import type { FlowPlan } from './flow-book.js';
import type { ApprovedApproval } from './parts.js';
import type { Reversals } from './reversals.js';
import type { Subject } from './subject.js';

/**
 * The vouchers that flows make of an approval and that are not commanded yet: the first revision, or the next one once the
 * writer told that the one before has no effect. One that comes after others waits until those are confirmed.
 */
export function missingPosts(subject: Subject, approved: ApprovedApproval, reversals: Reversals): Plan {
  return planOf(subject.inForce().map((flow) => postOf(subject, flow, approved, reversals)));
}

function postOf(
  subject: Subject,
  flow: FlowPlan,
  approved: ApprovedApproval,
  reversals: Reversals,
): CommandDraft | Obstacle | undefined {
  const due = isDue(subject, flow, approved, reversals);
  if (due !== true) return due || undefined;
  const rival = subject.inForce().find((other) => other !== flow && other.voucher.name === flow.voucher.name);
  if (rival !== undefined) return ambiguous(flow, rival);
  const { rendered, wish } = subject.made(flow, approved);
  if (rendered.kind !== 'rendered') return rendered.kind === 'fault' ? rendered.fault : undefined;
  const turn = turnOf(subject, flow, approved, reversals);
  return turn === true ? postCommand(subject, flow, rendered.content, approved, wish && { wish }) : turn || undefined;
}

/** Whether the revision that may stand now is still to be commanded. */
function isDue(
  subject: Subject,
  { voucher: { name } }: FlowPlan,
  approved: ApprovedApproval,
  { causes }: Reversals,
): boolean | Obstacle {
  const revision = subject.revision(name);
  const key = subject.keyOf(name, revision);
  if (subject.posted(key) !== undefined) {
    const goes = causes.has(key) || subject.isReversed(key);
    return goes && subject.isDiscarded(key) ? changedAfterDiscard(name) : false;
  }
  if (revision === 0) return true;
  // What took the effect away is newer than what the voucher was made from; until that is read, nothing new is known.
  const before = subject.posted(subject.keyOf(name, revision - 1));
  return before === undefined || before.form < approved.revision;
}

/** Whether all that a voucher comes after is confirmed and stays so. */
function turnOf(
  subject: Subject,
  { voucher: { name, after } }: FlowPlan,
  approved: ApprovedApproval,
  { causes }: Reversals,
): boolean | Obstacle {
  for (const earlier of after) {
    const key = subject.keyOf(earlier);
    if (subject.posted(key) === undefined) {
      const flow = subject.inForce().find(({ voucher }) => voucher.name === earlier);
      // What no flow makes of this approval is not waited for.
      if (flow !== undefined && subject.made(flow, approved).rendered.kind !== 'skipped') return false;
    } else if (subject.isDiscarded(key)) {
      return afterDiscarded(name, earlier);
    } else {
      const stays = !causes.has(key) && !subject.isReversed(key);
      if (!stays || subject.parts.vouchers.confirmed[key] === undefined) return false;
    }
  }
  return true;
}

function ambiguous(flow: FlowPlan, rival: FlowPlan): Obstacle {
  return {
    code: 'flow.ambiguous',
    reason: inBoth(
      `flows ${flow.version.name} and ${rival.version.name} both make the voucher "${flow.voucher.name}"`,
      '两个流程生成同一凭证',
    ),
    owner: 'administrator',
    nextStep: inBoth(
      'Publish one of them without this kind of approval; then release.',
      '请发布其中一个流程的新版本，去掉此类审批，然后放行。',
    ),
  };
}

function changedAfterDiscard(name: string): Obstacle {
  return {
    code: 'approval.changed-after-discard',
    reason: inBoth(
      `the voucher "${name}" was given up by a person, and the approval was changed or approved again`,
      '凭证已由人工放弃，而审批后来又有变更或重新通过',
    ),
    owner: 'finance',
    nextStep: inBoth(
      'Enter in the ERP by hand what the approval needs now; then discard.',
      '请按审批的现有内容在 ERP 中手工记账，然后放弃。',
    ),
  };
}

function afterDiscarded(name: string, earlier: string): Obstacle {
  return {
    code: 'voucher.after-discarded',
    reason: inBoth(
      `the voucher "${name}" comes after "${earlier}", which was given up by a person`,
      '前序凭证已由人工放弃',
    ),
    owner: 'finance',
    nextStep: inBoth(
      'Enter both in the ERP by hand and discard; or have the flow published without `after`, with `from` not after the approval, and release.',
      '请在 ERP 中手工录入两张凭证，然后放弃；或请管理员发布去掉 `after` 的流程（`from` 不晚于审批结束日），然后放行。',
    ),
  };
}
