import { ledgerFeatures } from './ledger.features.js';
import { MemoryLedger } from './memory-ledger.js';

ledgerFeatures('ledger in memory', async () => new MemoryLedger());
