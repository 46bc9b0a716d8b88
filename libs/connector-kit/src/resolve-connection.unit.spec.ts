import type { ConnectionContent } from '@voucherline/contracts';
import { fakeClock, type Secret } from '@voucherline/platform';
import { describe, expect, it } from 'vitest';
import { resolveConnection } from './resolve-connection.js';

const content = { name: 'oa', secrets: { token: 'oa-token' } } as unknown as ConnectionContent;

describe('a connection with its secrets', () => {
  it('takes up a rotation within half a minute, without being made anew', async () => {
    const clock = fakeClock(0);
    let secret: Secret = { current: 'old' };
    const connection = resolveConnection(content, { resolve: () => secret }, clock);
    secret = { current: 'new', previous: { value: 'old', until: 1e12 } };
    expect(connection.secrets.token).toEqual({ current: 'old' });
    await clock.advance(30_000);
    expect(connection.secrets.token).toEqual({ current: 'new', previous: 'old' });
  });

  it('that is missing is told at once', () => {
    const resolve = () => {
      throw new Error('secret oa-token is missing');
    };
    expect(() => resolveConnection(content, { resolve }, fakeClock(0))).toThrow('oa-token is missing');
  });
});
