import { MappingProblem } from '../../evaluate/problem.js';
import type { Call } from '../check/call.js';
import { MISSING, type Value, type ValueType } from '../formula.js';
import { type Origin, type Run, type Term, TYPE_WORDS } from '../terms.js';
import { fieldAs } from '../values/readers.js';

/** Alternatives of which one will be the value. */
export interface Alternatives {
  readonly type: ValueType;
  readonly runs: readonly Run<Value>[];
  readonly origin?: Origin;
}

/** Gives alternatives one type: fields take that of the others, and stay fields where all are. Others that differ are a fault. */
export function inOneType(call: Call, terms: readonly Term[]): Alternatives | undefined {
  const typed = terms.find(({ type }) => type !== 'field');
  if (typed === undefined) return { type: 'field', runs: terms.map(({ run }) => run), origin: originOfAll(terms) };
  const runs = terms.map((term) => (term.type === typed.type ? term.run : fieldAs(term, typed.type)));
  for (const [index, term] of terms.entries()) {
    if (runs[index] === undefined) {
      const words = `${call.definition.name} gives ${TYPE_WORDS[typed.type]} or ${TYPE_WORDS[term.type]}`;
      call.checker.fault(term.at, words, 'Let all values be of one type.');
    }
  }
  return runs.every((run) => run !== undefined) ? { type: typed.type, runs } : undefined;
}

function originOfAll(terms: readonly Term[]): Origin {
  const subject: Origin['subject'] = (scope) => terms.map(({ origin }) => origin?.subject(scope) ?? '').join(' or ');
  return {
    subject,
    absent: (value, scope) => {
      const what = value === MISSING ? 'unknown-field' : 'empty-field';
      return new MappingProblem(what, scope.evaluation.path, subject(scope));
    },
  };
}
