import { type AnyMessage, decode, type Topic } from '@voucherline/contracts';
import type { MemoryLog } from '../memory/memory-broker.js';

/** What a reader of a topic makes of it: per key, in order, repetitions left out. @throws when it meets a gap */
export function readBySequence(log: MemoryLog, topic: Topic): Map<string, AnyMessage[]> {
  const keys = new Map<string, AnyMessage[]>();
  for (let partition = 0; partition < log.shards; partition++) {
    for (const record of log.partition(topic, partition)) {
      const message = decode(record);
      const taken = keys.get(message.key) ?? [];
      keys.set(message.key, taken);
      const { sequence = 0 } = message;
      if (sequence > taken.length + 1) throw new Error(`${topic} ${message.key}: ${sequence} after ${taken.length}`);
      const before = taken[sequence - 1];
      if (before === undefined) taken.push(message);
      else if (before.id !== message.id) throw new Error(`${topic} ${message.key}: ${sequence} is two messages`);
    }
  }
  return keys;
}
