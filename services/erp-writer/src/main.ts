import { loadConfig, runService } from '@voucherline/platform';
import { WorkerConfig } from '@voucherline/work';
import { ErpWriterModule, STOPPED_VOUCHERS, WORKERS } from './erp-writer-module.js';

await runService({
  name: 'erp-writer',
  config: loadConfig(WorkerConfig, process.env),
  module: ErpWriterModule,
  runners: [WORKERS, STOPPED_VOUCHERS],
});
