import type { Evaluation, Scope } from '../formula.js';

/** What was evaluated when it was compiled depends on more than constants. */
export class NotConstant extends Error {}

function notConstant(): never {
  throw new NotConstant();
}

const EVALUATION: Evaluation = {
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
  // Constants are as short as the formula.
  step: () => undefined,
  use: notConstant,
};

/** In which constants are evaluated: everything that an approval would say is refused. */
export const COMPILE_SCOPE: Scope = { evaluation: EVALUATION, fields: [], defined: notConstant };
