import { Module } from '@nestjs/common';
import { masterDataCalls, sourceCalls, targetCalls } from '@voucherline/connectors/calls';
import { SERVICE, type ServiceContext } from '@voucherline/platform';
import { createWorkerRunner, type WorkerConfig, WorkerHost } from '@voucherline/work';
import { type Connectors, readWorker } from './read-worker.js';

/** Token of the runner. */
export const WORKERS = Symbol('WorkerHost');

const connectors: Connectors = { source: sourceCalls, target: targetCalls, masterData: masterDataCalls };

/** Wires the collector: one worker on leased connections. */
@Module({
  providers: [
    {
      provide: WORKERS,
      inject: [SERVICE],
      useFactory: (service: ServiceContext<WorkerConfig>) =>
        new WorkerHost({
          service,
          schema: 'collector',
          allowLoopbackVendors: service.config.allowLoopbackVendors,
          workers: (parts) => [createWorkerRunner({ ...parts, worker: readWorker(connectors) })],
        }),
    },
  ],
})
export class CollectorModule {}
