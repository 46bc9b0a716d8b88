import { describe, expect, it, vi } from 'vitest';
import { EDGES, type EdgeName, type Edges } from '../edges/index.js';
import type { SituationName } from '../record.js';
import { explore } from './explore.js';
import { type Bounds, type ModelOptions, PRODUCT } from './world.js';

// Seconds of computing, more on a machine that does other things too.
vi.setConfig({ testTimeout: 120_000 });

// Narrow enough for a unit test; README.md says what wider bounds gave.
const plain = { workers: 2, takeOver: 3, create: 2, mark: 1, submit: 2, post: 2, void: 1 };
const three = { ...plain, workers: 3, create: 3, void: 2 };
const withdrawn = { ...plain, takeOver: 2, withdrawal: 1, create: 1, unpost: 1, void: 2 };
const replaced = { ...plain, takeOver: 2, refusal: 1, replacement: 1, mark: 2, unpost: 1, void: 2 };
const reversed = { ...plain, takeOver: 2, reversal: 1, create: 1, unpost: 2, void: 2 };

const passed = new Set<EdgeName>();
const model = (bounds: Bounds, options: Partial<ModelOptions> = {}): ModelOptions => ({
  ...PRODUCT,
  bounds,
  ...options,
});

const push = { createCarriesKey: false };
const direct = { drafts: false };
const lagging = { consistent: false };

/** Sabotage: a create in doubt is sent again without looking. */
const blind: Edges = {
  ...EDGES,
  createInDoubt: { ...EDGES.createInDoubt, to: 'cleared', enter: () => ({ lookedUpAt: 0, found: [] }) },
};

/** Sabotage: nobody remembers that the voucher was taken back. */
const unheard = { to: 'same', learn: () => ({}) } as const;
const deaf: Edges = {
  ...EDGES,
  takenBackUnsent: { ...EDGES.takenBackUnsent, ...unheard },
  takenBack: { ...EDGES.takenBack, ...unheard },
  takenBackUnderWay: { ...EDGES.takenBackUnderWay, ...unheard },
};

/** Sabotage: what was deleted is not read, but believed. */
const credulous: Edges = {
  ...EDGES,
  removalDone: { ...EDGES.removalDone, to: 'cancelled' },
  removalRefused: { ...EDGES.removalRefused, to: 'cancelled' },
};

describe('all interleavings of two or three workers, a network and a target that executes when it likes', () => {
  it.each<[string, ModelOptions, readonly SituationName[]]>([
    ['a create that carries the key', model({ ...plain, kill: 1 }), ['confirmed']],
    ['three workers', model(three), ['confirmed']],
    ['a look-up that lags', model(plain, lagging), ['confirmed']],
    ['a create without key (Push)', model(plain, push), ['confirmed']],
    ['a withdrawal at any moment', model(withdrawn), ['cancelled', 'confirmed']],
    [
      'a withdrawal, three workers',
      model({ ...withdrawn, workers: 3, takeOver: 3, void: 1 }),
      ['cancelled', 'confirmed'],
    ],
    ['a withdrawal, Push', model(withdrawn, push), ['cancelled', 'confirmed']],
    ['a withdrawal, a look-up that lags', model(withdrawn, lagging), ['cancelled', 'confirmed']],
    [
      'a withdrawal too late, then undone',
      model({ ...withdrawn, ...reversed, withdrawal: 1, void: 1 }),
      ['cancelled', 'reversed'],
    ],
    ['a refusal that is mended by a new generation', model(replaced), ['rejected', 'confirmed']],
    ['a new generation, Push', model({ ...replaced, takeOver: 1 }, push), ['rejected', 'confirmed']],
    ['a new generation, a look-up that lags', model(replaced, lagging), ['rejected', 'confirmed']],
    ['a document taken back after it was posted', model(reversed), ['confirmed', 'reversed']],
    ['a document taken back, Push', model({ ...reversed, create: 2 }, push), ['confirmed', 'reversed']],
  ])('%s: never two posted, none without a document, none of what was given up', (_, options, ends) => {
    const { violation, reached } = explore({ ...options, passed });
    expect(violation).toBeUndefined();
    for (const end of ends) expect(reached.get(end)).toBeGreaterThan(0);
  });

  it('passes the very edges that the writer drives', () => {
    expect([...passed].sort()).toMatchSnapshot();
  });
});

describe('the protocols of failure-modes.md §2.1', () => {
  const unaware = { edges: blind, looksRequired: false };
  const each = { ...lagging, choiceWritten: false };
  it.each<[number, string, Partial<ModelOptions>, string | undefined]>([
    [1, 'direct post, blind retry', { ...direct, ...unaware }, 'two posted documents'],
    [2, 'direct post, look-up before retry', direct, 'two posted documents'],
    [3, 'direct post, look-up and waiting', { ...direct, waits: true }, 'two posted documents'],
    [
      4,
      'a target that refuses a second key, blind retry',
      { ...direct, ...unaware, refusesSecondKey: true },
      undefined,
    ],
    [5, 'a target that refuses a second key, look-up', { ...direct, refusesSecondKey: true }, undefined],
    [6, 'drafts, look-up, each worker posts what it saw', each, 'two posted documents'],
    [7, 'drafts, look-up and waiting, each worker posts what it saw', { ...each, waits: true }, 'two posted documents'],
    [8, 'drafts, look-up, a choice that is written once', lagging, undefined],
    [9, 'the same with blind retry', unaware, undefined],
  ])('%i: %s', (_row, _name, options, double) => {
    const { violation, reached } = explore(model({ ...plain, takeOver: 2 }, options));
    expect(violation?.what).toBe(double);
    expect(reached.get('confirmed')).toBeGreaterThan(0);
  });
});

/** Beside rows 1 to 3, 6 and 7 above. */
describe('what is switched off is caught', () => {
  it.each<[string, ModelOptions, string]>([
    ['no look-up after a doubt', model(plain, { edges: blind }), 'a create was sent in doubt, without a look-up'],
    ['no epoch compared', model(plain, { epochChecked: false }), 'a create was sent in doubt, without a look-up'],
    [
      'no generation carried',
      model(replaced, { generationCarried: false }),
      'a document of another generation was posted',
    ],
    ['the ending ignored', model(withdrawn, { edges: deaf }), 'sent on after it was taken back'],
    ['a deletion believed', model(withdrawn, { edges: credulous }), 'cancelled, yet posted'],
  ])('%s', (_, options, what) => {
    expect(explore(options).violation?.what).toBe(what);
  });
});
