import { describe, expect, it } from 'vitest';
import { systemRandomness, systemTimers } from './ports.js';

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

describe('systemRandomness', () => {
  it('gives no byte twice, whatever the sizes of the draws', () => {
    const sizes = Array.from({ length: 3_000 }, (_, at) => 8 + ((at * 37) % 600));
    const drawn = sizes.map((size) => systemRandomness.bytes(size));
    expect(drawn.map(({ length }) => length)).toEqual(sizes);
    // Eight equal bytes at the same place of two draws do not happen by chance.
    expect(new Set(drawn.map((bytes) => bytes.toString('hex', 0, 8))).size).toBe(sizes.length);
  });

  it('leaves what it gave to its owner', () => {
    const first = systemRandomness.bytes(16);
    const before = first.toString('hex');
    for (let draw = 0; draw < 1_000; draw++) systemRandomness.bytes(16);
    expect(first.toString('hex')).toBe(before);
  });
});
