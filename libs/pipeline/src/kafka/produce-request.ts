import { ByteWriter, UTF8_BYTES, VARINT_BYTES } from './byte-writer.js';
import { crc32c } from './crc32c.js';
import { KafkajsModule } from './kafkajs-module.js';

/** A message as `Producer` makes it: everything there and of one type. */
interface PlainMessage {
  readonly key: string;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  /** ms since the epoch, the same for all messages of a request. */
  readonly timestamp: string;
}

/** What kafkajs makes a request of; `M` is what is known of its messages. */
interface ProduceOptions<M> {
  readonly acks: number;
  readonly timeout: number;
  readonly transactionalId?: unknown;
  readonly producerId?: unknown;
  readonly compression?: unknown;
  readonly topicData: readonly TopicData<M>[];
}

interface TopicData<M> {
  readonly topic: string;
  readonly partitions: readonly { readonly partition: number; readonly messages: readonly M[] }[];
}

/** What kafkajs takes for one of its encoders. */
interface Encoded {
  readonly buf: Buffer;
  readonly buffer: Buffer;
}

type ProduceRequest = (options: ProduceOptions<object>) => { readonly encode: () => Promise<Encoded> };

/**
 * kafkajs' own makes a buffer of 512 bytes for each header, record, batch and partition, and copies each record again at every
 * level: more than a third of what it took to say a message. It still makes requests of any other shape. Newer versions of the
 * request are made of this one.
 */
export const requestModule = new KafkajsModule<ProduceRequest>('protocol/requests/produce/v3/request.js');

/** Writes all records into one buffer: https://kafka.apache.org/documentation/#messageformat */
export const produceRequest: ProduceRequest = (options) => {
  const request = requestModule.own(options);
  return isPlain(options) ? { ...request, encode: async () => encoded(options) } : request;
};

function isPlain(options: ProduceOptions<object>): options is ProduceOptions<PlainMessage> {
  const { transactionalId = null, producerId = NO_PRODUCER, compression = 0, topicData } = options;
  if (transactionalId !== null || producerId !== NO_PRODUCER || compression !== 0) return false;
  const partitions = topicData.flatMap((data) => data.partitions);
  return partitions.every(({ messages }) => messages.every((message) => isPlainMessage(message, messages[0])));
}

function isPlainMessage(message: Partial<PlainMessage>, first: Partial<PlainMessage> | undefined): boolean {
  const { key, value, headers, timestamp } = message;
  if (typeof key !== 'string' || !Buffer.isBuffer(value) || headers === undefined) return false;
  for (const name in headers) if (typeof headers[name] !== 'string') return false;
  return typeof timestamp === 'string' && timestamp === first?.timestamp;
}

function encoded({ acks, timeout, topicData }: ProduceOptions<PlainMessage>): Encoded {
  const into = new ByteWriter(mostBytes(topicData));
  into.int16(NO_TRANSACTION);
  into.int16(acks);
  into.int32(timeout);
  into.int32(topicData.length);
  for (const { topic, partitions } of topicData) {
    into.string(topic);
    into.int32(partitions.length);
    for (const { partition, messages } of partitions) {
      into.int32(partition);
      const size = into.later();
      writeBatch(into, messages);
      into.fill(size, into.at - size - 4);
    }
  }
  const bytes = into.bytes();
  return { buf: bytes, buffer: bytes };
}

const NO_TRANSACTION = -1;
const NO_PRODUCER = -1;
const MAGIC = 2;

function writeBatch(into: ByteWriter, messages: readonly PlainMessage[]): void {
  // The broker counts from its own offset and notes its own epoch.
  into.int64(0n);
  const length = into.later();
  into.int32(0);
  into.int8(MAGIC);
  const checksum = into.later();
  const checked = into.at;
  // No attributes: neither compressed nor part of a transaction.
  into.int16(0);
  into.int32(messages.length - 1);
  const time = BigInt(messages[0]?.timestamp ?? 0);
  into.int64(time);
  into.int64(time);
  into.int64(BigInt(NO_PRODUCER));
  into.int16(0);
  into.int32(0);
  into.int32(messages.length);
  for (const [at, message] of messages.entries()) into.framed(() => writeRecord(into, message, at));
  into.fill(checksum, crc32c(into.bytes(checked)));
  into.fill(length, into.at - length - 4);
}

function writeRecord(into: ByteWriter, { key, value, headers }: PlainMessage, at: number): void {
  // No attributes, and no time beyond that of the batch.
  into.int16(0);
  into.varint(at);
  into.varString(key);
  into.varint(value.length);
  into.raw(value);
  into.varint(Object.keys(headers).length);
  for (const name in headers) {
    into.varString(name);
    into.varString(headers[name] as string);
  }
}

/** The fields in front of a batch's records and of a partition's batch, rather too many. */
const BATCH_BYTES = 100;

function mostBytes(topicData: readonly TopicData<PlainMessage>[]): number {
  let bytes = BATCH_BYTES;
  for (const { topic, partitions } of topicData) {
    bytes += 6 + topic.length * UTF8_BYTES;
    for (const { messages } of partitions) {
      bytes += BATCH_BYTES;
      for (const message of messages) bytes += mostBytesOf(message);
    }
  }
  return bytes;
}

function mostBytesOf({ key, value, headers }: PlainMessage): number {
  let bytes = 2 + 5 * VARINT_BYTES + key.length * UTF8_BYTES + value.length;
  for (const name in headers) bytes += 2 * VARINT_BYTES + (name.length + (headers[name] as string).length) * UTF8_BYTES;
  return bytes;
}
