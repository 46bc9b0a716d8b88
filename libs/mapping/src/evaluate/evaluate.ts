import type { Lookups } from '@voucherline/contracts';
import {
  type ApprovalHead,
  canonicalJson,
  type ExclusiveValue,
  type FormField,
  type Money,
  type UsedRow,
  type VoucherExpectation,
} from '@voucherline/contracts';
import type { Flow } from '../flow/flow.js';
import { LIMITS, limitProblem } from '../formula/limits.js';
import { isMasterData } from '../lookups/lookups.js';
import { datesOf } from './accounting-date.js';
import { amountOf, currencyOf } from './amount.js';
import { dayIn } from './dates.js';
import { claimsOf } from './exclusive.js';
import { PayloadMaker } from './payload.js';
import { type MappingFault, MappingProblem } from './problem.js';
import { type FlowScope, Run, type TracedField } from './run.js';
import { scopeOf } from './scope.js';
import { ruleText, valueAt } from './single.js';
import { Tracer } from './writer.js';

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
  /** Rows that were looked up, each once, in the order of their use; absent when there are none. */
  readonly lookups?: readonly UsedRow[];
}

export type Evaluation =
  | { readonly kind: 'rendered'; readonly rendering: Rendering; readonly trace?: readonly TracedField[] }
  /** The flow's condition does not hold. */
  | { readonly kind: 'skipped' }
  | { readonly kind: 'fault'; readonly fault: MappingFault };

export interface EvaluationOptions {
  /** Of the source's connection (IANA): in which the approval's day is taken. */
  readonly timeZone: string;
  /** A person's, in place of the flow's: it stands wherever formulas say `accountingDate` (`yyyy-MM-dd`). */
  readonly accountingDate?: string;
  /** Answers for tables `<connection>/<kind>`. */
  readonly masterData: Lookups;
  /** Whether to tell how each value came about. */
  readonly trace?: boolean;
}

/** Maps an approval by a flow. Pure: the same approval, flow, options and look-ups give the same bytes. */
export function evaluateFlow(flow: Flow, approval: MappedApproval, options: EvaluationOptions): Evaluation {
  const tracer = new Tracer(options.trace ?? false);
  const scope = formScope(flow, approval, options);
  try {
    if (flow.when !== undefined && valueAt(flow.when, scope, ['when']) !== true) return { kind: 'skipped' };
    const rendering = render(flow, scope, tracer);
    return { kind: 'rendered', rendering, ...(tracer.fields && { trace: tracer.fields }) };
  } catch (error) {
    if (error instanceof MappingProblem) return { kind: 'fault', fault: error.fault };
    throw error;
  }
}

function formScope(flow: Flow, approval: MappedApproval, options: EvaluationOptions): FlowScope {
  const { form } = approval;
  const { masterData, timeZone, accountingDate, trace = false } = options;
  const run: Run = new Run({
    form,
    trace,
    lookups: { find: (table, ...asked) => (isMasterData(table) ? masterData : flow.tables).find(table, ...asked) },
    fact: (name) => factOf(name, approval, timeZone),
    dates: () => datesOf(flow, scope, accountingDate),
    currency: () => currencyOf(flow, scope),
  });
  const scope = scopeOf(run, { fields: form, named: flow.named });
  return scope;
}

function render(flow: Flow, scope: FlowScope, tracer: Tracer): Rendering {
  const { evaluation } = scope;
  const { accountingDate: dating, currency: currencyRule, amount: amountRule, expect } = flow;
  const accountingDate = tracer.traced(
    ['accountingDate'],
    `=${dating.value.source}`,
    scope,
    () => evaluation.accountingDate,
  );
  // First of all: what the author has words for is said in these.
  checkAll(flow, scope);
  const currency = tracer.traced(['currency'], ruleText(currencyRule), scope, () => evaluation.currency as string);
  const money = tracer.traced(['amount'], `=${amountRule.source}`, scope, () => amountOf(flow, scope, currency).amount);
  const payee = expect.payee && tracer.write(expect.payee, scope, ['expect', 'payee']);
  const exclusive = claimsOf(flow.exclusive, scope, tracer.write);
  const payload = new PayloadMaker(tracer.write).members(flow.payload, scope, ['payload']);
  const amount = { amount: money, currency };
  const rendering: Rendering = {
    payload,
    accountingDate,
    amount,
    expectation: { amount, ...(typeof payee === 'string' && { payee }), date: accountingDate },
    ...(exclusive.length > 0 && { exclusive }),
    ...(evaluation.used.length > 0 && { lookups: evaluation.used }),
  };
  refuseTooLarge(rendering);
  return rendering;
}

/** @throws {MappingProblem} when it would not fit one message */
function refuseTooLarge(rendering: Rendering): void {
  // Nearly all are far from the bound, and the native writer shows that in a tenth of the time; three bytes a character is the most.
  if (JSON.stringify(rendering).length * 3 <= LIMITS.output) return;
  if (Buffer.byteLength(canonicalJson(rendering)) <= LIMITS.output) return;
  throw limitProblem(['payload'], 'the output with what was looked up is too large', 'output');
}

/** What the author says has to hold. @throws {MappingProblem} with the author's words */
function checkAll({ checks }: Flow, scope: FlowScope): void {
  for (const [index, { that, otherwise }] of checks.entries()) {
    const path = ['checks', index];
    if (valueAt(that, scope, path) !== true)
      throw new MappingProblem('check', path, `${otherwise.en} / ${otherwise.zh}`);
  }
}

function factOf(name: string, approval: MappedApproval, timeZone: string): string | undefined {
  const { businessId, title, kind, originator, approvedAt } = approval;
  switch (name) {
    case 'approval.businessId':
      return businessId;
    case 'approval.title':
      return title;
    case 'approval.kind':
      return kind;
    case 'approval.approvedOn':
      return dayIn(timeZone, approvedAt);
    case 'originator.userId':
      return originator.userId;
    case 'originator.departmentId':
      return originator.departmentId;
    case 'originator.departmentName':
      return originator.departmentName;
    default:
      return undefined;
  }
}
