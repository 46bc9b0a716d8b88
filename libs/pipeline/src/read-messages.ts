import { type AnyMessage, decode, type LogRecord, type Topic, UnreadableRecord } from '@voucherline/contracts';
import type { Broker } from './broker.js';
import { shardOf } from './shard-of.js';

/** A message with its place in the log. */
export interface Located {
  readonly message: AnyMessage;
  readonly record: LogRecord;
}

/**
 * All messages of a topic up to its end at the time of the call, partition by partition. For readers beside the line: what no
 * reader understands is parked by the services, and passed over here.
 */
export async function* readTopic(broker: Broker, topic: Topic): AsyncGenerator<Located> {
  for (const range of await broker.offsets(topic)) yield* readRange(broker, topic, range);
}

/** All messages of one key in these topics, topic by topic, each in its order. */
export async function readAbout(broker: Broker, key: string, topics: readonly Topic[]): Promise<readonly Located[]> {
  const found: Located[] = [];
  for (const topic of topics) {
    const ranges = await broker.offsets(topic);
    const range = ranges[shardOf(key, ranges.length)];
    if (range === undefined) continue;
    for await (const located of readRange(broker, topic, range)) {
      if (located.message.key === key) found.push(located);
    }
  }
  return found;
}

async function* readRange(
  broker: Broker,
  topic: Topic,
  { partition, low, high }: { readonly partition: number; readonly low: bigint; readonly high: bigint },
): AsyncGenerator<Located> {
  if (low === high) return;
  for await (const records of broker.read(topic, partition, low, high)) {
    for (const record of records) {
      const message = decodeIfReadable(record);
      if (message !== undefined) yield { message, record };
    }
  }
}

/** The message of a record, or undefined when nobody could read it. */
export function decodeIfReadable(record: LogRecord): AnyMessage | undefined {
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
