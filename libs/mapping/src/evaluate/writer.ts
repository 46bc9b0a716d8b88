import { type Path, pathText } from '../file/fault.js';
import type { Single } from '../flow/flow.js';
import type { FlowScope, TracedField } from './run.js';
import { ruleText, type Written, writtenAt } from './single.js';

/** Evaluates a single value at its place; undefined where it is left out. */
export type Writer = (single: Single, scope: FlowScope, path: Path) => Written | undefined;

/** Keeps how each value came about, where somebody asked for it. */
export class Tracer {
  readonly fields: TracedField[] | undefined;

  constructor(trace: boolean) {
    this.fields = trace ? [] : undefined;
  }

  readonly write: Writer = (single, scope, path) => {
    return this.traced(path, ruleText(single), scope, () => writtenAt(single, scope, path));
  };

  traced<T>(path: Path, rule: string, { evaluation }: FlowScope, evaluate: () => T): T {
    if (this.fields === undefined) return evaluate();
    const [value, { reads, lookups }] = evaluation.sourced(evaluate);
    const sources = { reads: distinct(reads), lookups: distinct(lookups) };
    this.fields.push({ path: pathText(path), rule, ...sources, ...(value !== undefined && { value }) });
    return value;
  }
}

/** Each once, in the order of first use. */
function distinct<T>(all: readonly T[]): readonly T[] {
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}
