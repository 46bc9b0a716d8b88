import { describe, expect, it } from 'vitest';
import { fakeClock, seededRandomness } from './fakes.js';

describe('fakeClock', () => {
  it('fires timers in due order and shows the due time while they run', async () => {
    const clock = fakeClock(1000);
    const seen: [string, number][] = [];
    clock.after(30, () => seen.push(['late', clock.now()]));
    clock.after(10, () => seen.push(['early', clock.now()]));
    const stop = clock.every(20, () => seen.push(['tick', clock.now()]));
    await clock.advance(45);
    stop();
    expect(seen).toEqual([
      ['early', 1010],
      ['tick', 1020],
      ['late', 1030],
      ['tick', 1040],
    ]);
    expect(clock.now()).toBe(1045);
    expect(clock.pending()).toBe(0);
  });

  it('meets waits that are planned after an await', async () => {
    const clock = fakeClock(0);
    const woken: number[] = [];
    const loop = (async () => {
      for (let i = 0; i < 3; i++) {
        await clock.sleep(100);
        woken.push(clock.now());
      }
    })();
    await clock.advance(300);
    await loop;
    expect(woken).toEqual([100, 200, 300]);
  });

  it('rejects an aborted sleep with the reason and forgets its timer', async () => {
    const clock = fakeClock(0);
    const stop = new AbortController();
    const sleeping = clock.sleep(1000, stop.signal);
    stop.abort(new Error('stopping'));
    await expect(sleeping).rejects.toThrow('stopping');
    await expect(clock.sleep(1, stop.signal)).rejects.toThrow('stopping');
    expect(clock.pending()).toBe(0);
  });

  it('does not fire what was cancelled by an earlier timer', async () => {
    const clock = fakeClock(0);
    let fired = false;
    const cancel = clock.after(20, () => {
      fired = true;
    });
    clock.after(10, cancel);
    await clock.advance(100);
    expect(fired).toBe(false);
  });
});

describe('seededRandomness', () => {
  it('repeats with the seed and differs between seeds', () => {
    const draw = (seed: number) => {
      const random = seededRandomness(seed);
      return [random.uuid(), random.bytes(4).toString('hex'), random.float()];
    };
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
    expect(draw(1)[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
