import type { AnyMessage, ApprovalHead, ApprovalStepDecided, FormField } from '@voucherline/contracts';

/** An approval as its events tell it: what readers show. */
export interface ApprovalView {
  /** `unknown` before the first event. */
  readonly status: 'unknown' | 'open' | 'approved' | 'rejected' | 'withdrawn';
  readonly head?: ApprovalHead;
  readonly submittedAt?: string;
  /** When it ended as it stands; an approved one that was withdrawn later has the time of the withdrawal. */
  readonly endedAt?: string;
  readonly approvedAt?: string;
  readonly amendedAt?: string;
  /** Document key of the revocation that withdrew it. */
  readonly revocation?: string;
  readonly steps: readonly ApprovalStepDecided[];
  /** The newest form, of approvals that were approved. */
  readonly form?: readonly FormField[];
}

/**
 * Folds the events of one approval, in the order of the log.
 * @param at only events that had happened by this instant (RFC 3339) count: the state as it was then
 */
export function approvalState(events: readonly AnyMessage[], at?: string): ApprovalView {
  const until = at === undefined ? Number.POSITIVE_INFINITY : Date.parse(at);
  return events
    .filter((event) => Date.parse(event.time) <= until)
    .reduce(evolve, { status: 'unknown', steps: [] } as ApprovalView);
}

function evolve(view: ApprovalView, event: AnyMessage): ApprovalView {
  switch (event.type) {
    case 'ApprovalSubmitted': {
      const { submittedAt, ...head } = event.data;
      return { ...view, status: view.status === 'unknown' ? 'open' : view.status, head, submittedAt };
    }
    case 'ApprovalStepDecided':
      return { ...view, steps: [...view.steps, event.data] };
    case 'ApprovalApproved': {
      const { approvedAt, form, ...head } = event.data;
      const { revocation: _, ...known } = view;
      return { ...known, status: 'approved', head, approvedAt, endedAt: approvedAt, form };
    }
    case 'ApprovalRejected':
      return { ...view, status: 'rejected', endedAt: event.data.rejectedAt };
    case 'ApprovalWithdrawn': {
      const { withdrawnAt, revocation } = event.data;
      return { ...view, status: 'withdrawn', endedAt: withdrawnAt, ...(revocation !== undefined && { revocation }) };
    }
    case 'ApprovalAmended': {
      const { amendedAt, form, ...head } = event.data;
      return { ...view, head, amendedAt, form };
    }
    default:
      return view;
  }
}
