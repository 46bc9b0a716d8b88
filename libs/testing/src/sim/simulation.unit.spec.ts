import { describe, expect, it, vi } from 'vitest';
import { Chronicle } from './chronicle.js';
import { historyOf } from './history.js';
import { checkInvariants } from './invariants/index.js';
import { Scene } from './scene.js';
import { trapped } from './traps.js';
import { World } from './world.js';

// Seconds of computing, more on a machine that does other things too.
vi.setConfig({ testTimeout: 300_000 });

/** Histories of a unit test; `npm run sim` has as many as one likes. */
const SEEDS = 3;

describe('a simulated history', () => {
  it.each(Array.from({ length: SEEDS }, (_, n) => n + 1))('of seed %i breaks no invariant', async (seed) => {
    const { failure, figures } = await historyOf(seed);
    expect(failure).toBeUndefined();
    expect(figures.vouchers).toBeGreaterThan(0);
  });

  it('is the same again for the same seed, and another one for another', async () => {
    const [first, again, other] = [await historyOf(3), await historyOf(3), await historyOf(9)];
    expect(again.hash).toBe(first.hash);
    expect(again.figures).toEqual(first.figures);
    expect(other.hash).not.toBe(first.hash);
  });

  it('hashes alike whether its steps are kept or not', () => {
    const clock = { now: () => 0 };
    const [short, long] = [new Chronicle(clock, false), new Chronicle(clock, true)];
    for (const chronicle of [short, long]) chronicle.note('a step');
    expect(long.lines).toEqual(['0.000 a step\n']);
    expect(short.hash()).toBe(long.hash());
  });

  it.each([
    ['the time of day', () => Date.now(), /Date|now was called/],
    ['chance', () => Math.random(), /random was called/],
    ['a timer', () => clearTimeout(setTimeout(() => {}, 0)), /setTimeout was called/],
  ])('must not draw on %s', async (_, draw, words) => {
    await expect(
      trapped(async () => {
        draw();
      }),
    ).rejects.toThrow(words);
  });
});

describe('the invariants', () => {
  it('notice a second voucher, and one that nobody approved', () => {
    const scene = new Scene(new World(1, false));
    expect(() => checkInvariants(scene)).not.toThrow();
    const { id } = scene.book.add({
      ...{ form: 'GL_VOUCHER', key: 'k', amount: { amount: '1', currency: 'CNY' }, date: '2026-03-31' },
      ...{ ours: true, createdAt: 0, visibleAt: 0 },
    });
    scene.book.change(id, { stage: 'posted' });
    expect(() => checkInvariants(scene)).toThrow(
      `I2 no voucher without an approval: document ${id} (posted) is nobody's`,
    );
    const copy = scene.book.add({ ...scene.book.get(id), form: 'GL_VOUCHER' } as Parameters<typeof scene.book.add>[0]);
    scene.book.change(copy.id, { stage: 'posted' });
    expect(() => checkInvariants(scene)).toThrow(`I1 every approval that holds has exactly one voucher: ${copy.id}`);
  });

  it('notice a create that follows another without a look-up', () => {
    const scene = new Scene(new World(1, false));
    scene.requests.decided.push({ operation: 'create', about: 'k' }, { operation: 'create', about: 'k' });
    expect(() => checkInvariants(scene)).toThrow(/^I7/);
  });
});
