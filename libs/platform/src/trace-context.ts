import type { Randomness } from './ports.js';

/** The parts of a `traceparent` header, lower-case hex (W3C Trace Context, level 1, §3.2). */
export interface TraceContext {
  /** 32 hex characters. */
  traceId: string;
  /** 16 hex characters: the step that sent the message. */
  spanId: string;
  sampled: boolean;
}

const SHAPE = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** Reads a `traceparent`; `undefined` when it is absent or malformed, which the standard asks to treat alike. */
export function parseTraceparent(traceparent: string | undefined): TraceContext | undefined {
  const [, traceId, spanId, flags, rest] = SHAPE.exec(traceparent ?? '') ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  // Version 00 has exactly four fields; only later versions may add some.
  if (rest !== undefined && traceparent?.startsWith('00')) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** A `traceparent` that starts a trace. */
export function newTrace(randomness: Randomness): string {
  return write(nonZeroHex(randomness, 16), randomness, true);
}

/** A `traceparent` for the next step of the same trace; of a new one when the given one can't be read. */
export function childOf(traceparent: string | undefined, randomness: Randomness): string {
  const parent = parseTraceparent(traceparent);
  return parent ? write(parent.traceId, randomness, parent.sampled) : newTrace(randomness);
}

function write(traceId: string, randomness: Randomness, sampled: boolean): string {
  return `00-${traceId}-${nonZeroHex(randomness, 8)}-${sampled ? '01' : '00'}`;
}

/** The standard forbids ids of zeros only. */
function nonZeroHex(randomness: Randomness, bytes: number): string {
  const hex = randomness.bytes(bytes).toString('hex');
  return /[^0]/.test(hex) ? hex : `${hex.slice(0, -1)}1`;
}
