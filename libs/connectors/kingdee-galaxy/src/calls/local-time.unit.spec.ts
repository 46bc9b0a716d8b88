import { describe, expect, it } from 'vitest';
import { momentOf } from './local-time.js';

describe('a local time', () => {
  it.each([
    ['2024-01-10T08:30:00', 'Asia/Shanghai', '2024-01-10T00:30:00.000Z'],
    ['2024-01-10 08:30:00.277', 'Asia/Shanghai', '2024-01-10T00:30:00.277Z'],
    ['2024-01-10T08:30:00.2771234', 'UTC', '2024-01-10T08:30:00.277Z'],
    ['2024-07-10T08:30:00', 'Europe/Berlin', '2024-07-10T06:30:00.000Z'],
    ['2024-03-31T03:30:00', 'Europe/Berlin', '2024-03-31T01:30:00.000Z'],
  ])('%s in %s is %s', (local, zone, utc) => {
    expect(new Date(momentOf(local, zone) ?? 0).toISOString()).toBe(utc);
  });

  it.each(['', '2024-01-10', '2024-13-10T00:00:00', '/Date(1)/'])('is none: %j', (text) => {
    expect(momentOf(text, 'Asia/Shanghai')).toBeUndefined();
  });
});
