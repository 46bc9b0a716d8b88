import { type EncodedRecord, encode, TOPICS, type Topic, topicOf } from '@voucherline/contracts';
import type { Outgoing, Unsequenced } from './work-store.js';

/** A run of numbers that a commit needs: how many messages of a source for one key on one topic. */
export interface SequenceRun {
  readonly source: string;
  readonly topic: Topic;
  readonly key: string;
  readonly count: number;
}

/** Messages that can't be published are refused before the commit: Kafka takes about a megabyte a record. */
const MOST_BYTES = 900_000;

/** A message is too large for the log; the change that says it can't be committed. */
export class MessageTooLarge extends Error {
  override readonly name = 'MessageTooLarge';
}

const runKey = (run: { source: string; topic: string; key: string }) =>
  JSON.stringify([run.source, run.topic, run.key]);

/** The numbers that these messages need; unsequenced topics need none. */
export function sequenceRuns(messages: readonly Unsequenced[]): readonly SequenceRun[] {
  const runs = new Map<string, SequenceRun>();
  for (const { source, type, key } of messages) {
    const topic = topicOf(type);
    if (!TOPICS[topic].sequenced) continue;
    const id = runKey({ source, topic, key });
    runs.set(id, { source, topic, key, count: (runs.get(id)?.count ?? 0) + 1 });
  }
  return [...runs.values()];
}

/**
 * Gives messages their numbers, in order, and encodes them. `last` holds the last number of each run after the commit.
 * The result keeps the order of `messages`.
 */
export function numbered(
  runs: readonly SequenceRun[],
  last: readonly { source: string; topic: string; key: string; seq: number }[],
): (message: Unsequenced) => Outgoing {
  const counts = new Map(runs.map((run) => [runKey(run), run.count]));
  const next = new Map(last.map((row) => [runKey(row), row.seq - (counts.get(runKey(row)) ?? 0)]));
  return (message) => {
    const topic = topicOf(message.type);
    const id = runKey({ source: message.source, topic, key: message.key });
    const before = next.get(id);
    if (before === undefined) return { topic, record: encode(message) };
    next.set(id, before + 1);
    return { topic, record: encode({ ...message, sequence: before + 1 } as Unsequenced) };
  };
}

/** @throws {MessageTooLarge} */
export function checkSizes(messages: readonly Unsequenced[]): void {
  for (const message of messages) {
    const bytes = Buffer.byteLength(JSON.stringify(message.data));
    if (bytes > MOST_BYTES) {
      throw new MessageTooLarge(`${message.type} ${message.id} has ${bytes} bytes; the log takes ${MOST_BYTES}`);
    }
  }
}

interface StoredRecord extends Omit<EncodedRecord, 'value'> {
  readonly topic: Topic;
  readonly value: string;
}

/** Values are JSON text, so they are kept as they are. */
export function packRecords(records: readonly Outgoing[]): string {
  const stored = records.map(
    ({ topic, record }): StoredRecord => ({ ...record, topic, value: record.value.toString() }),
  );
  return JSON.stringify(stored);
}

export function unpackRecords(text: string): readonly Outgoing[] {
  return (JSON.parse(text) as StoredRecord[]).map(({ topic, ...record }) => ({
    topic,
    record: { ...record, value: Buffer.from(record.value) },
  }));
}
