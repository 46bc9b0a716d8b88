import { inBoth } from '@voucherline/contracts';
import type { Obstacle } from '../draft.js';
import { type CommandDraft, fingerprintOf, type Plan, planOf, postCommand } from './command.js';
import type { FlowPlan } from './flow-book.js';
import type { ApprovedApproval, PostedCommand, Replan } from './parts.js';
import type { Reversals } from './reversals.js';
import type { Subject } from './subject.js';

/**
 * Refused vouchers that a person wished to be planned anew: by the version that is in force now, with the accounting date
 * that the person gave. One wish is answered once for each voucher.
 */
export function missingReplacements(subject: Subject, approved: ApprovedApproval, { causes }: Reversals): Plan {
  const found = subject.commanded().map(({ key, posted }) => {
    const wish = causes.has(key) || subject.isReversed(key) ? undefined : openWish(subject, key, posted);
    return wish && replacementOf(subject, posted, approved, wish);
  });
  return planOf(found);
}

/** The newest wish, while the voucher stands as refused. */
function openWish(subject: Subject, key: string, posted: PostedCommand): Replan | undefined {
  const rejected = subject.parts.vouchers.rejected[key];
  // Each command after the first has taken the place of one that was refused.
  const refused = rejected?.last === true && rejected.times >= posted.times;
  const wish = subject.parts.replans.at(-1);
  if (!refused || wish === undefined || posted.answers.includes(wish.action)) return undefined;
  // A wish is about what was refused then, not about revisions that came of something newer.
  return posted.revision > 0 && Date.parse(wish.at) < Date.parse(posted.at) ? undefined : wish;
}

function replacementOf(
  subject: Subject,
  posted: PostedCommand,
  approved: ApprovedApproval,
  wish: Replan,
): CommandDraft | Obstacle {
  const flow = subject.inForce().find(({ version, voucher }) => {
    return version.name === posted.flow.name && voucher.name === posted.voucher;
  });
  const made = flow?.render(approved, wish.accountingDate);
  if (flow === undefined || made === undefined || made.kind === 'skipped') return noVoucher(posted);
  if (made.kind === 'fault') return made.fault;
  const { target, operation } = flow.voucher;
  if (target !== posted.target || operation !== posted.operation) return elsewhere(posted, flow);
  if (fingerprintOf(flow, made.content) === posted.fingerprint) return sameContent(posted);
  return postCommand(subject, flow, made.content, approved, { wish, replaces: posted.fingerprint });
}

function sameContent({ voucher }: PostedCommand): Obstacle {
  return {
    code: 'replan.same-content',
    reason: inBoth(`the refused voucher "${voucher}" would be the same again`, '重新生成的凭证与被拒绝的凭证内容相同'),
    owner: 'finance',
    nextStep: inBoth(
      'Publish a mended flow with `from` not after the approval and release; or ask to plan it anew with another accounting date; or mend the ERP and release the refused voucher itself.',
      '请发布修正后的流程（`from` 不晚于审批结束日）并放行；或指定其他记账日期重新生成；或在 ERP 中排除原因后，放行被拒绝的凭证本身。',
    ),
  };
}

function noVoucher({ voucher, flow }: PostedCommand): Obstacle {
  return {
    code: 'replan.no-voucher',
    reason: inBoth(
      `flow ${flow.name} as it is in force now makes no "${voucher}" of this approval`,
      '当前生效的流程不再为该审批生成此凭证',
    ),
    owner: 'finance',
    nextStep: inBoth(
      'Discard the refused voucher if it is not needed; else publish the flow so that it takes the approval and release.',
      '不再需要被拒绝的凭证时，请放弃；否则请发布适用于该审批的流程，然后放行。',
    ),
  };
}

function elsewhere({ voucher, target, operation }: PostedCommand, flow: FlowPlan): Obstacle {
  const now = `${flow.voucher.operation} at ${flow.voucher.target}`;
  return {
    code: 'replan.other-target',
    reason: inBoth(
      `the refused voucher "${voucher}" is for ${operation} at ${target}, and the flow in force writes it with ${now}`,
      '当前生效流程的目标系统或操作已改变',
    ),
    owner: 'administrator',
    nextStep: inBoth(
      'Publish the flow with the former target and operation and release; or discard the refused voucher.',
      '请按原目标系统和操作发布流程，然后放行；或放弃被拒绝的凭证。',
    ),
  };
}
