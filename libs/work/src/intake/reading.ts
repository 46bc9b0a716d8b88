import { type AnyMessage, decode, type LogRecord, TOPICS, type Topic, UnreadableRecord } from '@voucherline/contracts';
import type { Chain, ChainPosition } from '@voucherline/store';

/** A record as far as it can be read. */
export interface Reading {
  readonly record: LogRecord;
  readonly message?: AnyMessage;
  /** What is wrong with it, when it is no message. Names the part at fault, never its content. */
  readonly fault?: string;
  /** Its number in the chain it belongs to; read from the headers alone, so that its followers know what they wait for. */
  readonly place?: ChainPosition;
}

export function read(record: LogRecord): Reading {
  const place = placeOf(record);
  const known = { record, ...(place !== undefined && { place }) };
  try {
    return { ...known, message: decode(record) };
  } catch (error) {
    if (!(error instanceof UnreadableRecord)) throw error;
    return { ...known, fault: error.message };
  }
}

export const chainId = ({ source, topic, key }: Chain): string => JSON.stringify([source, topic, key]);

/** The number of a record in its chain, from its headers; undefined where it has none. */
export function placeOf({ topic, key, headers }: LogRecord): ChainPosition | undefined {
  const { ce_source: source, ce_sequence: sequence } = headers;
  if (!TOPICS[topic as Topic].sequenced || key === null || source === undefined) return undefined;
  return /^[1-9]\d{0,14}$/.test(sequence ?? '') ? { source, topic, key, seq: Number(sequence) } : undefined;
}
