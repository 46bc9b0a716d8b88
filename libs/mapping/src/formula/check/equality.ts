import { inBoth } from '@voucherline/contracts';
import type { Decimal } from 'decimal.js';
import { MappingProblem } from '../../evaluate/problem.js';
import { MISSING, type Scope, type Value, type ValueType } from '../formula.js';
import { type Origin, type Run, type Term, TYPE_WORDS } from '../terms.js';
import { fieldDay, fieldNumber, isAbsent } from '../values/readers.js';
import type { Checking } from './checking.js';

const COMPARED: readonly ValueType[] = ['text', 'number', 'date', 'boolean'];

/**
 * `left = right`. A field takes the type of the other side, and a blank one equals nothing; a missing one is a problem, because a
 * misspelt field in a condition would otherwise skip approvals silently.
 */
export function equality(checker: Checking, left: Term, right: Term): Run<boolean> | undefined {
  for (const [side, other] of [[left, right] as const, [right, left] as const]) {
    if (side.type === 'field' && other.constant?.value === '') {
      return checker.fault(other.at, 'a blank field equals nothing, so this never holds', 'Write isBlank([name]).');
    }
  }
  if (left.type === 'field')
    return right.type === 'field' ? fieldWithField(left, right) : withField(checker, left, right);
  if (right.type === 'field') return withField(checker, right, left);
  if (left.type !== right.type || !COMPARED.includes(left.type)) return incomparable(checker, left, right);
  const { run: a } = left;
  const { run: b } = right;
  if (left.type === 'number') return (scope) => (a(scope) as Decimal).equals(b(scope) as Decimal);
  return (scope) => a(scope) === b(scope);
}

function incomparable(checker: Checking, left: Term, right: Term): undefined {
  return checker.fault(
    right.at,
    `${TYPE_WORDS[left.type]} can't be compared with ${TYPE_WORDS[right.type]}`,
    'Compare two values of one type.',
  );
}

function withField(checker: Checking, field: Term, other: Term): Run<boolean> | undefined {
  const { origin, run } = field;
  if (origin === undefined) return undefined;
  const given = (scope: Scope) => present(run(scope), origin, scope);
  const wanted = other.run;
  switch (other.type) {
    case 'text':
      return (scope) => given(scope) === wanted(scope);
    case 'number':
      return (scope) => {
        const value = given(scope);
        return value !== undefined && fieldNumber(value, origin, scope).equals(wanted(scope) as Decimal);
      };
    case 'date':
      return (scope) => {
        const value = given(scope);
        return value !== undefined && fieldDay(value, origin, scope) === wanted(scope);
      };
    default:
      return incomparable(checker, field, other);
  }
}

function fieldWithField(left: Term, right: Term): Run<boolean> | undefined {
  const { origin: a } = left;
  const { origin: b } = right;
  if (a === undefined || b === undefined) return undefined;
  return (scope) => {
    const one = present(left.run(scope), a, scope);
    const other = present(right.run(scope), b, scope);
    return one !== undefined && one === other;
  };
}

/** The text, or undefined when it was left blank. */
function present(value: Value, origin: Origin, scope: Scope): string | undefined {
  if (typeof value === 'string' && value !== '') return value;
  if (value === MISSING) throw origin.absent(value, scope);
  if (isAbsent(value)) return undefined;
  throw new MappingProblem(
    'bad-argument',
    scope.evaluation.path,
    inBoth(`${origin.subject(scope)} is a table, not one value`, '是明细表，不是单个值'),
  );
}
