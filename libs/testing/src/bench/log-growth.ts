import { setTimeout as pause } from 'node:timers/promises';
import type { Topic } from '@voucherline/contracts';
import type { Broker } from '@voucherline/pipeline';

const LOOK_EVERY_MS = 20;
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
  let seen = -1;
  let since = Date.now();
  for (;;) {
    const now = await lengthOf(broker, topic);
    if (now > length + BESIDES) throw new Error(`${topic} has ${now} records, and should have ${length}`);
    if (now >= length) return;
    if (now !== seen) since = Date.now();
    else if (Date.now() - since > STUCK_MS)
      throw new Error(`${topic} stays at ${now} of ${length} records for a minute`);
    seen = now;
    await pause(LOOK_EVERY_MS);
  }
}
