import { fakeClock } from '@voucherline/platform';
import { describe, expect, it } from 'vitest';
import { createCallCache } from './call-cache.js';

describe('cache of tokens and sessions', () => {
  it('loads once for all who ask at the same time, until the entry expires', async () => {
    const clock = fakeClock();
    const cache = createCallCache(clock);
    let loads = 0;
    const get = () =>
      cache.get('token', async () => {
        loads += 1;
        await clock.sleep(100);
        return { value: `token ${loads}`, expiresAt: clock.now() + 1_000 };
      });
    const both = Promise.all([get(), get()]);
    await clock.advance(100);
    expect(await both).toEqual(['token 1', 'token 1']);
    await clock.advance(999);
    expect(await get()).toBe('token 1');
    await clock.advance(1);
    const next = get();
    await clock.advance(100);
    expect(await next).toBe('token 2');
  });

  it('keeps no failure', async () => {
    const cache = createCallCache(fakeClock());
    await expect(cache.get('token', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    expect(await cache.get('token', async () => ({ value: 'fine', expiresAt: Infinity }))).toBe('fine');
  });

  it('loads anew after a drop, also when one is just being loaded', async () => {
    const clock = fakeClock();
    const cache = createCallCache(clock);
    const slow = cache.get('token', async () => {
      await clock.sleep(100);
      return { value: 'refused', expiresAt: Infinity };
    });
    cache.drop('token');
    expect(await cache.get('token', async () => ({ value: 'new', expiresAt: Infinity }))).toBe('new');
    await clock.advance(100);
    expect(await slow).toBe('refused');
    expect(await cache.get('token', async () => ({ value: 'never', expiresAt: Infinity }))).toBe('new');
  });
});
