import { expect, test } from 'vitest';
import { armedBy, CRASH_LABELS, type CrashLabel, crashPointFor } from './crash-point.js';

function passing(env: Record<string, string>, labels: readonly CrashLabel[]) {
  const said: string[] = [];
  const armed = armedBy(env);
  if (armed === undefined) return undefined;
  let deaths = 0;
  const die = () => {
    deaths += 1;
  };
  const crashPoint = crashPointFor(armed, { say: (line) => void said.push(line), die });
  for (const label of labels) crashPoint(label);
  return { said, deaths };
}

test('without CRASH_AT nothing is armed', () => {
  expect(armedBy({})).toBeUndefined();
  expect(armedBy({ CRASH_AT: '' })).toBeUndefined();
});

test('dies at the n-th passing of its label, after it has said so', () => {
  const labels: CrashLabel[] = ['before-stage.commit', 'after-stage.commit', 'before-stage.commit'];
  expect(passing({ CRASH_AT: 'before-stage.commit:2' }, labels.slice(0, 2))).toEqual({ said: [], deaths: 0 });
  const told = ['crash point reached: before-stage.commit:2'];
  expect(passing({ CRASH_AT: 'before-stage.commit:2' }, labels)).toEqual({ said: told, deaths: 1 });
  expect(passing({ CRASH_AT: 'after-stage.commit' }, labels)?.deaths).toBe(1);
});

test('none tells each label once and kills nothing', () => {
  const passed = passing({ CRASH_AT: 'none' }, ['before-call.send', 'before-call.send', 'after-call.send']);
  expect(passed).toEqual({
    said: ['crash point passed: before-call.send', 'crash point passed: after-call.send'],
    deaths: 0,
  });
});

test.each(['stage.commit', 'before-stage.comit', 'before-stage.commit:0', 'before-stage.commit:x'])(
  '%s is refused with the labels that there are',
  (given) => {
    expect(() => armedBy({ CRASH_AT: given })).toThrow(/is no crash point\..*before-stage\.commit/);
  },
);

test('production refuses it', () => {
  expect(() => armedBy({ CRASH_AT: 'none', NODE_ENV: 'production' })).toThrow(/production does not take it/);
});

test('every label is there once', () => {
  expect(new Set(CRASH_LABELS).size).toBe(CRASH_LABELS.length);
});
