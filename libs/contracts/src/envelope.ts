import { MESSAGES, type MessageType, type MessageTypes } from './messages/index.js';
import type { Topic } from './topics.js';

/**
 * A message in the words of CloudEvents 1.0. `key` is the Kafka key (the subject from end to end).
 * `sequence` counts, from 1, the messages of one `source` for one `key` on one topic; unsequenced topics have none.
 */
export interface Message<T extends MessageType = MessageType> {
  readonly id: string;
  readonly source: string;
  readonly type: T;
  readonly key: string;
  /** When the fact happened (RFC 3339), by the input that caused it; never the time of publishing. */
  readonly time: string;
  readonly sequence?: number;
  /** Id of the message that caused this one. */
  readonly causation?: string;
  /** Offset of `configuration.published` up to which the writer had read when it decided this. */
  readonly configuration?: number;
  readonly traceparent?: string;
  readonly data: MessageTypes[T];
}

/** A message of any type, discriminated by `type`. */
export type AnyMessage = { [T in MessageType]: Message<T> }[MessageType];

/** A record as Kafka keeps it: CloudEvents' binary mode of the Kafka protocol binding, value in JSON. */
export interface EncodedRecord {
  readonly key: string;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** A record as it came out of Kafka. */
export interface LogRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly timestamp: number;
  readonly key: string | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** A record whose bytes can't be read as a message of ours: names the part at fault. The pipeline parks such records. */
export class UnreadableRecord extends Error {
  override readonly name = 'UnreadableRecord';
}

/** Puts a message into Kafka's form. */
export function encode(message: AnyMessage): EncodedRecord {
  const headers: Record<string, string> = {
    ce_specversion: '1.0',
    ce_id: message.id,
    ce_source: message.source,
    ce_type: message.type,
    ce_time: message.time,
    ce_dataversion: String(MESSAGES[message.type].version),
    'content-type': 'application/json',
  };
  if (message.sequence !== undefined) headers.ce_sequence = String(message.sequence);
  if (message.causation !== undefined) headers.ce_causation = message.causation;
  if (message.configuration !== undefined) headers.ce_configuration = String(message.configuration);
  if (message.traceparent !== undefined) headers.traceparent = message.traceparent;
  return { key: message.key, value: Buffer.from(JSON.stringify(message.data)), headers };
}

function required(headers: Readonly<Record<string, string>>, name: string): string {
  const value = headers[name];
  if (value === undefined || value === '') throw new UnreadableRecord(`header ${name} is missing`);
  return value;
}

function count(headers: Readonly<Record<string, string>>, name: string): number | undefined {
  const text = headers[name];
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text)) throw new UnreadableRecord(`header ${name} "${text}" is no count`);
  return Number(text);
}

function parseData(value: Buffer | null): unknown {
  if (value === null) throw new UnreadableRecord('the record has no value');
  let data: unknown;
  try {
    data = JSON.parse(value.toString('utf8'));
  } catch (cause) {
    throw new UnreadableRecord('the value is no JSON', { cause });
  }
  if (data === null || typeof data !== 'object' || Array.isArray(data)) {
    throw new UnreadableRecord('the value is no JSON object');
  }
  return data;
}

/** Reads a record of one of our topics. @throws {UnreadableRecord} when a header or the value is not what a writer of ours sends. */
export function decode(record: LogRecord): AnyMessage {
  const { headers } = record;
  const type = required(headers, 'ce_type');
  if (!Object.hasOwn(MESSAGES, type)) throw new UnreadableRecord(`message type "${type}" is not known`);
  const declared = MESSAGES[type as MessageType];
  if (declared.topic !== record.topic) throw new UnreadableRecord(`${type} does not belong on ${record.topic}`);
  const version = count(headers, 'ce_dataversion');
  if (version !== declared.version) {
    throw new UnreadableRecord(
      `${type} version ${version ?? 'missing'} is not known here (newest: ${declared.version})`,
    );
  }
  if (record.key === null || record.key === '') throw new UnreadableRecord('the record has no key');
  const sequence = count(headers, 'ce_sequence');
  const configuration = count(headers, 'ce_configuration');
  return {
    id: required(headers, 'ce_id'),
    source: required(headers, 'ce_source'),
    type,
    key: record.key,
    time: required(headers, 'ce_time'),
    ...(sequence !== undefined && { sequence }),
    ...(headers.ce_causation !== undefined && { causation: headers.ce_causation }),
    ...(configuration !== undefined && { configuration }),
    ...(headers.traceparent !== undefined && { traceparent: headers.traceparent }),
    data: parseData(record.value),
  } as AnyMessage;
}

/** The topic a message type is published on. */
export function topicOf(type: MessageType): Topic {
  return MESSAGES[type].topic;
}
