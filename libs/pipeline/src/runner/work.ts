import type { LogRecord } from '@voucherline/contracts';
import type { KeyState } from './key-state.js';

/** A record that waits. */
export interface Held {
  readonly record: LogRecord;
  /** Whether the database has it already. */
  readonly stored: boolean;
}

/** A key in the works. */
export interface Work<S> {
  readonly key: string;
  readonly state: KeyState<S>;
  /** Records held for the key, by place, in no order. */
  readonly held: Map<string, Held>;
  /** Topics whose held records are being handled right now. */
  readonly draining: Set<string>;
}

export function placeOf({ topic, offset }: LogRecord): string {
  return `${topic}@${offset}`;
}

/** What is held of a topic, in order. */
export function heldOf(work: Work<unknown>, topic: string): Held[] {
  return [...work.held.values()]
    .filter(({ record }) => record.topic === topic)
    .sort((a, b) => Number(a.record.offset - b.record.offset));
}
