import { test } from 'vitest';
import { payThrough } from './pay-through.js';
import { useLine } from './use-line.js';

const line = useLine();

test.each(['Push', 'Save', 'Submit', 'Audit'])('Kingdee drops its reply after it committed %s', (operation) =>
  payThrough(line(), { kind: 'dropAfterCommit', operation }),
);

test.each(['Push', 'Audit'])('Kingdee executes %s long after nobody waits any more', (operation) =>
  payThrough(line(), { kind: 'executeLate', operation, delayMs: 5_000 }),
);

test('Kingdee executes one Push twice: one bill is audited, the other draft deleted', () =>
  payThrough(line(), { kind: 'executeTwice', operation: 'Push' }));

test('Kingdee answers 500 after it executed', () =>
  payThrough(line(), { kind: 'http500', operation: 'Push', executed: true }));

test('Kingdee breaks its answer in the middle', () => payThrough(line(), { kind: 'truncate', operation: 'Push' }));
