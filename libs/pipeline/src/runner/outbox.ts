import type { EncodedRecord, Topic } from '@voucherline/contracts';
import type { OutgoingRecord } from '../broker.js';

interface Head {
  readonly topic: Topic;
  readonly partition: number;
  readonly key: string;
  readonly headers: EncodedRecord['headers'];
  readonly bytes: number;
}

const LENGTH_BYTES = 4;

/** Encoded messages as one outbox row: the length of the heads, the heads as JSON, then the values byte for byte. */
export function packRecords(records: readonly OutgoingRecord[]): Buffer {
  const heads = records.map(({ topic, partition, record }): Head => {
    return { topic, partition, key: record.key, headers: record.headers, bytes: record.value.length };
  });
  const head = Buffer.from(JSON.stringify(heads));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(head.length);
  return Buffer.concat([length, head, ...records.map(({ record }) => record.value)]);
}

/** The messages that `packRecords` packed. */
export function unpackRecords(packed: Buffer): OutgoingRecord[] {
  let at = LENGTH_BYTES + packed.readUInt32BE();
  const heads = JSON.parse(packed.toString('utf8', LENGTH_BYTES, at)) as Head[];
  return heads.map(({ topic, partition, key, headers, bytes }) => {
    const value = packed.subarray(at, at + bytes);
    at += bytes;
    return { topic, partition, record: { key, headers, value } };
  });
}
