import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '@voucherline/local';
import { CRASH_LABELS, CRASH_STEPS } from '@voucherline/platform';
import { expect, test } from 'vitest';
import { allRuns, chosenRuns, PASSED_BY } from './runs.js';

const ROOMS = ['libs/pipeline/src', 'libs/work/src', 'libs/platform/src', 'services/webhook-ingestion/src'];

function sourcesOf(room: string): readonly string[] {
  return readdirSync(join(checkout, room), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
    .map((name) => readFileSync(join(checkout, room, name), 'utf8'));
}

test('every label stands at one place of the sources, and at no other', () => {
  const passed = ROOMS.flatMap(sourcesOf).flatMap((text) =>
    [...text.matchAll(/crashPoint\('([^']+)'\)/g)].map(([, label]) => label),
  );
  expect(passed.toSorted()).toEqual(CRASH_LABELS.toSorted());
});

test('every step is passed by some process', () => {
  expect([...new Set(Object.values(PASSED_BY).flat())].toSorted()).toEqual(CRASH_STEPS.toSorted());
});

test('the ten tenths are all runs, each once', () => {
  const ids = Array.from({ length: 10 }, (_, tenth) => chosenRuns({ tenth }).map(({ id }) => id)).flat();
  expect(ids.toSorted()).toEqual(
    allRuns()
      .map(({ id }) => id)
      .toSorted(),
  );
  expect(new Set(ids).size).toBe(ids.length);
});

test('an id chooses its own run', () => {
  const [first] = allRuns();
  expect(chosenRuns({ only: first?.id ?? '' })).toEqual([first]);
});
