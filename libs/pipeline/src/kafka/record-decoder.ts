import { createRequire } from 'node:module';

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

type HeaderValue = string | null;

/** What kafkajs hands on as a message. */
interface DecodedRecord {
  readonly magicByte: number | undefined;
  readonly attributes: number;
  readonly timestamp: string;
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** As text, which all of ours are; kafkajs gives bytes. A header that is there several times has a list. */
  readonly headers: Record<string, HeaderValue | HeaderValue[]>;
  readonly isControlRecord: boolean;
  readonly batchContext: BatchContext;
}

type DecodeRecord = (decoder: Decoder, batch: BatchContext) => DecodedRecord;

const require = createRequire(import.meta.url);
const MODULE = require.resolve('kafkajs/src/protocol/recordBatch/record/v0/decoder.js');

/** kafkajs' own. */
export const decodeByKafkajs = require(MODULE) as (decoder: Decoder, batch: BatchContext) => object;

/**
 * Puts the decoder below in the place of kafkajs' own, which copies all headers of a record for each one more, and makes a
 * buffer and an object of each: for ten headers that took longer than all else of reading a record. kafkajs loads it with the
 * first answer to a fetch, so this has to come before. Made for kafkajs 2.2.4, whose version is pinned; a test compares both.
 */
export function replaceRecordDecoder(): void {
  const loaded = require.cache[MODULE];
  if (loaded === undefined) throw new Error('kafkajs has its record decoder elsewhere; this was written for 2.2.4');
  loaded.exports = decodeRecord;
}

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

/** Reads Kafka's types of variable length, one behind the other. */
class ByteReader {
  readonly #buffer: Buffer;
  #at: number;

  constructor(buffer: Buffer, at: number) {
    this.#buffer = buffer;
    this.#at = at;
  }

  int8(): number {
    this.#at += 1;
    return this.#buffer.readInt8(this.#at - 1);
  }

  /** Zigzag, seven bits a byte, the lowest first. Exact up to 53 bits; times and lengths have fewer. */
  varint(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.#buffer[this.#at++] ?? 0;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
      scale *= 0x80;
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** Shares the buffer's memory. */
  bytes(): Buffer | null {
    const length = this.varint();
    if (length < 0) return null;
    this.#at += length;
    return this.#buffer.subarray(this.#at - length, this.#at);
  }

  text(): string | null {
    const length = this.varint();
    return length < 0 ? null : this.#textOf(length);
  }

  /** Text that is probably this one: compared, which is faster than made. */
  textLike(guess: string | undefined): string {
    const length = this.varint();
    if (guess === undefined || guess.length !== length || !this.#isAscii(guess)) return this.#textOf(length);
    this.#at += length;
    return guess;
  }

  #isAscii(text: string): boolean {
    for (let i = 0; i < text.length; i++) if (this.#buffer[this.#at + i] !== text.charCodeAt(i)) return false;
    return true;
  }

  #textOf(length: number): string {
    this.#at += length;
    return this.#buffer.toString('utf8', this.#at - length, this.#at);
  }
}
