import { describe, expect, it, vi } from 'vitest';
import { EDGES, type Edges } from '../edges/index.js';
import { explore } from './explore.js';
import { type ModelOptions, PRODUCT } from './model.js';

// Seconds of computing, more on a machine that does other things too.
vi.setConfig({ testTimeout: 60_000 });

// Narrow enough for a unit test; README.md says what wider bounds gave.
const bounds = { ...PRODUCT.bounds, takeOvers: 2, kills: 0, mark: 1 };
const product = (options: Partial<ModelOptions> = {}): ModelOptions => ({ ...PRODUCT, bounds, ...options });

/** Sabotage: a create in doubt is sent again without looking. */
const blindRetry: Edges = {
  ...EDGES,
  createInDoubt: { ...EDGES.createInDoubt, to: 'cleared', enter: () => ({ lookedUpAt: 0, found: [] }) },
};

describe('all interleavings of two workers, a network and a target that executes when it likes', () => {
  it.each([
    ['a create that carries the key', product()],
    ['a look-up that lags', product({ consistent: false })],
    ['a create without key (Push)', product({ createCarriesKey: false })],
    ['a direct post that the target refuses twice', product({ drafts: false, refusesSecondKey: true })],
  ])('%s: never two posted, never confirmed without one', (_, options) => {
    const { violation, confirmed } = explore(options);
    expect(violation).toBeUndefined();
    expect(confirmed).toBeGreaterThan(0);
  });

  it.each([
    ['direct post, look-up before retry', product({ drafts: false }), 'two posted documents'],
    [
      'no write-once choice, and a look-up that lags',
      product({ choiceWritten: false, consistent: false }),
      'two posted documents',
    ],
    ['no look-up after a doubt', product({ edges: blindRetry }), 'a create was sent in doubt, without a look-up'],
    ['no epoch compared', product({ epochChecked: false }), 'a create was sent in doubt, without a look-up'],
  ])('is caught: %s', (_, options, what) => {
    expect(explore(options).violation?.what).toBe(what);
  });
});
