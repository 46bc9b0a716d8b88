import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import { brokerContract } from '../broker.contract.js';
import { createKafkaBroker } from './kafka-broker.js';

declare module 'vitest' {
  interface ProvidedContext {
    kafkaBrokers: string;
    databaseUrl: string;
  }
}

brokerContract('broker on Kafka', async () => {
  const topicPrefix = `t${randomUUID().slice(0, 8)}.`;
  const open = () => createKafkaBroker({ brokers: [inject('kafkaBrokers')], clientId: 'test', topicPrefix });
  const admin = open();
  await admin.createTopics(4);
  await admin.close();
  return open;
});
