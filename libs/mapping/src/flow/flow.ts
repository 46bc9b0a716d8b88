/** A flow as it was checked: what the planner evaluates. The file and the message hold the same in the author's form. */
export interface Flow {
  readonly name: string;
  readonly title: { readonly en: string; readonly zh: string };
  readonly source: {
    readonly connection: string;
    /** Forms, e.g. DingTalk process codes. */
    readonly kinds: readonly string[];
  };
  /** All have to hold for an approval to be taken. */
  readonly when: readonly Condition[];
  readonly voucher: {
    readonly name: string;
    readonly target: string;
    readonly operation: string;
    readonly patienceSeconds: number;
    /** Names of the vouchers of the same approval that are posted before this one and reversed after it. */
    readonly after: readonly string[];
  };
  /** Flows that may take the same approvals: each writes a voucher of its own. */
  readonly alongside: readonly string[];
  /** Approvals that ended before are never posted (RFC 3339); absent: the time of publication. */
  readonly from?: string;
  /** What is written onto the approval once the voucher exists; `{number}` stands for its number. */
  readonly writeBack?: string;
  /** The same once the voucher was reversed. */
  readonly reversalWriteBack?: string;
  readonly accountingDate: DateRule;
  readonly amount: { readonly field: string; readonly currency: CurrencyRule };
  readonly expect: { readonly payee?: Value };
  readonly payload: Tree;
  readonly exclusive: readonly Exclusive[];
}

/** What may be booked once only in a company, whichever flow, source or target it comes by. Compared for equality. */
export interface Exclusive {
  /** What it is, the same in all flows that may meet it, e.g. `invoice`. */
  readonly name: string;
  readonly company: string;
  /** Joined in this order; each normalised for itself. */
  readonly values: readonly Value[];
  readonly normalise: readonly Normalisation[];
}

/** `trim`: no blanks around. `halfwidth`: full-width letters and digits as plain ones. `digits`: nothing but digits. */
export const NORMALISATIONS = ['trim', 'upper', 'halfwidth', 'digits'] as const;
export type Normalisation = (typeof NORMALISATIONS)[number];

export interface Condition {
  readonly field: string;
  readonly equals: string;
}

/** The day of the approval in the source connection's time zone, or the day a form field holds. */
export type DateRule = { readonly kind: 'approved' } | { readonly kind: 'field'; readonly field: string };

export type CurrencyRule =
  | { readonly kind: 'const'; readonly currency: string }
  | { readonly kind: 'field'; readonly field: string };

/** What to do when the person left a field empty or the form has no such field. */
export type OnMissing = 'error' | 'omit';

/** Facts of the approval beside its form. */
export const PATHS = [
  'approval.businessId',
  'approval.title',
  'approval.kind',
  'originator.userId',
  'originator.departmentId',
  'originator.departmentName',
] as const;
export type HeadPath = (typeof PATHS)[number];

export type Tree = Readonly<Record<string, Value>>;

/** A value of the payload. Fields are named by id or by name; in `each` of a table they are those of the row. */
export type Value =
  | { readonly kind: 'const'; readonly value: string | boolean }
  | { readonly kind: 'field'; readonly field: string; readonly onMissing: OnMissing }
  | { readonly kind: 'path'; readonly path: HeadPath; readonly onMissing: OnMissing }
  | { readonly kind: 'date'; readonly rule: DateRule; readonly onMissing: OnMissing }
  | { readonly kind: 'amount'; readonly field: string; readonly onMissing: OnMissing }
  | { readonly kind: 'text'; readonly parts: readonly (string | Value)[] }
  | { readonly kind: 'rows'; readonly table: string; readonly each: Tree; readonly onMissing: OnMissing }
  | { readonly kind: 'object'; readonly tree: Tree }
  | { readonly kind: 'list'; readonly items: readonly Value[] };
