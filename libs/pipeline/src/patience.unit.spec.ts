import { fakeClock } from '@voucherline/platform';
import { describe, expect, it } from 'vitest';
import { atMost } from './patience.js';

describe('atMost', () => {
  it('waits for what settles in time, well or not, and leaves no timer behind', async () => {
    const clock = fakeClock();
    await atMost(clock, 1_000, Promise.resolve());
    await atMost(clock, 1_000, Promise.reject(new Error('away')));
    await atMost(clock, 1_000, undefined);
    expect(clock.pending()).toBe(0);
  });

  it('gives up on what does not', async () => {
    const clock = fakeClock();
    let over = false;
    const waiting = atMost(clock, 1_000, new Promise(() => {})).then(() => {
      over = true;
    });
    await clock.advance(999);
    expect(over).toBe(false);
    await clock.advance(1);
    await waiting;
    expect(over).toBe(true);
  });
});
