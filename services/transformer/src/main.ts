import { loadConfig, runService } from '@voucherline/platform';
import { TransformerConfig } from './transformer-config.js';
import { STAGES, TransformerModule } from './transformer-module.js';

await runService({
  name: 'transformer',
  config: loadConfig(TransformerConfig, process.env),
  module: TransformerModule,
  runners: [STAGES],
});
