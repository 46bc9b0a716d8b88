import { randomUUID } from 'node:crypto';
import { createLogger } from '@voucherline/platform';
import { inject } from 'vitest';
import { brokerContract } from '../broker.contract.js';
import { createKafkaBroker } from './kafka-broker.js';

brokerContract('broker on Kafka', async () => {
  const topicPrefix = `t${randomUUID().slice(0, 8)}.`;
  const logger = createLogger({ service: 'x', level: 'debug' });
  const open = () => createKafkaBroker({ brokers: [inject('kafkaBrokers')], clientId: 'test', topicPrefix, logger });
  const admin = open();
  await admin.createTopics(4);
  await admin.close();
  return open;
});
