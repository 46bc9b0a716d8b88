import { type AnyMessage, decode, type LogRecord, type Topic, UnreadableRecord } from '@voucherline/contracts';
import type { Broker } from '@voucherline/pipeline';

/** A message with where it stands in the log. */
export interface Located {
  readonly message: AnyMessage;
  readonly record: LogRecord;
}

/**
 * All messages of a topic (or of one partition) up to its end at the time of the call. Unreadable records are skipped:
 * the services park them, and `parked list` shows them.
 */
export async function* readTopic(broker: Broker, topic: Topic, partition?: number): AsyncGenerator<Located> {
  for (const { partition: number, low, high } of await broker.offsets(topic)) {
    if ((partition !== undefined && number !== partition) || low === high) continue;
    for await (const records of broker.read(topic, number, low, high)) {
      for (const record of records) {
        const message = readable(record);
        if (message !== undefined) yield { message, record };
      }
    }
  }
}

function readable(record: LogRecord): AnyMessage | undefined {
  try {
    return decode(record);
  } catch (error) {
    if (error instanceof UnreadableRecord) return undefined;
    throw error;
  }
}

/** `topic/partition@offset`, as people can hand it to any Kafka client. */
export function place(record: LogRecord): string {
  return `${record.topic}/${record.partition}@${record.offset}`;
}
