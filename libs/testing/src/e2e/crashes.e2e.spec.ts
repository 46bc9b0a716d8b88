import { setTimeout as pause } from 'node:timers/promises';
import { describe, test } from 'vitest';
import type { Case } from './line.js';
import { useLine } from './use-line.js';

const line = useLine();

/** After a crash the successor waits for the lease and the group session of the dead one to run out. */
const AFTER_A_CRASH_MS = 120_000;
const LONGER_THAN_A_LEASE_MS = 17_000;

/** Submits and approves one request after the other, so that at any moment some are at every stage. */
async function stream(count: number, between: (nth: number) => Promise<void>): Promise<readonly Case[]> {
  const cases: Case[] = [];
  for (let nth = 0; nth < count; nth += 1) {
    const request = await line().requestPayment(`${100 + nth}.25`);
    await line().dingtalk.agree(request.instance);
    cases.push(request);
    await between(nth);
  }
  return cases;
}

// Side by side, so that the time until a dead process's lease and session run out is waited for once.
describe.concurrent('killed with -9 in the middle, then started again', () => {
  test.each(['webhook-ingestion', 'collector', 'transformer'])('%s', async (service) => {
    const cases = await stream(8, async (nth) => {
      if (nth === 4) await line().processes.kill9(service);
    });
    await line().expectPosted(cases, { withinMs: AFTER_A_CRASH_MS });
  });

  test('erp-writer, three times', async () => {
    const cases = await stream(9, async (nth) => {
      if (nth % 3 === 2) await line().processes.kill9('erp-writer');
    });
    await line().expectPosted(cases, { withinMs: AFTER_A_CRASH_MS });
  });
});

test('kafka and postgres, both killed with -9 at once', async () => {
  const cases = await stream(8, async (nth) => {
    if (nth === 4) await Promise.all(['kafka', 'postgres'].map((server) => line().processes.kill9(server)));
  });
  await line().expectPosted(cases, { withinMs: AFTER_A_CRASH_MS });
});

describe('restarted in order in the middle', () => {
  test.each(['kafka', 'postgres'])('%s', async (server) => {
    const before = await stream(4, async () => {});
    let meanwhile: readonly Case[] = [];
    await line().processes.without(server, async () => {
      meanwhile = await stream(2, async () => {});
    });
    const after = await stream(2, async () => {});
    await line().expectPosted([...before, ...meanwhile, ...after], { withinMs: AFTER_A_CRASH_MS });
  });
});

test('erp-writer, paused for longer than its lease, goes on without a double', async () => {
  const cases = await stream(6, async () => {});
  await line().processes.paused('erp-writer', () => pause(LONGER_THAN_A_LEASE_MS));
  await line().expectPosted(cases, { withinMs: AFTER_A_CRASH_MS });
});
