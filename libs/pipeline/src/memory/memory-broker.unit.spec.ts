import { brokerContract } from '../broker.contract.js';
import { MemoryBroker, MemoryLog } from './memory-broker.js';

brokerContract('broker in memory', async () => {
  const log = new MemoryLog({ shards: 4, batchSize: 3 });
  return () => new MemoryBroker(log);
});
