import { inMinorUnits, type Money, minorUnits } from '@voucherline/contracts';
import type { Decimal } from 'decimal.js';
import type { Flow } from '../flow/flow.js';
import { plain } from '../formula/values/numbers.js';
import { MappingProblem } from './problem.js';
import type { FlowScope } from './run.js';
import { valueAt, writtenAt } from './single.js';

export function currencyOf({ currency }: Flow, scope: FlowScope): string {
  const path = ['currency'];
  const text = String(writtenAt(currency, scope, path));
  if (!/^[A-Z]{3}$/.test(text)) throw new MappingProblem('not-a-currency', path, 'it', { found: text });
  return text;
}

/** The amount with exactly the digits of the currency: a digit that would be dropped is a problem, never rounded away. */
export function amountOf({ amount: rule }: Flow, scope: FlowScope, currency: string): Money {
  const path = ['amount'];
  const value = valueAt(rule, scope, path) as Decimal;
  const found = plain(value);
  const refuse = (what: 'too-precise' | 'not-positive') => new MappingProblem(what, path, `=${rule.source}`, { found });
  if (value.decimalPlaces() > minorUnits(currency)) throw refuse('too-precise');
  if (!value.greaterThan(0)) throw refuse('not-positive');
  return inMinorUnits({ amount: found, currency });
}
