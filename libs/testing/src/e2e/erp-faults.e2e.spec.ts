import { afterEach, expect, test } from 'vitest';
import { useLine } from './use-line.js';

const line = useLine();
afterEach(() => line().kingdee.hq.withoutFaults());

const IN_DOUBT_MS = 120_000;

/** The number of times that faults bit; a fault that never bit would prove nothing. */
async function bitten(): Promise<number> {
  return (await line().kingdee.hq.faults()).reduce((sum, { bit }) => sum + bit, 0);
}

async function approved(amount: string) {
  const request = await line().requestPayment(amount);
  await line().dingtalk.agree(request.instance);
  return request;
}

test.each(['Push', 'Save', 'Submit', 'Audit'])('Kingdee drops its reply after it committed %s', async (operation) => {
  await line().kingdee.hq.fault({ kind: 'dropAfterCommit', operation, times: 1 });
  const request = await approved('1000.01');
  await line().expectPosted([request], { withinMs: IN_DOUBT_MS });
  expect(await bitten()).toBe(1);
});

test.each(['Push', 'Audit'])('Kingdee executes %s long after nobody waits any more', async (operation) => {
  await line().kingdee.hq.fault({ kind: 'executeLate', operation, delayMs: 5_000, times: 1 });
  const request = await approved('1000.02');
  await line().expectPosted([request], { withinMs: IN_DOUBT_MS });
  expect(await bitten()).toBe(1);
});

test('Kingdee executes one Push twice: one bill is audited, the other draft deleted', async () => {
  await line().kingdee.hq.fault({ kind: 'executeTwice', operation: 'Push', times: 1 });
  const request = await approved('1000.03');
  await line().expectPosted([request], { withinMs: IN_DOUBT_MS });
  expect(await bitten()).toBe(1);
});

test.each([
  ['answers 500 after it executed', { kind: 'http500', executed: true }],
  ['answers with a login page', { kind: 'html', executed: false }],
  ['breaks its answer in the middle', { kind: 'truncate' }],
  ['says that it was called too often', { kind: 'throttle' }],
])('Kingdee %s', async (_, fault) => {
  await line().kingdee.hq.fault({ ...fault, operation: 'Push', times: 1 });
  const request = await approved('1000.04');
  await line().expectPosted([request], { withinMs: IN_DOUBT_MS });
  expect(await bitten()).toBe(1);
});
