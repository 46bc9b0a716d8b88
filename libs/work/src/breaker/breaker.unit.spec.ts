import { describe, expect, it } from 'vitest';
import { Breaker } from './breaker.js';

const isTrouble = (outcome: string) => outcome === 'trouble';

function aBreaker() {
  let opened = 0;
  const breaker = new Breaker(() => {
    opened += 1;
  });
  const run = async (...outcomes: string[]) => {
    for (const outcome of outcomes) await breaker.run(async () => outcome, isTrouble).catch(() => {});
  };
  return { breaker, run, opened: () => opened };
}

describe('circuit breaker', () => {
  it('hands outcomes through, trouble too', async () => {
    const { breaker } = aBreaker();
    expect(await breaker.run(async () => 'fine', isTrouble)).toBe('fine');
    expect(await breaker.run(async () => 'trouble', isTrouble)).toBe('trouble');
  });

  it('opens after five in a row, however slowly they come', async () => {
    const { breaker, run, opened } = aBreaker();
    for (let n = 0; n < 4; n += 1) {
      await run('trouble');
      for (let second = 0; second < 60; second += 1) breaker.rotate();
    }
    expect(breaker.isOpen).toBe(false);
    await run('trouble');
    expect([breaker.isOpen, opened()]).toEqual([true, 1]);
  });

  it('opens when more than half of the last ten seconds failed', async () => {
    const { breaker, run } = aBreaker();
    await run('fine', 'fine', 'fine', 'trouble', 'trouble', 'fine', 'trouble', 'trouble', 'trouble');
    expect(breaker.isOpen).toBe(false);
    await run('fine', 'trouble', 'trouble');
    expect(breaker.isOpen).toBe(true);
  });

  it('forgets what is older than ten seconds', async () => {
    const { breaker, run } = aBreaker();
    await run('trouble', 'trouble', 'fine', 'trouble', 'trouble', 'fine', 'trouble', 'trouble');
    for (let second = 0; second < 10; second += 1) breaker.rotate();
    await run('fine', 'trouble', 'fine', 'trouble');
    expect(breaker.isOpen).toBe(false);
  });

  it('does not count a refusal or an error of our own code', async () => {
    const { breaker, run } = aBreaker();
    await run(...Array.from({ length: 20 }, () => 'refused'));
    for (let n = 0; n < 20; n += 1) {
      await breaker.run(() => Promise.reject(new Error('a bug')), isTrouble).catch(() => {});
    }
    expect(breaker.isOpen).toBe(false);
  });

  it('lets nothing through while it is open, and never opens itself half-way: only its owner closes it', async () => {
    const { breaker, run } = aBreaker();
    await run(...Array.from({ length: 5 }, () => 'trouble'));
    let called = false;
    const call = breaker.run(async () => {
      called = true;
      return 'fine';
    }, isTrouble);
    await expect(call).rejects.toMatchObject({ code: 'EOPENBREAKER' });
    expect(called).toBe(false);
    breaker.close();
    expect(await breaker.run(async () => 'fine', isTrouble)).toBe('fine');
    breaker.shutdown();
  });
});
