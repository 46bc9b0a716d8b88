import { MappingProblem } from '../../evaluate/problem.js';
import { MISSING, type Value } from '../formula.js';
import type { Run, Term } from '../terms.js';

/**
 * What a term gives, or what became of it: null when a field in it was left blank, `MISSING` when there is no such field or row.
 * Every other problem stays one.
 */
export function attempted({ run }: Term): Run<Value> {
  return (scope) => {
    try {
      return run(scope);
    } catch (error) {
      if (error instanceof MappingProblem && error.isMissing) return error.what === 'empty-field' ? null : MISSING;
      throw error;
    }
  };
}
