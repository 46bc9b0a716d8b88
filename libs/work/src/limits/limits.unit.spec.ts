import { fakeClock } from '@voucherline/platform';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callsLeft, callsLeftForSweeps, SWEEP_INTERVAL, sweepIntervalFor } from './budget.js';
import { dayAt } from './calendar.js';
import { Gate, type Pass, type Priority } from './gate.js';
import { Spending } from './spending.js';
import { TokenBucket } from './token-bucket.js';

const at = (text: string) => Date.parse(text);

describe('token bucket', () => {
  it('never lets more through in a second than the rate and a tenth of it', () => {
    const rates = fc.double({ min: 0.2, max: 200, noNaN: true });
    fc.assert(
      fc.property(
        rates,
        fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 200 }),
        (rate, pauses) => {
          let now = 0;
          const bucket = new TokenBucket(rate, now);
          const drawn: number[] = [];
          for (const pause of pauses) {
            now += pause;
            if (bucket.waitMs(now) > 0) continue;
            bucket.draw(now);
            drawn.push(now);
          }
          for (const start of drawn) {
            const inSecond = drawn.filter((time) => time >= start && time < start + 1_000).length;
            expect(inSecond).toBeLessThanOrEqual(rate + Math.max(1, rate / 10) + 1e-6);
          }
        },
      ),
    );
  });

  it('tells a wait after which a token is there', () => {
    const bucket = new TokenBucket(0.5, 0);
    bucket.draw(0);
    expect(bucket.waitMs(0)).toBe(2_000);
    expect(bucket.waitMs(2_000)).toBe(0);
  });

  it('keeps its level when the clock is set back', () => {
    const bucket = new TokenBucket(10, 100_000);
    bucket.draw(100_000);
    expect(bucket.waitMs(50_000)).toBe(100);
    expect(bucket.waitMs(50_100)).toBe(0);
  });
});

describe('gate', () => {
  function entering(gate: Gate) {
    const entered: string[] = [];
    const passes = new Map<string, Pass>();
    const enter = (name: string, priority: Priority = 'finish') => {
      void gate.enter(priority).then((pass) => {
        entered.push(pass === undefined ? `${name} sent away` : name);
        if (pass !== undefined) passes.set(name, pass);
      });
    };
    return { entered, passes, enter };
  }

  it('lets finishing work in before sweeps that have waited longer', async () => {
    const clock = fakeClock();
    const gate = new Gate({ perSecond: 1_000, concurrency: 1 }, { clock, timers: clock });
    const { entered, passes, enter } = entering(gate);
    enter('first');
    enter('sweep', 'sweep');
    enter('hint');
    await clock.advance(10);
    passes.get('first')?.release();
    passes.get('first')?.release();
    await clock.advance(10);
    expect(entered).toEqual(['first', 'hint']);
    passes.get('hint')?.release();
    await clock.advance(10);
    expect(entered).toEqual(['first', 'hint', 'sweep']);
  });

  it('leaves a share of the rate to finishing work while sweeps go on', async () => {
    const clock = fakeClock();
    const gate = new Gate({ perSecond: 100, concurrency: 100 }, { clock, timers: clock });
    const { entered, enter } = entering(gate);
    for (let n = 0; n < 20; n += 1) enter(`sweep ${n}`, 'sweep');
    await clock.advance(0);
    const before = entered.length;
    enter('hint');
    await clock.advance(0);
    expect(entered.slice(before)).toEqual(['hint']);
  });

  it('sends everybody away when the connection rests, and wakes nobody later', async () => {
    const clock = fakeClock();
    const gate = new Gate({ perSecond: 1, concurrency: 1 }, { clock, timers: clock });
    const { entered, enter } = entering(gate);
    for (const name of ['a', 'b', 'c']) enter(name);
    await clock.advance(1);
    gate.empty();
    await clock.advance(10_000);
    expect(entered).toEqual(['a', 'b sent away', 'c sent away']);
    expect(clock.pending()).toBe(0);
  });

  it('widens step by step after a rest', async () => {
    const clock = fakeClock();
    const gate = new Gate({ perSecond: 1_000, concurrency: 5 }, { clock, timers: clock });
    gate.startRamp();
    const widths = [gate.capacity];
    for (let n = 0; n < 7; n += 1) {
      gate.succeeded();
      widths.push(gate.capacity);
    }
    expect(widths).toEqual([1, 2, 2, 4, 4, 4, 4, 5]);
  });
});

describe('day in a time zone', () => {
  it('turns with the local midnight, and knows what is left of the month', () => {
    expect(dayAt(at('2026-01-31T15:59:00Z'), 'Asia/Shanghai')).toMatchObject({ day: '2026-01-31', month: '2026-01' });
    expect(dayAt(at('2026-01-31T16:00:00Z'), 'Asia/Shanghai')).toMatchObject({ day: '2026-02-01', daysLeft: 28 });
    expect(dayAt(at('2028-02-28T12:00:00Z'), 'UTC').daysLeft).toBe(1.5);
    expect(dayAt(at('2026-12-31T23:59:00Z'), 'UTC').daysLeft).toBeCloseTo(1 / 1_440);
  });
});

describe('budget of a month', () => {
  const use = { perMonth: 10_000, spent: 4_000, daysLeft: 10, finishPerDay: 100 };

  it('sets aside what finishing work will need before sweeps get anything', () => {
    expect(callsLeft(use)).toBe(6_000);
    expect(callsLeftForSweeps(use)).toBe(6_000 - 1_250);
    expect(callsLeftForSweeps({ ...use, spent: 9_000 })).toBe(0);
    expect(callsLeft({ ...use, spent: 11_000 })).toBe(0);
  });

  it('spends what is left evenly until the month ends', () => {
    const interval = sweepIntervalFor(use, 5);
    const sweeps = (use.daysLeft * 86_400_000) / interval;
    expect(sweeps * 5).toBeCloseTo(4_750, 0);
  });

  it('sweeps as often as is useful without a limit, and once a day when nothing is left', () => {
    const { perMonth: _, ...unlimited } = use;
    expect(sweepIntervalFor(unlimited, 5)).toBe(SWEEP_INTERVAL.shortestMs);
    expect(sweepIntervalFor({ ...use, spent: 10_000 }, 5)).toBe(SWEEP_INTERVAL.longestMs);
  });

  it('never waits less when more was spent, or when a sweep costs more', () => {
    const spent = fc.integer({ min: 0, max: 12_000 });
    fc.assert(
      fc.property(
        spent,
        spent,
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 50 }),
        (a, b, cost, more) => {
          const [less, greater] = a < b ? [a, b] : [b, a];
          const interval = sweepIntervalFor({ ...use, spent: less }, cost);
          expect(sweepIntervalFor({ ...use, spent: greater }, cost)).toBeGreaterThanOrEqual(interval);
          expect(sweepIntervalFor({ ...use, spent: less }, cost + more)).toBeGreaterThanOrEqual(interval);
        },
      ),
    );
  });
});

describe('spending', () => {
  const now = at('2026-03-10T12:00:00Z');
  const days = [
    { connection: 'c', day: '2026-02-27', finish: 900, sweep: 900 },
    { connection: 'c', day: '2026-03-08', finish: 10, sweep: 50 },
    { connection: 'c', day: '2026-03-09', finish: 30, sweep: 50 },
  ];

  it('adds up this month and takes the last days as the measure of finishing work', () => {
    const spending = new Spending('UTC', days.slice(1));
    spending.count('finish', now);
    expect(spending.use(now, 1_000)).toMatchObject({ perMonth: 1_000, spent: 141, finishPerDay: 20 });
    expect(new Spending('UTC', days).use(now, 1_000).spent).toBe(140);
  });

  it('hands over each call once', () => {
    const spending = new Spending('UTC', []);
    spending.count('finish', now);
    spending.count('sweep', now);
    expect(spending.takeUnsaved('c')).toEqual([{ connection: 'c', day: '2026-03-10', finish: 1, sweep: 1 }]);
    expect(spending.takeUnsaved('c')).toEqual([]);
  });

  it('holds sweeps back while finishing work may still call', () => {
    const spending = new Spending('UTC', days);
    expect(spending.allows('sweep', now, 1_000)).toBe(false);
    expect(spending.allows('finish', now, 1_000)).toBe(true);
    expect(spending.allows('finish', now, 140)).toBe(false);
    expect(spending.allows('sweep', now, undefined)).toBe(true);
  });

  it('waits longer from sweep to sweep as sweeps turn out to cost more', () => {
    const spending = new Spending('UTC', []);
    const before = spending.sweepIntervalMs(now, 20_000);
    for (let n = 0; n < 2_000; n += 1) spending.count('sweep', now + n * 1_000);
    expect(spending.sweepIntervalMs(now + 2_000_000, 20_000)).toBeGreaterThan(before);
  });
});
