import { TOPICS, type Topic } from '@voucherline/contracts';
import { readDownstream } from '@voucherline/work/testing';
import type { Scene } from '../scene.js';
import { SHARDS } from '../world.js';

/** Revision n + 1 of a voucher starts after revision n was cancelled or reversed. */
export function* revisionsInOrder({ world }: Scene): Iterable<string> {
  const ended = new Set<string>();
  for (const { type, key, data } of world.said('VoucherPostingStarted', 'VoucherCancelled', 'VoucherReversed')) {
    const place = (revision: number) => `${key} ${data.voucher} ${revision}`;
    if (type !== 'VoucherPostingStarted') ended.add(place(data.revision));
    else if (data.revision > 0 && !ended.has(place(data.revision - 1))) yield `${place(data.revision)} began too early`;
  }
}

/** What a reader needs who ignores what it has seen: no gap, no number used for two messages. */
export function* numbersWithoutGap({ world }: Scene): Iterable<string> {
  for (const topic of Object.keys(TOPICS) as Topic[]) {
    if (!TOPICS[topic].sequenced) continue;
    for (let partition = 0; partition < SHARDS; partition++) {
      try {
        readDownstream(
          world.log.partition(topic, partition).map((record) => ({
            topic,
            partition,
            record: { ...record, key: record.key ?? '', value: record.value ?? Buffer.alloc(0) },
          })),
        );
      } catch (error) {
        yield `${topic}: ${error instanceof Error ? error.message : error}`;
      }
    }
  }
}
