import {
  type ApprovalHead,
  type ExclusiveValue,
  type FormField,
  inMinorUnits,
  type Money,
  minorUnits,
  type VoucherExpectation,
} from '@voucherline/contracts';
import type { Path } from '../file/fault.js';
import type { DateRule, Flow, HeadPath, Tree, Value } from '../flow/flow.js';
import { dayIn } from './dates.js';
import { claimsOf } from './exclusive.js';
import { amountOf, dateOf, type Fields, missing, optionalText, rowsOf, textOf } from './form.js';
import { type MappingFault, MappingProblem } from './problem.js';

/** What a mapping may read of an approval that was approved. */
export interface MappedApproval extends ApprovalHead {
  readonly approvedAt: string;
  readonly form: readonly FormField[];
}

/** A voucher's content as a flow renders it from one approval. */
export interface Rendering {
  readonly payload: Readonly<Record<string, unknown>>;
  readonly accountingDate: string;
  readonly amount: Money;
  readonly expectation: VoucherExpectation;
  /** Absent when there is nothing to claim. */
  readonly exclusive?: readonly ExclusiveValue[];
}

export type Evaluation =
  | { readonly kind: 'rendered'; readonly rendering: Rendering }
  /** A condition of the flow does not hold. */
  | { readonly kind: 'skipped' }
  | { readonly kind: 'fault'; readonly fault: MappingFault };

/**
 * Maps an approval by a flow. Pure: the same approval, flow and time zone give the same bytes.
 * @param timeZone of the source's connection (IANA): in which the approval's day is taken
 * @param accountingDate a person's, in place of the flow's: it stands wherever the flow's would (`yyyy-MM-dd`)
 */
export function evaluateFlow(
  flow: Flow,
  approval: MappedApproval,
  timeZone: string,
  accountingDate?: string,
): Evaluation {
  try {
    const holds = flow.when.every(({ field, equals }, index) => {
      return optionalText(approval.form, field, ['when', index, 'field']) === equals;
    });
    return holds
      ? { kind: 'rendered', rendering: render(flow, scopeOf(flow, approval, timeZone, accountingDate)) }
      : { kind: 'skipped' };
  } catch (error) {
    if (error instanceof MappingProblem) return { kind: 'fault', fault: error.fault };
    throw error;
  }
}

function scopeOf(flow: Flow, approval: MappedApproval, timeZone: string, day: string | undefined): Scope {
  const scope = { approval, timeZone, fields: approval.form, currency: currencyOf(flow, approval) };
  return day === undefined ? scope : { ...scope, redated: { rule: flow.accountingDate, day } };
}

function render(flow: Flow, scope: Scope): Rendering {
  const accountingDate = evaluateDate(flow.accountingDate, scope, ['accountingDate']);
  const amount = totalOf(flow, scope);
  const payee = flow.expect.payee && evaluate(flow.expect.payee, scope, ['expect', 'payee']);
  const exclusive = claimsOf(flow.exclusive, (value, path) => evaluate(value, scope, path));
  return {
    payload: evaluateTree(flow.payload, scope, ['payload']),
    accountingDate,
    amount,
    expectation: { amount, ...(typeof payee === 'string' && { payee }), date: accountingDate },
    ...(exclusive.length > 0 && { exclusive }),
  };
}

/** What values are taken from: the whole form, or one row of a table. */
interface Scope {
  readonly approval: MappedApproval;
  readonly timeZone: string;
  readonly fields: Fields;
  readonly currency: string;
  /** The accounting date that a person chose, and the rule whose day it takes the place of. */
  readonly redated?: { readonly rule: DateRule; readonly day: string };
}

function currencyOf({ amount: { currency } }: Flow, { form }: MappedApproval): string {
  if (currency.kind === 'const') return currency.currency;
  const path = ['amount', 'currency'];
  const text = textOf(form, currency.field, path);
  if (!/^[A-Z]{3}$/.test(text)) throw new MappingProblem('not-a-currency', path, `"${currency.field}"`);
  return text;
}

function totalOf({ amount: { field } }: Flow, scope: Scope): Money {
  const path = ['amount', 'field'];
  const amount = moneyText(field, scope, path);
  if (amount.startsWith('-') || /^[0.]+$/.test(amount)) throw new MappingProblem('not-positive', path, `"${field}"`);
  return { amount, currency: scope.currency };
}

/** An amount with exactly the digits of the currency: a digit that would be dropped is a fault, never rounded away. */
function moneyText(field: string, { fields, currency }: Scope, path: Path): string {
  const amount = amountOf(fields, field, path);
  const decimals = amount.split('.')[1]?.length ?? 0;
  if (decimals > minorUnits(currency)) throw new MappingProblem('too-precise', path, `"${field}"`);
  return inMinorUnits({ amount, currency }).amount;
}

function evaluateDate(rule: DateRule, { approval, timeZone, fields, redated }: Scope, path: Path): string {
  if (redated !== undefined && isSameRule(rule, redated.rule)) return redated.day;
  return rule.kind === 'approved' ? dayIn(timeZone, approval.approvedAt) : dateOf(fields, rule.field, path);
}

function isSameRule(a: DateRule, b: DateRule): boolean {
  return a.kind === 'approved' ? b.kind === 'approved' : b.kind === 'field' && a.field === b.field;
}

function evaluateTree(tree: Tree, scope: Scope, path: Path): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(tree)) {
    const evaluated = evaluate(value, scope, [...path, name]);
    if (evaluated !== undefined) result[name] = evaluated;
  }
  return result;
}

/** A value of the payload; undefined where it is omitted. */
function evaluate(value: Value, scope: Scope, path: Path): unknown {
  switch (value.kind) {
    case 'const':
      return value.value;
    case 'field':
      return has(value.onMissing, value.field, scope, path) ? textOf(scope.fields, value.field, path) : undefined;
    case 'amount':
      return has(value.onMissing, value.field, scope, path) ? moneyText(value.field, scope, path) : undefined;
    case 'date': {
      const { rule, onMissing } = value;
      const redated = scope.redated !== undefined && isSameRule(rule, scope.redated.rule);
      if (rule.kind === 'field' && !redated && !has(onMissing, rule.field, scope, path)) return undefined;
      return evaluateDate(rule, scope, path);
    }
    case 'path': {
      const fact = factOf(value.path, scope.approval);
      if (fact === undefined && value.onMissing === 'error') throw new MappingProblem('missing-fact', path, value.path);
      return fact;
    }
    case 'text':
      return value.parts
        .map((part) => (typeof part === 'string' ? part : String(evaluate(part, scope, path) ?? '')))
        .join('');
    case 'rows': {
      const rows = rowsOf(scope.fields, value.table, path);
      if (rows === undefined && value.onMissing === 'error') throw missing(scope.fields, value.table, path);
      return rows?.map((fields, index) => evaluateTree(value.each, rowScope(scope, fields), [...path, index]));
    }
    case 'object':
      return evaluateTree(value.tree, scope, path);
    case 'list':
      return value.items
        .map((item, index) => evaluate(item, scope, [...path, index]))
        .filter((item) => item !== undefined);
  }
}

/** Fields are those of the row: one that is called like the accounting date's is another. */
function rowScope({ redated, ...scope }: Scope, fields: Fields): Scope {
  return { ...scope, fields, ...(redated?.rule.kind === 'approved' && { redated }) };
}

/** Whether there is a value to read; with `error` the read itself finds out and says which fault it is. */
function has(onMissing: 'error' | 'omit', field: string, { fields }: Scope, path: Path): boolean {
  return onMissing === 'error' || optionalText(fields, field, path) !== undefined;
}

function factOf(path: HeadPath, { businessId, title, kind, originator }: MappedApproval): string | undefined {
  switch (path) {
    case 'approval.businessId':
      return businessId;
    case 'approval.title':
      return title;
    case 'approval.kind':
      return kind;
    case 'originator.userId':
      return originator.userId;
    case 'originator.departmentId':
      return originator.departmentId;
    case 'originator.departmentName':
      return originator.departmentName;
  }
}
