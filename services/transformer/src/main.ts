import { createServiceContext, loadConfig, runService } from '@voucherline/platform';
import { TransformerConfig } from './transformer-config.js';
import { STAGES, stageHost, TransformerModule } from './transformer-module.js';

const config = loadConfig(TransformerConfig, process.env);
if (process.argv[2] === 'rebuild') await stageHost(createServiceContext('transformer', config, process.env)).rebuild();
else await runService({ name: 'transformer', config, module: TransformerModule, runners: [STAGES] });
