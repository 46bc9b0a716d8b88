/** A person in a source system, by the ids that system uses. */
export interface Person {
  readonly userId: string;
  readonly departmentId?: string;
  readonly departmentName?: string;
}

/** One field of an approval form, as text. `rows` holds the rows of a detail table. */
export interface FormField {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** The vendor's text; null when the person left the field empty. */
  readonly value: string | null;
  readonly rows?: readonly (readonly FormField[])[];
}

/** What every event of an approval says about it. */
export interface ApprovalHead {
  readonly connection: string;
  /** The form, e.g. a DingTalk process code. */
  readonly kind: string;
  /** The number people see. */
  readonly businessId: string;
  readonly title: string;
  readonly originator: Person;
}

export interface ApprovalSubmitted extends ApprovalHead {
  readonly submittedAt: string;
}

export interface ApprovalStepDecided {
  /** The vendor's own id of the step, or one derived from its facts. */
  readonly step: string;
  readonly userId: string;
  readonly decision: 'agreed' | 'refused' | 'redirected';
  readonly decidedAt: string;
}

export interface ApprovalApproved extends ApprovalHead {
  readonly approvedAt: string;
  readonly form: readonly FormField[];
}

export interface ApprovalRejected {
  readonly rejectedAt: string;
}

export interface ApprovalWithdrawn {
  readonly withdrawnAt: string;
  /** The document key of the approved revocation; absent when the originator withdrew the approval itself. */
  readonly revocation?: string;
}

/** The form changed after the approval had ended. Comments and task states are no amendment. */
export interface ApprovalAmended extends ApprovalHead {
  readonly amendedAt: string;
  readonly form: readonly FormField[];
}
