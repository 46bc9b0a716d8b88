import type { Decimal } from 'decimal.js';
import type { Path } from '../file/fault.js';
import type { OnMissing, Single } from '../flow/flow.js';
import { type Formula, MISSING, type Scope, type Value } from '../formula/formula.js';
import { plain } from '../formula/values/numbers.js';
import { isAbsent } from '../formula/values/readers.js';
import { MappingProblem } from './problem.js';
import type { FlowScope } from './run.js';

/** What stands in the output: numbers in plain form, days as `yyyy-MM-dd`. */
export type Written = string | boolean | null | readonly string[];

/** A formula's value at its place in the output. @throws {MappingProblem} */
export function valueAt(formula: Formula, scope: FlowScope, path: Path): Value {
  return scope.evaluation.at(path, 'error', () => formula.evaluate(scope));
}

/** A single value as it is written; undefined where it is left out. @throws {MappingProblem} */
export function writtenAt(single: Single, scope: FlowScope, path: Path): Written | undefined {
  if (single.kind === 'literal') return single.value;
  const value = scope.evaluation.at(path, single.onMultiple, () => valueOr(single, scope));
  return value === undefined ? undefined : written(value);
}

/** The value of a name, in the type of its formula. */
export function namedValue(single: Single, scope: Scope): Value {
  if (single.kind === 'literal') return single.value;
  const value = valueOr(single, scope);
  return value === undefined ? MISSING : value;
}

/** The formula's value, or what stands where it can't be had; undefined: nothing. */
function valueOr({ formula, onMissing }: Single & { readonly kind: 'formula' }, scope: Scope): Value | undefined {
  if (onMissing === 'error') return formula.evaluate(scope);
  try {
    const value = formula.evaluate(scope);
    // Only names keep fields that are blank; everywhere else those are a problem by then.
    return formula.type === 'field' && isAbsent(value) ? standIn(onMissing, scope) : value;
  } catch (error) {
    if (error instanceof MappingProblem && error.isMissing) return standIn(onMissing, scope);
    throw error;
  }
}

function standIn(onMissing: Exclude<OnMissing, 'error'>, scope: Scope): Value | undefined {
  if (onMissing === 'omit') return undefined;
  if (onMissing === 'null') return null;
  return onMissing.kind === 'literal' ? onMissing.value : onMissing.formula.evaluate(scope);
}

function written(value: Value): Written {
  return isNumber(value) ? plain(value) : (value as Written);
}

/** The only objects among values are numbers and lists. */
function isNumber(value: Value): value is Decimal {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A rule as its author wrote it. */
export function ruleText(single: Single): string {
  return single.kind === 'literal' ? String(single.value) : `=${single.formula.source}`;
}
