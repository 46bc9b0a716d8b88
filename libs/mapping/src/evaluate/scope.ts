import type { NamedValues } from '../flow/flow.js';
import type { Fields, Scope, Value } from '../formula/formula.js';
import type { FlowScope, Made, Run } from './run.js';
import { namedValue } from './single.js';

interface Place {
  readonly fields: Fields;
  readonly row?: NonNullable<Scope['row']>;
  readonly named: NamedValues;
  readonly outer?: FlowScope;
}

/** A name is evaluated when it is first used in its scope, and not again there. */
export function scopeOf(evaluation: Run, { named, outer, ...place }: Place): FlowScope {
  const values = new Map<string, Made<Value>>();
  const scope: FlowScope = { evaluation, ...place, defined };
  return scope;

  function defined(name: string): Value {
    const rule = named.get(name);
    if (rule === undefined) {
      if (outer === undefined) throw new Error(`the name ${name} was not compiled`);
      return outer.defined(name);
    }
    const known = values.get(name);
    if (known !== undefined) {
      evaluation.sourcedFrom(known[1]);
      return known[0];
    }
    const made = evaluation.sourced(() => namedValue(rule.value, scope));
    values.set(name, made);
    return made[0];
  }
}

/** The scopes of a table's rows. */
export function rowScopes(outer: FlowScope, rows: readonly Fields[], named: NamedValues): readonly FlowScope[] {
  return rows.map((fields, index) => scopeOf(outer.evaluation, { fields, row: { rows, index }, named, outer }));
}
