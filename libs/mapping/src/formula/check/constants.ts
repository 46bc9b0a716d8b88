import type { Evaluation, Scope } from '../formula.js';

/** What was evaluated when it was compiled depends on more than constants. */
export class NotConstant extends Error {}

function notConstant(): never {
  throw new NotConstant();
}

/** Steps that constants may take when they are compiled; what takes more is evaluated later, under the limits of an evaluation. */
const MAX_STEPS = 500;

/** In which constants are evaluated: everything that an approval would say is refused. */
export function constantScope(): Scope {
  let steps = 0;
  const evaluation: Evaluation = {
    form: [],
    fact: notConstant,
    get accountingDate() {
      return notConstant();
    },
    get currency() {
      return notConstant();
    },
    lookups: { find: notConstant },
    get lookupDay() {
      return notConstant();
    },
    onMultiple: 'error',
    path: [],
    step: (count = 1) => {
      steps += count;
      if (steps > MAX_STEPS) notConstant();
    },
    use: notConstant,
  };
  return { evaluation, fields: [], defined: notConstant };
}
