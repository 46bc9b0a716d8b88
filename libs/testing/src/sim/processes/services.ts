import { readWorker } from '@voucherline/collector/workers';
import type { CallContext, SourceCalls, TargetCalls } from '@voucherline/connector-kit';
import { masterDataPure, sourcePure, targetPure } from '@voucherline/connectors/pure';
import { noteWorker, postWorker } from '@voucherline/erp-writer/workers';
import { createStageRunner, followConfiguration, followMasterData, type Stage } from '@voucherline/pipeline';
import { createMetrics, type Metrics, type Runner } from '@voucherline/platform';
import { createMemoryWorkStore, type EffectsOfLane, type IntakeStore, type RecoveryStore } from '@voucherline/store';
import { normaliseStage, planStage } from '@voucherline/transformer/stages';
import type { Worker } from '@voucherline/work';
import { OneWorker } from '@voucherline/work/testing';
import type { WorkTables, World } from '../world.js';
import { ProcessBroker, through } from './ports.js';
import type { Process } from './process.js';

/** The vendors, as a process reaches them. */
export interface Vendors {
  source(process: Process): SourceCalls;
  target(process: Process): TargetCalls;
}

export const SERVICES = ['transformer', 'collector', 'erp-writer'] as const;
export type Service = (typeof SERVICES)[number];

/** Many processes, and nobody reads what they measure. */
let metrics: Metrics | undefined;

/** What the processes of a service run: the stages and workers of the product, in the order in which its main starts them. */
export async function runnersOf(
  service: Service,
  process: Process,
  world: World,
  vendors: Vendors,
): Promise<readonly Runner[]> {
  metrics ??= createMetrics('simulation');
  const { clock } = world;
  const { timers, logger } = process;
  const broker = new ProcessBroker(world.log, process, world.weather);
  const configuration = await followConfiguration(broker, logger);
  const shared = { broker, configuration, clock, timers, logger, metrics };
  const worker = <S, E>(
    definition: Worker<S, E>,
    tables: WorkTables,
    applyEffects?: (changes: readonly EffectsOfLane<E>[]) => void,
  ): Runner => {
    const holder = { process: process.name, service };
    const work = createMemoryWorkStore<E>(tables.memory, holder, applyEffects);
    return new OneWorker<S, E>(
      {
        ...shared,
        worker: definition,
        service,
        processId: process.name,
        randomness: world.fate.fork().randomness,
        contextFor: (content) =>
          ({ connection: { content, secrets: {} }, clock, http: { close: async () => {} } }) as unknown as CallContext,
      },
      {
        work: through(process, definition.name, work),
        intake: through<IntakeStore>(process, `${definition.name} intake`, tables.intake),
        recovery: through<RecoveryStore>(process, `${definition.name} recovery`, tables.recovery),
        steadyMs: () => clock.now(),
      },
    );
  };
  const [source, target] = [vendors.source(process), vendors.target(process)];
  const sourceOf = (product: string) => (product === source.manifest.product ? source : undefined);
  const targetOf = (product: string) => (product === target.manifest.product ? target : undefined);
  switch (service) {
    case 'transformer': {
      const store = through(process, 'transformer', world.stages);
      const stages: readonly Stage[] = [
        normaliseStage({ configuration, sourceOf: sourcePure, masterDataOf: masterDataPure }) as Stage,
        planStage({ targetOf: targetPure }) as Stage,
      ];
      const masterData = await followMasterData(broker, logger);
      return stages.map((stage) => createStageRunner({ ...shared, masterData, stage, store }));
    }
    case 'collector': {
      return [worker(readWorker({ source: sourceOf, target: targetOf, masterData: () => undefined }), world.read)];
    }
    case 'erp-writer': {
      return [
        worker(postWorker(targetOf, world.ledger.claim), world.post, (changes) => world.record(changes)),
        worker(noteWorker(sourceOf), world.note),
      ];
    }
  }
}
