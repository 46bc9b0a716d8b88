import type { Fault } from '@voucherline/local';
import { describe, expect, test } from 'vitest';
import type { Company } from './line.js';
import { useLine } from './use-line.js';

const line = useLine();

const IN_DOUBT_MS = 120_000;

/** Has a payment made while Kingdee does something once, and expects one bill all the same. */
async function payThrough(fault: Fault, company: Company = 'hq'): Promise<void> {
  const kingdee = line().kingdee[company];
  await kingdee.fault({ ...fault, times: 1 });
  try {
    const request = await line().requestPayment('1000.01', { form: company });
    await line().dingtalk.agree(request.instance);
    await line().expectPosted([request], { withinMs: IN_DOUBT_MS });
    // A fault that never bit would prove nothing.
    expect((await kingdee.faults()).map(({ bit }) => bit)).toEqual([1]);
  } finally {
    await kingdee.withoutFaults();
  }
}

test.each(['Push', 'Save', 'Submit', 'Audit'])('Kingdee drops its reply after it committed %s', (operation) =>
  payThrough({ kind: 'dropAfterCommit', operation }),
);

test.each(['Push', 'Audit'])('Kingdee executes %s long after nobody waits any more', (operation) =>
  payThrough({ kind: 'executeLate', operation, delayMs: 5_000 }),
);

test('Kingdee executes one Push twice: one bill is audited, the other draft deleted', () =>
  payThrough({ kind: 'executeTwice', operation: 'Push' }));

test('Kingdee answers 500 after it executed', () => payThrough({ kind: 'http500', operation: 'Push', executed: true }));

test('Kingdee breaks its answer in the middle', () => payThrough({ kind: 'truncate', operation: 'Push' }));

// Both take a minute: until nothing can be executed late any more, and until the call limit is over.
describe.concurrent('Kingdee executes nothing and', () => {
  test('answers with a login page', () => payThrough({ kind: 'html', operation: 'Push' }));

  test('says that it was called too often', () => payThrough({ kind: 'throttle', operation: 'Push' }, 'east'));
});
