import { expect, it } from 'vitest';
import { showLevel } from './levels.js';
import { type Artificial, artificialStage } from './testing/artificial-stage.js';

const WAITS = { lateMs: 5, patienceMs: 300 };
const FOR_EVER = 1_000_000;

it.each<[string, string, Artificial]>([
  ['L3', 'refuses a second document with the key', { refusesSecondKey: true }],
  ['L3', 'does so and shows late what it has', { refusesSecondKey: true, lagMs: 60 }],
  [
    'L2',
    'refuses a second key only if the first was executed when it arrived',
    { refusesSecondKey: true, checksOnArrival: true },
  ],
  ['L2', 'has drafts that look-ups show at once by key', {}],
  ['L1', 'shows late what was made', { lagMs: 60 }],
  ['L1', 'shows late only what was executed late', { lagMs: 60, lagsAfterLate: true }],
  ['L1', 'has no draft stage', { postsAtOnce: true }],
  ['L1', 'carries no key', { keyless: true }],
  ['L0', 'never shows what was made', { lagMs: FOR_EVER }],
  ['L0', 'never shows what was executed late', { lagMs: FOR_EVER, lagsAfterLate: true }],
])('%s: an artificial target that %s', async (level, _, target) => {
  expect(await showLevel(artificialStage(target), WAITS)).toMatchObject({ level });
});
