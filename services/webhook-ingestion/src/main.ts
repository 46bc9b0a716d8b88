import { loadConfig, runService } from '@voucherline/platform';
import { IngestionConfig } from './ingestion-config.js';
import { IngestionModule, LOG } from './ingestion-module.js';

const config = loadConfig(IngestionConfig, process.env);
await runService({
  name: 'webhook-ingestion',
  config,
  module: IngestionModule,
  runners: [LOG],
  http: { host: config.httpHost, port: config.httpPort },
});
