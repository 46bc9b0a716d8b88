import type { LogRecord } from '@voucherline/contracts';
import type { IHeaders, KafkaMessage } from 'kafkajs';

/** A record as kafkajs decoded it, in our words. `topic` is our name of it, without the installation's prefix. */
export function logRecord(topic: string, partition: number, message: KafkaMessage): LogRecord {
  return {
    topic,
    partition,
    offset: BigInt(message.offset),
    timestamp: Number(message.timestamp),
    key: message.key === null ? null : message.key.toString(),
    value: message.value,
    headers: textHeaders(message.headers),
  };
}

function textHeaders(headers: IHeaders | undefined): Record<string, string> {
  const text: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    // A header that is there twice counts as its last value, as in other clients' `lastHeader`.
    const last = Array.isArray(value) ? value.at(-1) : value;
    if (last !== undefined && last !== null) text[name] = last.toString();
  }
  return text;
}
