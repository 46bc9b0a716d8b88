import type { ApprovalHead, FormField, PostVoucher } from '@voucherline/contracts';

/** What planning knows of one subject: a part from each of its topics, folded from that topic alone. */
export interface PlanParts {
  readonly approval: ApprovalPart;
  readonly commands: CommandsPart;
  readonly vouchers: VouchersPart;
  /** From the actions of people: their wishes to plan refused vouchers anew, or on a day that has an open period; oldest first. */
  readonly replans: readonly Replan[];
}

/** From approvals.events. */
export interface ApprovalPart {
  /** How many forms were told: approved, amended, approved again. */
  readonly forms: number;
  /** Where the approval was read. */
  readonly connection?: string;
  /** Absent while it is withdrawn, which needs no form any more. */
  readonly approved?: ApprovedApproval;
  readonly withdrawals: readonly Withdrawal[];
}

/** An approval as it was approved, with its newest form: what a flow maps. */
export interface ApprovedApproval extends ApprovalHead {
  readonly approvedAt: string;
  /** When the form was seen changed; absent while it is the one that was approved. */
  readonly amendedAt?: string;
  /** Which form it is: how many were told before it. */
  readonly revision: number;
  readonly form: readonly FormField[];
}

export interface Withdrawal {
  readonly withdrawnAt: string;
  readonly revocation?: string;
  /** The last form that it put an end to. */
  readonly revision: number;
}

/** From our own commands. */
export interface CommandsPart {
  /** By voucher key. */
  readonly posted: Readonly<Record<string, PostedCommand>>;
  /** Voucher keys. */
  readonly reversed: readonly string[];
  readonly writeBacks: readonly string[];
}

/** The newest command to post under a key. */
export type PostedCommand = Pick<PostVoucher, 'voucher' | 'revision' | 'target' | 'operation' | 'fingerprint'> & {
  readonly flow: { readonly name: string; readonly hash: string };
  /** The form it was made from (`ApprovedApproval.revision`). */
  readonly form: number;
  readonly at: string;
  /** How many times the key was commanded to be posted. */
  readonly times: number;
  /** Ids of the actions that were answered by commands under this key. */
  readonly answers: readonly string[];
};

/** From vouchers.events: what the writer achieved, by voucher key. */
export interface VouchersPart {
  readonly confirmed: Readonly<Record<string, { readonly number: string; readonly at: string }>>;
  readonly rejected: Readonly<Record<string, Rejected>>;
  readonly ended: Readonly<Record<string, Ended>>;
}

export interface Rejected {
  readonly times: number;
  /** Whether nothing was told of the voucher since. */
  readonly last: boolean;
}

/** A voucher without effect. What a person discarded is theirs, and makes no room for a revision. */
export interface Ended {
  readonly how: 'reversed' | 'withdrawn' | 'discarded';
  readonly at: string;
}

export interface Replan {
  /** Id of the action. */
  readonly action: string;
  readonly at: string;
  readonly accountingDate?: string;
}

export const nothingPlanned: PlanParts = {
  approval: { forms: 0, withdrawals: [] },
  commands: { posted: {}, reversed: [], writeBacks: [] },
  vouchers: { confirmed: {}, rejected: {}, ended: {} },
  replans: [],
};
