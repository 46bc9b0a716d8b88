import type { TargetPure } from '@voucherline/connector-kit';
import { nothingPlanned, type PlanParts, planVouchers, withMessage } from '@voucherline/domain';
import { FlowCompiler, TABLE_PENDING } from '@voucherline/mapping';
import type { DecisionContext, Stage } from '@voucherline/pipeline';
import { PublishedFlows } from './published-flows.js';

export interface PlanOptions {
  readonly targetOf: (product: string) => TargetPure | undefined;
}

/** Plans vouchers, notes and reversals by the published flows. */
export function planStage({ targetOf }: PlanOptions): Stage<PlanParts> {
  const compiler = new FlowCompiler();
  let flows: PublishedFlows | undefined;
  const flowsOf = (context: DecisionContext): PublishedFlows => {
    if (flows === undefined || !flows.isOf(context)) flows = new PublishedFlows({ context, targetOf, compiler });
    return flows;
  };
  return {
    name: 'transformer/plan',
    inputs: ['approvals.events.v1', 'vouchers.events.v1'],
    outputs: ['vouchers.commands.v1'],
    actions: ['ReplanRequested'],
    waitsForTable: TABLE_PENDING,
    initial: () => nothingPlanned,
    fold: withMessage,
    decide: (subject, parts, context) => planVouchers(subject, parts, flowsOf(context)),
  };
}
