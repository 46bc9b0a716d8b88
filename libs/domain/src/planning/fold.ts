import type { AnyMessage } from '@voucherline/contracts';
import type { ApprovalPart, CommandsPart, PlanParts, PostedCommand, VouchersPart } from './parts.js';

type Of<T extends AnyMessage['type']> = Extract<AnyMessage, { type: T }>;

/** Takes a message into the part of its topic; the parts themselves when it changes nothing that is planned by. */
export function withMessage(parts: PlanParts, message: AnyMessage): PlanParts {
  switch (message.type) {
    case 'ApprovalApproved':
    case 'ApprovalAmended':
    case 'ApprovalWithdrawn': {
      const approval = withApproval(parts.approval, message);
      return approval === parts.approval ? parts : { ...parts, approval };
    }
    case 'PostVoucher':
    case 'ReverseVoucher':
    case 'WriteBack':
      return { ...parts, commands: withCommand(parts.commands, message) };
    case 'VoucherPostingStarted':
    case 'VoucherConfirmed':
    case 'VoucherRejected':
    case 'VoucherInDoubt':
    case 'VoucherHeld':
    case 'VoucherCancelled':
    case 'VoucherReversed': {
      const vouchers = withEvent(parts.vouchers, message);
      return vouchers === parts.vouchers ? parts : { ...parts, vouchers };
    }
    case 'ReplanRequested': {
      const { accountingDate } = message.data;
      const replan = { action: message.id, at: message.time, ...(accountingDate !== undefined && { accountingDate }) };
      return { ...parts, replans: [...parts.replans, replan] };
    }
    default:
      return parts;
  }
}

function withApproval(
  part: ApprovalPart,
  message: Of<'ApprovalApproved' | 'ApprovalAmended' | 'ApprovalWithdrawn'>,
): ApprovalPart {
  const { forms } = part;
  switch (message.type) {
    case 'ApprovalApproved':
      return {
        ...part,
        forms: forms + 1,
        connection: message.data.connection,
        approved: { ...message.data, revision: forms },
      };
    case 'ApprovalAmended': {
      if (part.approved === undefined) return part;
      const { approvedAt } = part.approved;
      return { ...part, forms: forms + 1, approved: { ...message.data, approvedAt, revision: forms } };
    }
    case 'ApprovalWithdrawn': {
      if (part.approved === undefined) return part;
      const { approved, ...rest } = part;
      const withdrawal = { ...message.data, revision: approved.revision };
      return { ...rest, withdrawals: [...part.withdrawals, withdrawal] };
    }
  }
}

function withCommand(part: CommandsPart, message: Of<'PostVoucher' | 'ReverseVoucher' | 'WriteBack'>): CommandsPart {
  switch (message.type) {
    case 'PostVoucher': {
      const { voucherKey } = message.data;
      return { ...part, posted: { ...part.posted, [voucherKey]: commandOf(message, part.posted[voucherKey]) } };
    }
    case 'ReverseVoucher':
      return { ...part, reversed: [...part.reversed, message.data.voucherKey] };
    case 'WriteBack':
      return { ...part, writeBacks: [...part.writeBacks, message.data.writeBackKey] };
  }
}

function commandOf({ data, time }: Of<'PostVoucher'>, before: PostedCommand | undefined): PostedCommand {
  const { voucher, revision, target, operation, fingerprint, flow, members, action } = data;
  const answers = before?.answers ?? [];
  return {
    ...{ voucher, revision, target, operation, fingerprint },
    flow: { name: flow.name, hash: flow.hash },
    form: members[0]?.revision ?? 0,
    at: time,
    times: (before?.times ?? 0) + 1,
    answers: action === undefined ? answers : [...answers, action],
  };
}

type VoucherMessage = Of<
  | 'VoucherPostingStarted'
  | 'VoucherConfirmed'
  | 'VoucherRejected'
  | 'VoucherInDoubt'
  | 'VoucherHeld'
  | 'VoucherCancelled'
  | 'VoucherReversed'
>;

function withEvent(part: VouchersPart, message: VoucherMessage): VouchersPart {
  const { voucherKey: key } = message.data;
  if (message.type === 'VoucherRejected') {
    const times = (part.rejected[key]?.times ?? 0) + 1;
    return { ...part, rejected: { ...part.rejected, [key]: { times, last: true } } };
  }
  const since = withoutRejection(part, key);
  switch (message.type) {
    case 'VoucherConfirmed':
      return { ...since, confirmed: { ...since.confirmed, [key]: { number: message.data.number, at: message.time } } };
    case 'VoucherCancelled': {
      const { reason } = message.data;
      // A generation that was replaced is no end of the voucher.
      return reason === 'replaced' ? since : withEnd(since, key, { how: reason, at: message.time });
    }
    case 'VoucherReversed':
      return withEnd(since, key, { how: 'reversed', at: message.time });
    default:
      return since;
  }
}

function withoutRejection(part: VouchersPart, key: string): VouchersPart {
  const rejected = part.rejected[key];
  if (rejected?.last !== true) return part;
  return { ...part, rejected: { ...part.rejected, [key]: { ...rejected, last: false } } };
}

/** What a person discarded may be reversed or withdrawn later; nothing comes after that. */
function withEnd(part: VouchersPart, key: string, end: VouchersPart['ended'][string]): VouchersPart {
  const before = part.ended[key];
  if (before !== undefined && before.how !== 'discarded') return part;
  return { ...part, ended: { ...part.ended, [key]: end } };
}
