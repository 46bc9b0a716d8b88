import { canonicalJson, contentHash, type FormField, type Person } from '@voucherline/contracts';
import type { ApprovalStatus, ObservedApproval, ObservedStep, Reading } from './observation.js';

/**
 * How far a snapshot is along: ended over open, then more steps, then the later end, then the later read. Only the last
 * is ours; it tells apart what the vendor shows alike, such as a form that was changed after its end.
 */
export type Rank = readonly [ended: 0 | 1, steps: number, endedAt: number, readAt: number];

/** What is kept of the newest snapshot of an approval: never the bytes, and the form only while it is still to be said. */
export interface Snapshot {
  readonly rank: Rank;
  readonly connection: string;
  readonly kind: string;
  readonly businessId: string;
  readonly title: string;
  readonly originator: Person;
  readonly submittedAt: string;
  readonly status: ApprovalStatus;
  readonly endedAt?: string;
  readonly steps: readonly ObservedStep[];
  /** Of an approved one only, because the form of any other changes nothing. */
  readonly form?: SeenForm;
}

export interface SeenForm {
  readonly hash: string;
  /** The earliest read that showed it: when an amendment is said to have happened. */
  readonly since: string;
  /** Absent once this form stands on the log. */
  readonly fields?: readonly FormField[];
}

/** What is kept of a revocation: another instance, whose approval withdraws the one it names. */
export interface RevocationSnapshot {
  readonly rank: Rank;
  readonly status: ApprovalStatus;
  readonly endedAt?: string;
}

export function formHash(fields: readonly FormField[]): string {
  return contentHash(canonicalJson(fields));
}

export function rankOf(seen: ObservedApproval, reading: Reading): Rank {
  return [
    seen.status === 'open' ? 0 : 1,
    seen.steps.length,
    seen.endedAt === undefined ? 0 : Date.parse(seen.endedAt),
    Date.parse(reading.readAt),
  ];
}

function outranks(a: Rank, b: Rank): boolean {
  for (let i = 0; i < a.length; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

export function snapshotOf(seen: ObservedApproval, reading: Reading): Snapshot {
  return {
    rank: rankOf(seen, reading),
    connection: reading.connection,
    kind: seen.form,
    businessId: seen.businessId,
    title: seen.title,
    originator: seen.originator,
    submittedAt: seen.submittedAt,
    status: seen.status,
    ...(seen.endedAt !== undefined && { endedAt: seen.endedAt }),
    steps: seen.steps,
    ...(seen.status === 'approved' && {
      form: { hash: formHash(seen.fields), since: reading.readAt, fields: seen.fields },
    }),
  };
}

export function revocationOf(seen: ObservedApproval, reading: Reading): RevocationSnapshot {
  const { status, endedAt } = seen;
  return { rank: rankOf(seen, reading), status, ...(endedAt !== undefined && { endedAt }) };
}

/** The one further along; `known` itself when nothing is new, so that the caller sees that nothing changed. */
export function further<S extends { readonly rank: Rank }>(known: S | undefined, seen: S): S {
  return known === undefined || outranks(seen.rank, known.rank) ? seen : known;
}

/** As `further`; two snapshots that show the same form keep the earliest read of it. */
export function furtherSnapshot(known: Snapshot | undefined, seen: Snapshot): Snapshot {
  const chosen = further(known, seen);
  const { form } = chosen;
  if (known?.form === undefined || form === undefined || known.form.hash !== seen.form?.hash) return chosen;
  const since = earlier(known.form.since, seen.form.since);
  return since === form.since ? chosen : { ...chosen, form: { ...form, since } };
}

function earlier(a: string, b: string): string {
  return Date.parse(b) < Date.parse(a) ? b : a;
}
