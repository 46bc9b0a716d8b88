import { expect, test } from 'vitest';
import type { Outcome } from './campaign.js';
import { exitCodeOf } from './report.js';

const spread = { p50: 1, p95: 2, p99: 3, max: 4 };
const held: Outcome = {
  ...{ seed: 1, minutes: 5, vouchers: 10, refused: 1, settledAfter: 12 },
  ...{ recovery: spread, postedAfter: spread, acknowledgedAfter: spread, counters: {}, notInjected: [] },
  didNotHappen: [],
  faults: { I1: [], I2: [] },
  faultsAfterReplay: { I1: [], I16: [] },
};

test('0 only when all held, all settled, and every fault has bitten', () => {
  expect(exitCodeOf(held)).toBe(0);
});

test('2 when a fault never bit: the run proves nothing', () => {
  expect(exitCodeOf({ ...held, didNotHappen: ['throttle'] })).toBe(2);
});

test('1 when something broke, before or after the replay, or never settled, whatever else there is', () => {
  const didNotHappen = ['throttle'];
  expect(exitCodeOf({ ...held, didNotHappen, faults: { I1: ['a voucher is missing'] } })).toBe(1);
  expect(exitCodeOf({ ...held, faultsAfterReplay: { I16: ['the books changed'] } })).toBe(1);
  expect(exitCodeOf({ ...held, settledAfter: undefined })).toBe(1);
});
