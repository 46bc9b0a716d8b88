import { type EncodedRecord, encode, TOPICS, type Topic, topicOf } from '@voucherline/contracts';
import type { Chain, ChainPosition } from './intake-store.js';
import type { Outgoing, Unsequenced } from './work-store.js';

/** How many messages of a chain are said. */
export interface Run extends Chain {
  readonly topic: Topic;
  readonly count: number;
}

/** Messages that can't be published are refused before the commit: Kafka takes about a megabyte a record. */
const MOST_BYTES = 900_000;

/** A message is too large for the log; the change that says it can't be committed. */
export class MessageTooLarge extends Error {
  override readonly name = 'MessageTooLarge';
}

/** Encodes messages that get their numbers later. @throws {MessageTooLarge} */
export function encodeUnnumbered(messages: readonly Unsequenced[]): readonly Outgoing[] {
  return messages.map((message) => {
    const record = encode(message);
    if (record.value.length > MOST_BYTES) {
      throw new MessageTooLarge(
        `${message.type} ${message.id} has ${record.value.length} bytes; the log takes ${MOST_BYTES}`,
      );
    }
    return { topic: topicOf(message.type), record };
  });
}

/** The numbers that these records need; unsequenced topics need none. */
export function runsOf(records: readonly Outgoing[]): readonly Run[] {
  const runs = new Map<string, Run>();
  for (const outgoing of records) {
    const chain = chainOf(outgoing);
    if (chain === undefined) continue;
    runs.set(idOf(chain), { ...chain, count: (runs.get(idOf(chain))?.count ?? 0) + 1 });
  }
  return [...runs.values()];
}

/** Gives records their numbers, in order. @param last the last number of each of their runs */
export function withNumbers(records: readonly Outgoing[], last: readonly ChainPosition[]): readonly Outgoing[] {
  const counts = new Map(runsOf(records).map((run) => [idOf(run), run.count]));
  const next = new Map(last.map((row) => [idOf(row), row.seq - (counts.get(idOf(row)) ?? 0) + 1]));
  return records.map((outgoing) => {
    const chain = chainOf(outgoing);
    const number = chain === undefined ? undefined : next.get(idOf(chain));
    if (chain === undefined || number === undefined) return outgoing;
    next.set(idOf(chain), number + 1);
    const { topic, record } = outgoing;
    return { topic, record: { ...record, headers: { ...record.headers, ce_sequence: String(number) } } };
  });
}

function chainOf({ topic, record }: Outgoing): (Chain & { readonly topic: Topic }) | undefined {
  const source = record.headers.ce_source;
  return source !== undefined && TOPICS[topic].sequenced ? { source, topic, key: record.key } : undefined;
}

const idOf = ({ source, topic, key }: Chain) => JSON.stringify([source, topic, key]);

type Head = Omit<EncodedRecord, 'value'> & { readonly topic: Topic };

const BETWEEN_RECORDS = '\x1d';
const BEFORE_VALUE = '\x1f';

/** Values are JSON text, so they are kept as they are, and control characters can stand between them. At least one record. */
export function packRecords(records: readonly Outgoing[]): Buffer {
  const parts = records.flatMap(({ topic, record: { key, headers, value } }, i) => {
    const head: Head = { topic, key, headers };
    return [Buffer.from((i === 0 ? '' : BETWEEN_RECORDS) + JSON.stringify(head) + BEFORE_VALUE), value];
  });
  return Buffer.concat(parts);
}

export function unpackRecords(packed: Buffer): readonly Outgoing[] {
  return packed.toString().split(BETWEEN_RECORDS).map(unpackRecord);
}

function unpackRecord(packed: string): Outgoing {
  const [head = '', value = ''] = packed.split(BEFORE_VALUE);
  const { topic, ...record } = JSON.parse(head) as Head;
  return { topic, record: { ...record, value: Buffer.from(value) } };
}
