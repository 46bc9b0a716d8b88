import { canonicalJson, contentHash, factId, voucherKey } from '@voucherline/contracts';
import type { DraftOf, Obstacle } from '../draft.js';
import type { FlowBook, FlowPlan, VoucherContent } from './flow-book.js';
import type { ApprovedApproval, PlanParts, PostedCommand, Withdrawal } from './parts.js';

export type CommandDraft = DraftOf<'PostVoucher' | 'ReverseVoucher' | 'WriteBack'>;

/** Commands that are missing on the log, and the first thing that only a person can settle. */
export interface Plan {
  readonly messages: readonly CommandDraft[];
  readonly blocked?: Obstacle;
}

/** A voucher that was never reversed. Reversals that open the next revision come with a later issue. */
const FIRST_REVISION = 0;

/**
 * What has to be commanded for a subject, given all that is known: a voucher for each flow that takes the approval, a note
 * once it exists, a reversal when the approval was withdrawn after it was commanded. What was commanded stays as it was
 * planned: a later flow version changes nothing, an amendment stops for a person (failure-modes.md F16, F17).
 */
export function planVouchers(subject: string, parts: PlanParts, flows: FlowBook): Plan {
  const { withdrawn, approved } = parts.approval;
  if (withdrawn !== undefined) return { messages: missingReversals(parts, withdrawn) };
  if (approved === undefined) return { messages: [] };
  const posts = missingPosts(subject, approved, parts, flows);
  const blocked = posts.blocked ?? amendedAfterPosting(approved, parts, flows);
  return {
    messages: [...posts.messages, ...missingWriteBacks(subject, approved, parts, flows)],
    ...(blocked && { blocked }),
  };
}

function missingPosts(subject: string, approved: ApprovedApproval, { commands }: PlanParts, flows: FlowBook): Plan {
  const messages: CommandDraft[] = [];
  let blocked: Obstacle | undefined;
  const inForce = flows.inForce(approved);
  for (const flow of inForce) {
    const key = voucherKey(subject, flow.voucher.name, FIRST_REVISION);
    if (commands.posted[key] !== undefined) continue;
    const rival = inForce.find((other) => other !== flow && other.voucher.name === flow.voucher.name);
    if (rival !== undefined) {
      blocked ??= ambiguous(flow, rival);
      continue;
    }
    const rendered = flow.render(approved);
    if (rendered.kind === 'fault') blocked ??= rendered.fault;
    if (rendered.kind === 'rendered') messages.push(post(subject, key, flow, rendered.content, approved));
  }
  return { messages, ...(blocked && { blocked }) };
}

function post(
  subject: string,
  key: string,
  flow: FlowPlan,
  content: VoucherContent,
  { approvedAt }: ApprovedApproval,
): CommandDraft {
  const { name, target, operation, patienceSeconds } = flow.voucher;
  const { accountingDate, payload, expectation, amount } = content;
  return {
    type: 'PostVoucher',
    id: factId('PostVoucher', key, 1),
    time: approvedAt,
    data: {
      voucherKey: key,
      voucher: name,
      revision: FIRST_REVISION,
      flow: flow.version,
      target,
      operation,
      accountingDate,
      members: [{ approval: subject, revision: FIRST_REVISION, amount }],
      payload,
      fingerprint: fingerprintOf(flow, content),
      expectation,
      patienceSeconds,
    },
  };
}

/**
 * Hash over everything a target would show of a voucher. The expectation belongs to it, because a payload may hold no amount
 * at all (Kingdee `Push` names only the application).
 */
export function fingerprintOf(flow: FlowPlan, { accountingDate, payload, expectation }: VoucherContent): string {
  const { target, operation } = flow.voucher;
  return contentHash(canonicalJson({ target, operation, accountingDate, payload, expectation }));
}

function missingWriteBacks(
  subject: string,
  { connection }: ApprovedApproval,
  { commands, vouchers }: PlanParts,
  flows: FlowBook,
): CommandDraft[] {
  return Object.entries(vouchers.confirmed).flatMap(([key, { number, at }]): CommandDraft[] => {
    const posted = commands.posted[key];
    const text = posted && flows.version(posted.flow)?.writeBack?.replaceAll('{number}', number);
    const writeBackKey = factId('WriteBack', key);
    if (text === undefined || commands.writeBacks.includes(writeBackKey)) return [];
    const data = { writeBackKey, connection, document: subject, text };
    return [{ type: 'WriteBack', id: writeBackKey, time: at, data }];
  });
}

/** "No effective voucher under this key": the writer finds out what that takes. */
function missingReversals({ commands }: PlanParts, { withdrawnAt, revocation }: Withdrawal): CommandDraft[] {
  return Object.entries(commands.posted)
    .filter(([key]) => !commands.reversed.includes(key))
    .map(([key, { voucher, revision, target }]) => {
      const reason =
        revocation === undefined ? 'the approval was withdrawn' : `the approval was revoked by ${revocation}`;
      const data = { voucherKey: key, voucher, revision, target, reason };
      return { type: 'ReverseVoucher', id: factId('ReverseVoucher', key), time: withdrawnAt, data };
    });
}

/** An amendment counts when the flow that made the voucher would now make another one. */
function amendedAfterPosting(approved: ApprovedApproval, parts: PlanParts, flows: FlowBook): Obstacle | undefined {
  if (parts.approval.amended === undefined) return undefined;
  const changed = Object.values(parts.commands.posted).find((posted) => !stillMakes(posted, approved, flows));
  return (
    changed && {
      code: 'approval.amended-after-posting',
      reason: `the form was changed after the voucher "${changed.voucher}" had been commanded`,
      owner: 'finance',
      nextStep: 'Compare the voucher with the changed form and correct it in the ERP where needed; then discard.',
    }
  );
}

function stillMakes({ flow, fingerprint }: PostedCommand, approved: ApprovedApproval, flows: FlowBook): boolean {
  const version = flows.version(flow);
  const rendered = version?.render(approved);
  return (
    version !== undefined && rendered?.kind === 'rendered' && fingerprintOf(version, rendered.content) === fingerprint
  );
}

function ambiguous(flow: FlowPlan, rival: FlowPlan): Obstacle {
  return {
    code: 'flow.ambiguous',
    reason: `flows ${flow.version.name} and ${rival.version.name} both make the voucher "${flow.voucher.name}"`,
    owner: 'administrator',
    nextStep: 'Publish one of them without this kind of approval; then release.',
  };
}
