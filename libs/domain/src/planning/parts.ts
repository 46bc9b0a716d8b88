import type { AnyMessage, ApprovalHead, FormField, PostVoucher } from '@voucherline/contracts';

/** What planning knows of one subject: a part from each of its topics, folded from that topic alone. */
export interface PlanParts {
  readonly approval: ApprovalPart;
  readonly commands: CommandsPart;
  readonly vouchers: VouchersPart;
}

/** From approvals.events. A withdrawn approval needs no form any more. */
export interface ApprovalPart {
  readonly approved?: ApprovedApproval;
  /** Whether the form was changed after the approval. */
  readonly amended?: true;
  readonly withdrawn?: Withdrawal;
}

/** An approval as it was approved, with its newest form: what a flow maps. */
export interface ApprovedApproval extends ApprovalHead {
  readonly approvedAt: string;
  readonly form: readonly FormField[];
}

export interface Withdrawal {
  readonly withdrawnAt: string;
  readonly revocation?: string;
}

/** From our own commands. */
export interface CommandsPart {
  /** By voucher key. */
  readonly posted: Readonly<Record<string, PostedCommand>>;
  /** Voucher keys. */
  readonly reversed: readonly string[];
  readonly writeBacks: readonly string[];
}

export type PostedCommand = Pick<PostVoucher, 'voucher' | 'revision' | 'target' | 'fingerprint'> & {
  readonly flow: { readonly name: string; readonly hash: string };
};

/** From vouchers.events: what the writer achieved, by voucher key. */
export interface VouchersPart {
  readonly confirmed: Readonly<Record<string, { readonly number: string; readonly at: string }>>;
}

export const nothingPlanned: PlanParts = {
  approval: {},
  commands: { posted: {}, reversed: [], writeBacks: [] },
  vouchers: { confirmed: {} },
};

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
    case 'VoucherConfirmed': {
      const { voucherKey, number } = message.data;
      const confirmed = { ...parts.vouchers.confirmed, [voucherKey]: { number, at: message.time } };
      return { ...parts, vouchers: { confirmed } };
    }
    default:
      return parts;
  }
}

type Of<T extends AnyMessage['type']> = Extract<AnyMessage, { type: T }>;

function withApproval(
  part: ApprovalPart,
  message: Of<'ApprovalApproved' | 'ApprovalAmended' | 'ApprovalWithdrawn'>,
): ApprovalPart {
  if (message.type === 'ApprovalWithdrawn') return part.withdrawn === undefined ? { withdrawn: message.data } : part;
  if (part.withdrawn !== undefined) return part;
  if (message.type === 'ApprovalApproved') return { ...part, approved: message.data };
  if (part.approved === undefined) return part;
  const { amendedAt: _, ...newest } = message.data;
  return { approved: { ...newest, approvedAt: part.approved.approvedAt }, amended: true };
}

function withCommand(part: CommandsPart, message: Of<'PostVoucher' | 'ReverseVoucher' | 'WriteBack'>): CommandsPart {
  switch (message.type) {
    case 'PostVoucher': {
      const { voucherKey, voucher, revision, target, fingerprint, flow } = message.data;
      const command = { voucher, revision, target, fingerprint, flow: { name: flow.name, hash: flow.hash } };
      return { ...part, posted: { ...part.posted, [voucherKey]: command } };
    }
    case 'ReverseVoucher':
      return { ...part, reversed: [...part.reversed, message.data.voucherKey] };
    case 'WriteBack':
      return { ...part, writeBacks: [...part.writeBacks, message.data.writeBackKey] };
  }
}
