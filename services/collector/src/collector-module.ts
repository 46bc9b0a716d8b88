import { Module } from '@nestjs/common';
import { sourceCalls } from '@voucherline/connectors/calls';
import { SERVICE, type ServiceContext } from '@voucherline/platform';
import { createWorkerRunner, type WorkerConfig, WorkerHost } from '@voucherline/work';
import { readWorker } from './read-worker.js';

/** Token of the runner. */
export const WORKERS = Symbol('WorkerHost');

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
          workers: (parts) => [createWorkerRunner({ ...parts, worker: readWorker(sourceCalls) })],
        }),
    },
  ],
})
export class CollectorModule {}
