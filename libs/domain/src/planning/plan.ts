import type { Plan } from './command.js';
import type { FlowBook } from './flow-book.js';
import type { PlanParts } from './parts.js';
import { missingPosts } from './posts.js';
import { missingReplacements } from './replacements.js';
import { missingReversals, reversalsOf } from './reversals.js';
import { Subject } from './subject.js';
import { missingWriteBacks } from './write-backs.js';

/**
 * What has to be commanded for a subject, given all that is known: reversals of what may not keep its effect, a voucher for
 * each flow that takes the approval, replacements of what was refused, notes for the source. What was commanded stays as it
 * was planned: a later flow version changes nothing (failure-modes.md F16, F17).
 */
export function planVouchers(key: string, parts: PlanParts, flows: FlowBook): Plan {
  const subject = new Subject(key, parts, flows);
  const { approved } = subject;
  const reversals = reversalsOf(subject);
  const plans: readonly Plan[] = [
    missingReversals(subject, reversals),
    ...(approved === undefined
      ? []
      : [missingPosts(subject, approved, reversals), missingReplacements(subject, approved, reversals)]),
    missingWriteBacks(subject),
  ];
  const blocked = plans.find((plan) => plan.blocked !== undefined)?.blocked ?? reversals.blocked;
  return { messages: plans.flatMap(({ messages }) => messages), ...(blocked && { blocked }) };
}
