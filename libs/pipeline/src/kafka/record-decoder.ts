import { ByteReader } from './byte-reader.js';
import { KafkajsModule } from './kafkajs-module.js';

/** Where kafkajs has got to in the bytes of one record. */
interface Decoder {
  readonly buffer: Buffer;
  readonly offset: number;
}

/** What kafkajs knows of a record's batch; numbers of 64 bits are texts. */
interface BatchContext {
  readonly firstOffset: string;
  readonly firstTimestamp: string;
  readonly maxTimestamp?: string;
  readonly timestampType?: number;
  readonly magicByte?: number;
  readonly isControlBatch?: boolean;
}

/** Text, as all of ours are; kafkajs' own decoder gives bytes. */
type HeaderValue = string | Buffer | null;

/** What kafkajs hands on as a message. */
interface DecodedRecord {
  readonly magicByte: number | undefined;
  readonly attributes: number;
  readonly timestamp: string;
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** A header that is there several times has a list. */
  readonly headers: Record<string, HeaderValue | HeaderValue[]>;
  readonly isControlRecord: boolean;
  readonly batchContext: BatchContext;
}

type DecodeRecord = (decoder: Decoder, batch: BatchContext) => DecodedRecord;

/**
 * kafkajs' own copies all headers of a record for each one more, and makes a buffer and an object of each: for ten headers that took
 * longer than all else of reading a record.
 */
export const recordDecoder = new KafkajsModule<DecodeRecord>('protocol/recordBatch/record/v0/decoder.js');

const LOG_APPEND_TIME = 1;

/** Reads one record, its length aside: https://kafka.apache.org/documentation/#record */
export const decodeRecord: DecodeRecord = ({ buffer, offset: start }, batch) => {
  const from = new ByteReader(buffer, start);
  const attributes = from.int8();
  const timestampDelta = from.varint();
  const offsetDelta = from.varint();
  return {
    magicByte: batch.magicByte,
    attributes,
    timestamp:
      batch.timestampType === LOG_APPEND_TIME && batch.maxTimestamp !== undefined
        ? batch.maxTimestamp
        : String(Number(batch.firstTimestamp) + timestampDelta),
    offset: String(Number(batch.firstOffset) + offsetDelta),
    key: from.bytes(),
    value: from.bytes(),
    headers: headersFrom(from),
    isControlRecord: batch.isControlBatch ?? false,
    batchContext: batch,
  };
};

/** Names of headers, which hardly differ from one record to the next: the one in the same place is tried first. */
const names: string[] = [];
const MOST_NAMES = 100;

function headersFrom(from: ByteReader): DecodedRecord['headers'] {
  const headers: DecodedRecord['headers'] = {};
  const count = from.varint();
  for (let at = 0; at < count; at++) {
    const name = from.textLike(names[at]);
    if (at < MOST_NAMES) names[at] = name;
    const value = from.text();
    // Would be the object's prototype; no writer of ours has it.
    if (name === '__proto__') continue;
    const before = headers[name];
    if (before === undefined) headers[name] = value;
    else if (Array.isArray(before)) before.push(value);
    else headers[name] = [before, value];
  }
  return headers;
}
