import { setTimeout as pause } from 'node:timers/promises';
import { Kafka, logLevel, Partitioners, type Producer } from 'kafkajs';

/** As many partitions as the product's topics have. */
export const PARTITIONS = 12;

export function kafkaAt(brokers: string): Kafka {
  return new Kafka({ clientId: 'bench-floor', brokers: [brokers], logLevel: logLevel.NOTHING });
}

/** Creates topics and waits until the broker knows them, which it says it does a moment too early. */
export async function createTopics(kafka: Kafka, topics: readonly string[]): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({
    waitForLeaders: false,
    topics: topics.map((topic) => ({ topic, numPartitions: PARTITIONS, replicationFactor: 1 })),
  });
  for (let tries = 0; ; tries++) {
    try {
      await admin.fetchTopicMetadata({ topics: [...topics] });
      break;
    } catch (error) {
      if (tries === 50) throw error;
      await pause(100);
    }
  }
  await admin.disconnect();
}

export async function connectedProducer(kafka: Kafka): Promise<Producer> {
  const producer = kafka.producer({
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  return producer;
}
