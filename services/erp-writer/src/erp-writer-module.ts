import { Module } from '@nestjs/common';
import { sourceCalls, targetCalls } from '@voucherline/connectors/calls';
import { SERVICE, type ServiceContext } from '@voucherline/platform';
import { exclusiveClaims, LEDGER_TABLES, openPool } from '@voucherline/store';
import { createWorkerRunner, type WorkerConfig, WorkerHost } from '@voucherline/work';
import { noteWorker } from './note/note-worker.js';
import { postWorker } from './post/post-worker.js';
import { countedLedger, StoppedVouchers } from './posting-metrics.js';

/** Tokens of the runners. */
export const WORKERS = Symbol('WorkerHost');
export const STOPPED_VOUCHERS = Symbol('StoppedVouchers');

const SCHEMA = 'erp_writer';

/** Wires the erp-writer: one worker on the targets, with the ledger in its commits, and one that writes back to the sources. */
@Module({
  providers: [
    {
      provide: WORKERS,
      inject: [SERVICE],
      useFactory: (service: ServiceContext<WorkerConfig>) =>
        new WorkerHost({
          service,
          schema: SCHEMA,
          tables: LEDGER_TABLES,
          allowLoopbackVendors: service.config.allowLoopbackVendors,
          workers: (parts) => [
            createWorkerRunner({
              ...parts,
              worker: postWorker(targetCalls, exclusiveClaims(parts.pool)),
              applyEffects: countedLedger(service.metrics),
            }),
            createWorkerRunner({ ...parts, worker: noteWorker(sourceCalls) }),
          ],
        }),
    },
    {
      provide: STOPPED_VOUCHERS,
      inject: [SERVICE],
      useFactory: ({ config, timers, metrics }: ServiceContext<WorkerConfig>) =>
        new StoppedVouchers(() => openPool(config.databaseUrl, { schema: SCHEMA, max: 1 }), timers, metrics),
    },
  ],
})
export class ErpWriterModule {}
