import { setTimeout as pause } from 'node:timers/promises';
import type { Topic } from '@voucherline/contracts';
import type { Broker } from '@voucherline/pipeline';

/** Looking costs the broker as much as some hundred records: so it is rare at first and often towards the end. */
const LOOK = { shortestMs: 20, longestMs: 500 } as const;
const STUCK_MS = 60_000;
/** A sweep may say a word of its own meanwhile. */
const BESIDES = 2;

/** Records that were ever written to a topic. */
export async function lengthOf(broker: Broker, topic: Topic): Promise<number> {
  const partitions = await broker.offsets(topic);
  return partitions.reduce((sum, { high }) => sum + Number(high), 0);
}

/**
 * Resolves once the topic has that many records.
 * @throws {Error} when it stops growing before, or grows beyond: then something else happened than what was measured.
 */
export async function untilLengthIs(broker: Broker, topic: Topic, length: number): Promise<void> {
  const first = { length: await lengthOf(broker, topic), at: Date.now() };
  let grown = { ...first };
  for (let now = first.length; now < length; now = await lengthOf(broker, topic)) {
    if (now > grown.length) grown = { length: now, at: Date.now() };
    if (Date.now() - grown.at > STUCK_MS) {
      throw new Error(`${topic} stays at ${now} of ${length} records for a minute`);
    }
    const perRecord = (Date.now() - first.at) / (now - first.length || 1);
    const halfOfTheRest = ((length - now) * perRecord) / 2;
    await pause(Math.min(LOOK.longestMs, Math.max(LOOK.shortestMs, halfOfTheRest)));
  }
  const end = await lengthOf(broker, topic);
  if (end > length + BESIDES) throw new Error(`${topic} has ${end} records, and should have ${length}`);
}
