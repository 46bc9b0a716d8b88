import { inBoth } from '@voucherline/contracts';
import { MappingProblem } from '../evaluate/problem.js';
import type { Path } from '../file/fault.js';

/** What a formula and an evaluation may be at most, so that no flow and no form can hold up a service. */
export const LIMITS = {
  /** Characters of one formula. */
  source: 4_000,
  /** Parentheses, arguments and signs inside each other. */
  nesting: 64,
  /** Arguments of one function. */
  arguments: 200,
  /** Characters of a regular expression, and instructions that it may become: its time for each character of a text is in proportion to them. */
  pattern: 400,
  instructions: 2_000,
  /** Steps of one evaluation: about one for each operator, function, field and row of a table that is gone through. */
  steps: 200_000,
  /** Rows of one table. */
  rows: 2_000,
  /** Characters of one text. */
  text: 20_000,
  /** Bytes of what an evaluation gives, as JSON. */
  output: 400_000,
  /** Digits of a number before its point. */
  digitsBefore: 40,
  /** Digits of a written number after its point. */
  digitsAfter: 20,
} as const;

/** @param what above which bound it is, e.g. `a text of 20001 characters` */
export function limitProblem(path: Path, what: string, limit: keyof typeof LIMITS): MappingProblem {
  return new MappingProblem(
    'limit',
    path,
    inBoth(`${what}: at most ${LIMITS[limit]} are allowed`, `超过上限 ${LIMITS[limit]}`),
  );
}
