import { type AnyMessage, decode, type LogRecord, UnreadableRecord } from '@voucherline/contracts';
import type { KeyState } from './key-state.js';
import { keyOf } from './parking.js';

/** What made the stage think: a message, or an action of a person. */
export interface Cause {
  readonly id: string;
  readonly time: string;
  readonly traceparent?: string;
  /** Set for actions: what is parked again because of one is a new fact. */
  readonly action?: string;
}

/** The cause that a record is by itself, be it readable or not. */
export function causeOfRecord({ topic, partition, offset, timestamp, headers }: LogRecord): Cause {
  return {
    id: headers.ce_id ?? `${topic}/${partition}@${offset}`,
    time: new Date(timestamp).toISOString(),
    ...(headers.traceparent !== undefined && { traceparent: headers.traceparent }),
  };
}

/** A record's message, or why it can't be read. */
export function readable(record: LogRecord): AnyMessage | UnreadableRecord {
  try {
    return decode(record);
  } catch (error) {
    if (error instanceof UnreadableRecord) return error;
    throw error;
  }
}

/** A record's place in its source's order, by its headers alone: what can't be read has its turn all the same. */
export function placeInOrder(record: LogRecord): { source: string; sequence: number | undefined } {
  const { ce_source: source = '', ce_sequence: text = '' } = record.headers;
  // Records that share a state only because their keys can't be kept have no order among each other.
  const ordered = source !== '' && /^\d{1,15}$/.test(text) && keyOf(record) === record.key;
  return { source, sequence: ordered ? Number(text) : undefined };
}

/** Whether a record was seen before, is next, or comes before its predecessor. The first of a source is its base. */
export function turnOf(state: KeyState<unknown>, record: LogRecord): 'past' | 'now' | 'early' {
  const { source, sequence } = placeInOrder(record);
  const last = state.seen[record.topic]?.[source];
  if (sequence === undefined || last === undefined || sequence === last + 1) return 'now';
  return sequence <= last ? 'past' : 'early';
}

/** Counts a record as seen. */
export function see(state: KeyState<unknown>, record: LogRecord): void {
  const { source, sequence } = placeInOrder(record);
  if (sequence === undefined) return;
  const sources = state.seen[record.topic];
  if (sources) sources[source] = sequence;
  else state.seen[record.topic] = { [source]: sequence };
}
