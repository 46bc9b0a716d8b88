import { describe, expect, it } from 'vitest';
import { seededRandomness } from './fakes.js';
import { childOf, newTrace, parseTraceparent } from './trace-context.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('traceparent', () => {
  it('reads the example of the standard', () => {
    expect(parseTraceparent(`00-${TRACE}-${SPAN}-01`)).toEqual({ traceId: TRACE, spanId: SPAN, sampled: true });
    expect(parseTraceparent(`00-${TRACE}-${SPAN}-00`)?.sampled).toBe(false);
    expect(parseTraceparent(`cc-${TRACE}-${SPAN}-01-what-comes-later`)?.traceId).toBe(TRACE);
  });

  it.each([
    undefined,
    '',
    `ff-${TRACE}-${SPAN}-01`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01-more`,
    `00-${TRACE}-${SPAN}`,
  ])('refuses %s', (traceparent) => {
    expect(parseTraceparent(traceparent)).toBeUndefined();
  });

  it('keeps the trace and the sampling of its parent and changes the span', () => {
    const child = parseTraceparent(childOf(`00-${TRACE}-${SPAN}-00`, seededRandomness(1)));
    expect(child).toMatchObject({ traceId: TRACE, sampled: false });
    expect(child?.spanId).not.toBe(SPAN);
  });

  it('starts a new trace where there is none to go on with', () => {
    const random = seededRandomness(1);
    const first = parseTraceparent(newTrace(random));
    const second = parseTraceparent(childOf('nonsense', random));
    expect(first?.sampled).toBe(true);
    expect(second?.traceId).not.toBe(first?.traceId);
  });

  it('never writes an id of zeros, which readers must refuse', () => {
    const zeros = { ...seededRandomness(1), bytes: (n: number) => Buffer.alloc(n) };
    expect(parseTraceparent(newTrace(zeros))).toBeDefined();
  });
});
