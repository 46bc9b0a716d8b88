import { describe, expect, it } from 'vitest';
import { systemTimers } from './ports.js';

describe('systemTimers', () => {
  it('does not fire a wait longer than 2^31 ms at once', async () => {
    let fired = false;
    const cancel = systemTimers.after(2 ** 40, () => {
      fired = true;
    });
    await systemTimers.sleep(5);
    cancel();
    expect(fired).toBe(false);
  });

  it('rejects a sleep whose signal is aborted, with the reason', async () => {
    const stop = new AbortController();
    const sleeping = systemTimers.sleep(60_000, stop.signal);
    stop.abort(new Error('stopping'));
    await expect(sleeping).rejects.toThrow('stopping');
  });

  it('refuses an interval that Node would run every millisecond', () => {
    expect(() => systemTimers.every(0, () => {})).toThrow(RangeError);
    expect(() => systemTimers.every(2 ** 31, () => {})).toThrow(RangeError);
  });
});
