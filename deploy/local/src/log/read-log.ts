import { type AnyMessage, decode, type LogRecord, type Topic, UnreadableRecord } from '@voucherline/contracts';
import { type Broker, shardOf } from '@voucherline/pipeline';

/** A message with its place in the log. */
export interface Located {
  readonly message: AnyMessage;
  readonly record: LogRecord;
}

/** All messages of one key in these topics, topic by topic, each in its order. */
export async function readAbout(broker: Broker, key: string, topics: readonly Topic[]): Promise<readonly Located[]> {
  const found: Located[] = [];
  for (const topic of topics) {
    const partitions = await broker.offsets(topic);
    const shard = shardOf(key, partitions.length);
    for (const { partition, low, high } of partitions) {
      if (partition !== shard || low === high) continue;
      for await (const located of readRange(broker, { topic, partition, low, high })) {
        if (located.message.key === key) found.push(located);
      }
    }
  }
  return found;
}

/** All messages of a topic up to its end at the time of the call, partition by partition. */
export async function* readTopic(broker: Broker, topic: Topic): AsyncGenerator<Located> {
  for (const { partition, low, high } of await broker.offsets(topic)) {
    if (low < high) yield* readRange(broker, { topic, partition, low, high });
  }
}

async function* readRange(
  broker: Broker,
  { topic, partition, low, high }: { topic: Topic; partition: number; low: bigint; high: bigint },
): AsyncGenerator<Located> {
  for await (const records of broker.read(topic, partition, low, high)) {
    for (const record of records) {
      const message = readable(record);
      if (message !== undefined) yield { message, record };
    }
  }
}

/** What no reader understands is parked by the services; here it is skipped. */
function readable(record: LogRecord): AnyMessage | undefined {
  try {
    return decode(record);
  } catch (error) {
    if (error instanceof UnreadableRecord) return undefined;
    throw error;
  }
}

/** `topic/partition@offset`: names a message to any Kafka client. */
export function place({ topic, partition, offset }: LogRecord): string {
  return `${topic}/${partition}@${offset}`;
}
