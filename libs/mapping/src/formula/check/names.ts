import { MappingProblem } from '../../evaluate/problem.js';
import { MISSING, type Scope, type Value } from '../formula.js';
import type { Node } from '../syntax/ast.js';
import type { Origin, Run, Term } from '../terms.js';
import { fieldValue, findField, originAs, originOf } from '../values/fields.js';
import { Num } from '../values/numbers.js';
import type { Checking } from './checking.js';
import { nearest } from './nearest.js';

/** Facts of an approval as formulas name them. The day is a date, all others are texts that an approval may lack. */
export const FACTS = [
  'approval.businessId',
  'approval.title',
  'approval.kind',
  'approval.approvedOn',
  'originator.userId',
  'originator.departmentId',
  'originator.departmentName',
] as const;

export function fieldTerm({ at, name, ofForm }: Node & { kind: 'field' }): Term {
  const run: Run<Value> = ofForm
    ? ({ evaluation }) => fieldValue(findField(evaluation.form, name, evaluation), name, formScope(evaluation))
    : (scope) => fieldValue(findField(scope.fields, name, scope.evaluation), name, scope);
  return { type: 'field', at, run, cost: 1, origin: originOf(name, ofForm) };
}

/** Of the form: what is read there belongs to no row. */
function formScope(evaluation: Scope['evaluation']): Scope {
  return { evaluation, fields: evaluation.form, defined: () => MISSING };
}

/** A name without brackets: what the flow has named, or one of those that every flow knows. */
export function nameTerm(checker: Checking, { at, name }: Node & { kind: 'name' }, inRow: boolean): Term | undefined {
  const type = checker.names.defined.get(name);
  if (type !== undefined) {
    checker.used.names.push(name);
    const term: Term = { type, at, run: (scope) => scope.defined(name), cost: 1 };
    return type === 'field' ? { ...term, origin: namedOrigin(name, checker.names.sourceOf?.(name)) } : term;
  }
  if (name === 'accountingDate') return accountingDate(checker, at);
  if (name === 'row.number') {
    if (inRow) return { type: 'number', at, run: ({ row }) => new Num((row?.index ?? 0) + 1), cost: 1 };
    return checker.fault(
      at,
      'there is no row here',
      'Use `row.number` in an item with `$rows`, or in sum(…) and the like.',
    );
  }
  if (FACTS.some((fact) => fact === name)) return factTerm(at, name);
  const known = [...checker.names.defined.keys(), ...FACTS, 'accountingDate', 'row.number'];
  return checker.fault(
    at,
    `"${name}" is not known`,
    nearest(name, known) ?? `Write [${name}] for a field, "${name}" for a text, or name it with \`let\`.`,
  );
}

/** A form lacks no name, but what the name stands for. */
function namedOrigin(name: string, source = name): Origin {
  return originAs(() => (source === name ? `"${name}"` : `"${name}" (${source})`));
}

function accountingDate(checker: Checking, at: number): Term | undefined {
  if (!checker.names.dated) {
    return checker.fault(at, 'the accounting date is not known here', 'Use `approval.approvedOn` or a field.');
  }
  checker.used.dated = true;
  const run = ({ evaluation }: Scope) => {
    if (evaluation.accountingDate !== undefined) return evaluation.accountingDate;
    throw new MappingProblem('missing-fact', evaluation.path, 'accountingDate');
  };
  return { type: 'date', at, run, cost: 1 };
}

function factTerm(at: number, name: string): Term {
  const absent: Origin['absent'] = (_, { evaluation }) => new MappingProblem('missing-fact', evaluation.path, name);
  if (name !== 'approval.approvedOn') {
    const run: Run<Value> = ({ evaluation }) => evaluation.fact(name)?.trim() ?? MISSING;
    return { type: 'field', at, run, cost: 1, origin: { subject: () => name, absent } };
  }
  const run: Run<Value> = (scope) => {
    const day = scope.evaluation.fact(name);
    if (day === undefined) throw absent(MISSING, scope);
    return day;
  };
  return { type: 'date', at, run, cost: 1 };
}
