import type { TargetPure } from '@voucherline/connector-kit';
import { nothingPlanned, type PlanParts, planVouchers, withMessage } from '@voucherline/domain';
import { FlowCompiler } from '@voucherline/mapping';
import type { Configuration, Stage } from '@voucherline/pipeline';
import { PublishedFlows } from './published-flows.js';

export interface PlanOptions {
  readonly targetOf: (product: string) => TargetPure | undefined;
}

/** Plans vouchers, notes and reversals by the published flows. */
export function planStage({ targetOf }: PlanOptions): Stage<PlanParts> {
  const compiler = new FlowCompiler();
  let flows: PublishedFlows | undefined;
  const flowsOf = (configuration: Configuration): PublishedFlows => {
    if (flows === undefined || !flows.isOf(configuration))
      flows = new PublishedFlows(configuration, targetOf, compiler);
    return flows;
  };
  return {
    name: 'transformer/plan',
    inputs: ['approvals.events.v1', 'vouchers.events.v1'],
    outputs: ['vouchers.commands.v1'],
    actions: ['ReplanRequested'],
    initial: () => nothingPlanned,
    fold: withMessage,
    decide: (subject, parts, { configuration }) => planVouchers(subject, parts, flowsOf(configuration)),
  };
}
