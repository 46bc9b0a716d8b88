import { expect, it } from 'vitest';
import { Pace } from './pace.js';

const MINUTE = 60_000;

it('tells from the last minute how long a backlog will take', () => {
  const pace = new Pace(0);
  for (let s = 0; s < 600; s += 1) pace.note(s * 1000);
  expect(pace.drainSeconds(300, 10 * MINUTE)).toBeGreaterThan(290);
  expect(pace.drainSeconds(300, 10 * MINUTE)).toBeLessThan(361);
});

it('counts from its own beginning while it is younger than that', () => {
  const pace = new Pace(55_000);
  for (let n = 0; n < 10; n += 1) pace.note(55_000 + n * 100);
  expect(pace.drainSeconds(20, 60_000)).toBe(10);
});

it('tells nothing while nothing gets done, and zero when nothing waits', () => {
  const pace = new Pace(0);
  pace.note(1000);
  expect(pace.drainSeconds(5, 2 * MINUTE)).toBeNull();
  expect(pace.drainSeconds(0, 2 * MINUTE)).toBe(0);
});
