import { Module } from '@nestjs/common';
import { masterDataPure, sourcePure, targetPure } from '@voucherline/connectors/pure';
import type { Stage } from '@voucherline/pipeline';
import { SERVICE, type ServiceContext, type StoreConfig } from '@voucherline/platform';
import { normaliseStage } from './normalise/normalise-stage.js';
import { planStage } from './plan/plan-stage.js';
import { StageHost } from './stage-host.js';

/** Token of the runner. */
export const STAGES = Symbol('StageHost');

/** Both stages on one database, one connection to the log and one view of the configuration. */
export function stageHost(service: ServiceContext<StoreConfig>): StageHost {
  return new StageHost(service, (configuration) => [
    normaliseStage({ configuration, sourceOf: sourcePure, masterDataOf: masterDataPure }) as Stage,
    planStage({ targetOf: targetPure }) as Stage,
  ]);
}

/** Wires the transformer. */
@Module({
  providers: [{ provide: STAGES, inject: [SERVICE], useFactory: stageHost }],
})
export class TransformerModule {}
