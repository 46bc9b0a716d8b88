import { loadConfig, runService } from '@voucherline/platform';
import { WorkerConfig } from '@voucherline/work';
import { CollectorModule, WORKERS } from './collector-module.js';

await runService({
  name: 'collector',
  config: loadConfig(WorkerConfig, process.env),
  module: CollectorModule,
  runners: [WORKERS],
});
