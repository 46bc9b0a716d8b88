import type { FormField, Person } from '@voucherline/contracts';

/** What a snapshot of an approval says, in the words of the domain; sources produce it from the bytes as read. */
export interface ObservedApproval {
  /** Document key of this instance. */
  readonly document: string;
  readonly form: string;
  readonly businessId: string;
  readonly title: string;
  readonly originator: Person;
  readonly submittedAt: string;
  readonly status: ApprovalStatus;
  readonly endedAt?: string;
  /** Steps that decided something, in the vendor's order. */
  readonly steps: readonly ObservedStep[];
  readonly fields: readonly FormField[];
  /** Document key of the instance that this one revokes. */
  readonly revokes?: string;
}

export type ApprovalStatus = 'open' | 'approved' | 'rejected' | 'withdrawn';

export interface ObservedStep {
  readonly step: string;
  readonly userId: string;
  readonly decision: 'agreed' | 'refused' | 'redirected';
  readonly at: string;
}

/** Where and when a snapshot was read. */
export interface Reading {
  readonly connection: string;
  readonly readAt: string;
}
