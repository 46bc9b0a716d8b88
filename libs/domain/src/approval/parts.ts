import type { AnyMessage, ApprovalApproved } from '@voucherline/contracts';
import type { ObservedApproval, Reading } from './observation.js';
import {
  formHash,
  further,
  furtherSnapshot,
  type RevocationSnapshot,
  revocationOf,
  type Snapshot,
  snapshotOf,
} from './snapshot.js';

/** What is known about one approval: a part from the documents that were collected, a part from the events that were said. */
export interface ApprovalParts {
  /** The newest snapshot of the approval itself. */
  readonly main?: Snapshot;
  /** The newest snapshot of each instance that revokes it, by document key. */
  readonly revocations: Readonly<Record<string, RevocationSnapshot>>;
  readonly said: SaidSoFar;
}

/** Which facts stand on the log. */
export interface SaidSoFar {
  readonly submitted: boolean;
  readonly steps: readonly string[];
  /** How the approval itself ended, in order; more than one when it was withdrawn after it had been approved, or approved again. */
  readonly ends: readonly OwnEnd[];
  /** When it was withdrawn, by itself or by a revocation; absent while what was approved stands. */
  readonly withdrawnAt?: string;
  /** Document keys of the revocations that withdrew it. */
  readonly revocations: readonly string[];
  /** Hash of the form that was said last. */
  readonly form?: string;
}

export type OwnEnd = 'approved' | 'rejected' | 'withdrawn';

export const noParts: ApprovalParts = {
  revocations: {},
  said: { submitted: false, steps: [], ends: [], revocations: [] },
};

/** A snapshot that can't be taken into the history of its subject. */
export class UnusableObservation extends Error {
  override readonly name = 'UnusableObservation';
}

/**
 * Takes a snapshot into the documents part. Any order and any number of repeats give the same part.
 * @throws {UnusableObservation} when it is neither the subject nor a revocation of it, or ended without an end
 */
export function withObservation(
  parts: ApprovalParts,
  subject: string,
  seen: ObservedApproval,
  reading: Reading,
): ApprovalParts {
  if (seen.status !== 'open' && seen.endedAt === undefined) {
    throw new UnusableObservation(`document ${seen.document} is ${seen.status} but shows no time of its end`);
  }
  if (seen.document === subject) {
    const main = furtherSnapshot(parts.main, snapshotOf(seen, reading));
    return main === parts.main ? parts : withoutSaidForm({ ...parts, main });
  }
  if (seen.revokes !== subject) {
    throw new UnusableObservation(`document ${seen.document} was collected under ${subject} but does not revoke it`);
  }
  const known = parts.revocations[seen.document];
  const newest = further(known, revocationOf(seen, reading));
  if (newest === known) return parts;
  return { ...parts, revocations: { ...parts.revocations, [seen.document]: newest } };
}

/** Takes one of our own events into the part of what was said; other messages change nothing. */
export function withEvent(parts: ApprovalParts, event: AnyMessage): ApprovalParts {
  const said = saidWith(parts.said, event);
  return said === parts.said ? parts : withoutSaidForm({ ...parts, said });
}

function saidWith(said: SaidSoFar, event: AnyMessage): SaidSoFar {
  switch (event.type) {
    case 'ApprovalSubmitted':
      return { ...said, submitted: true };
    case 'ApprovalStepDecided':
      return { ...said, steps: including(said.steps, event.data.step) };
    case 'ApprovalApproved':
      return withApproved(said, event.data);
    case 'ApprovalAmended':
      return { ...said, form: formHash(event.data.form) };
    case 'ApprovalRejected':
      return { ...said, ends: then(said.ends, 'rejected') };
    case 'ApprovalWithdrawn': {
      const { withdrawnAt, revocation } = event.data;
      return revocation === undefined
        ? { ...said, withdrawnAt, ends: then(said.ends, 'withdrawn') }
        : { ...said, withdrawnAt, revocations: including(said.revocations, revocation) };
    }
    default:
      return said;
  }
}

function withApproved({ withdrawnAt: _, ...said }: SaidSoFar, { form }: ApprovalApproved): SaidSoFar {
  return { ...said, ends: then(said.ends, 'approved'), form: formHash(form) };
}

function then(ends: readonly OwnEnd[], end: OwnEnd): readonly OwnEnd[] {
  return ends.at(-1) === end ? ends : [...ends, end];
}

function including<T>(list: readonly T[], item: T): readonly T[] {
  return list.includes(item) ? list : [...list, item];
}

/** Whether it was approved after it had been withdrawn, and that is still to be said. */
export function isApprovedAgain({ status, endedAt }: Snapshot, { withdrawnAt }: SaidSoFar): boolean {
  return status === 'approved' && withdrawnAt !== undefined && isAfter(endedAt, withdrawnAt);
}

export function isAfter(later: string | undefined, earlier: string): boolean {
  return later !== undefined && Date.parse(later) > Date.parse(earlier);
}

/**
 * Drops the fields of a form that stands on the log, so that states stay small. It looks at both parts after either
 * changed, so the interleaving of the topics does not matter here either.
 */
function withoutSaidForm(parts: ApprovalParts): ApprovalParts {
  const { main, said } = parts;
  if (main?.form?.fields === undefined || main.form.hash !== said.form || isApprovedAgain(main, said)) return parts;
  const { hash, since } = main.form;
  return { ...parts, main: { ...main, form: { hash, since } } };
}
