import type { Topic } from '@voucherline/contracts';
import type { Broker } from '@voucherline/pipeline';

/** Where a reader stands in a partition: the next offset, and the id of the record before it. */
export interface ReadPosition {
  readonly topic: Topic;
  readonly partition: number;
  readonly position: bigint;
  readonly lastId: string;
}

/** How a log that does not have a position, or has another record before it, differs from the one that was read (F14, F15). */
export async function misfitOf(broker: Broker, at: ReadPosition): Promise<string | undefined> {
  const { topic, partition, position, lastId } = at;
  const range = (await broker.offsets(topic)).find((one) => one.partition === partition);
  const where = `${topic}/${partition} was read up to ${position}`;
  if (range === undefined) return `${where}, but the log has no such partition`;
  if (position < range.low || position > range.high) {
    return `${where}, but the log has ${range.low} to ${range.high}`;
  }
  if (position === range.low) return undefined;
  for await (const [last] of broker.read(topic, partition, position - 1n, position)) {
    if (last === undefined || (last.headers.ce_id ?? '') === lastId) return undefined;
    return `${where}, but the last record before it is another one`;
  }
  return undefined;
}
