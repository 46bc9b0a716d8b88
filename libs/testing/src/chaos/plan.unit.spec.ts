import { expect, test } from 'vitest';
import { NEMESES, planOf } from './plan.js';

test('the same seed gives the same plan, another seed another', () => {
  expect(planOf(7, 5)).toEqual(planOf(7, 5));
  expect(planOf(8, 5)).not.toEqual(planOf(7, 5));
});

test.each(Array.from({ length: 30 }, (_, seed) => seed))('five minutes hold every nemesis: seed %i', (seed) => {
  const { strikes } = planOf(seed, 5);
  expect([...new Set(strikes.map(({ nemesis }) => nemesis))].toSorted()).toEqual([...NEMESES].toSorted());
});

test('pauses outlast the session of a group, and some slots are calm', () => {
  const { strikes, turns } = planOf(1, 60);
  const pauses = strikes.filter(({ nemesis }) => nemesis === 'pause');
  expect(Math.min(...pauses.map(({ forMs }) => forMs))).toBeGreaterThan(20_000);
  expect(turns.filter((at) => strikes.every((strike) => strike.at !== at)).length).toBeGreaterThan(0);
});
