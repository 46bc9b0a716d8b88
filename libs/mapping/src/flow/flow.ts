import type { Lookups } from '@voucherline/contracts';
import type { Path } from '../file/fault.js';
import type { Formula, TableUse, ValueType } from '../formula/formula.js';

/** A flow as it was checked: what the planner evaluates. The file and the message hold the same in the author's form. */
export interface Flow {
  readonly name: string;
  readonly title: Words;
  readonly source: {
    readonly connection: string;
    /** Forms, e.g. DingTalk process codes. */
    readonly kinds: readonly string[];
  };
  /** Has to hold for an approval to be taken. */
  readonly when?: Formula;
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
  /** What its formulas may call by name. */
  readonly named: NamedValues;
  readonly accountingDate: { readonly value: Formula; readonly periods?: Periods };
  readonly amount: Formula;
  readonly currency: Single;
  readonly expect: { readonly payee?: Single };
  readonly checks: readonly Check[];
  readonly exclusive: readonly Exclusive[];
  readonly payload: Members;
  /** Look-ups in its own tables. */
  readonly tables: Lookups;
  /** All that its formulas look up, and where they stand. */
  readonly lookups: readonly PlacedUse[];
}

/** In both languages of those who read it. */
export interface Words {
  readonly en: string;
  readonly zh: string;
}

/** What to do when the day's month is not open in a table of periods. */
export interface Periods {
  readonly table: string;
  readonly closed: (typeof WHEN_CLOSED)[number];
}
export const WHEN_CLOSED = ['nextOpen', 'park', 'ask'] as const;

/** What has to hold before anything is sent, and what a person reads when it does not. */
export interface Check {
  readonly that: Formula;
  readonly otherwise: Words;
}

/** What may be booked once only in a company, whichever flow, source or target it comes by. Compared for equality. */
export interface Exclusive {
  /** What it is, the same in all flows that may meet it, e.g. `invoice`. */
  readonly name: string;
  readonly company: Single;
  /** The table of which each row is claimed; absent: the form claims one. */
  readonly rows?: Formula;
  /** Joined in this order. */
  readonly values: readonly Single[];
}

export interface PlacedUse extends TableUse {
  readonly path: Path;
}

export type NamedValues = ReadonlyMap<string, Named>;

export interface Named {
  readonly type: ValueType;
  readonly value: Single;
}

/** One value: written out, or by a formula. */
export type Single =
  | { readonly kind: 'literal'; readonly value: string | boolean }
  | {
      readonly kind: 'formula';
      readonly formula: Formula;
      readonly onMissing: OnMissing;
      readonly onMultiple: 'error' | 'first';
    };

/** What stands where a value can't be had: a problem, nothing, null, or another value. */
export type OnMissing = 'error' | 'omit' | 'null' | Single;

/** What a part of the payload is made by. */
export type Template =
  | Single
  | { readonly kind: 'object'; readonly members: Members }
  | { readonly kind: 'list'; readonly items: readonly Template[] }
  /** What stands around a value: once a row, names, a condition. */
  | {
      readonly kind: 'block';
      /** In lists only. With `optional`, a form without the table gives no item. */
      readonly rows?: { readonly table: Formula; readonly optional: boolean };
      readonly named: NamedValues;
      readonly condition?: Formula;
      readonly body: Template;
    };

export type Members = readonly (readonly [name: string, value: Template])[];
