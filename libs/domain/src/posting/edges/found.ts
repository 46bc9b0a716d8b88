import { type Finding, judge } from '../finding.js';
import type { DocumentName, SituationName } from '../record.js';
import type { TargetDocument } from '../terms.js';
import type { PassageOf } from './edge.js';

/** A look-up met by whatever situation asked for it. */
export type LookUp = PassageOf<SituationName, 'LookedUp'>;
type Kind = Finding['kind'];
export type FindingOf<K extends Kind> = Extract<Finding, { kind: K }>;

/** Several edges ask about the same passage. */
const findings = new WeakMap<object, Finding>();

/** What the look-up means for this posting. */
export function finding(passage: LookUp): Finding {
  const known = findings.get(passage) ?? judge(passage.event.documents, passage.record, passage.terms);
  findings.set(passage, known);
  return known;
}

/** The finding where it is of this kind. */
export function found<K extends Kind>(passage: LookUp, kind: K): FindingOf<K> | undefined {
  const one = finding(passage);
  return one.kind === kind ? (one as FindingOf<K>) : undefined;
}

/** Until when a create of ours that is in doubt may be executed, ms since the epoch. */
export function doubtEnds({ record, terms }: Pick<LookUp, 'record' | 'terms'>): number {
  if (record.lastDoubtfulCreate === null || record.settleWaived) return -Infinity;
  return record.lastDoubtfulCreate + terms.operation.settleMs;
}

/** Whether this look-up began when no create of ours could be executed any more. */
export function settled(passage: LookUp): boolean {
  return passage.event.startedAt >= doubtEnds(passage);
}

export const name = ({ id, document }: TargetDocument): DocumentName => ({ id, document });
