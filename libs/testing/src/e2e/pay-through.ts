import type { Fault } from '@voucherline/local';
import { expect } from 'vitest';
import type { Company, Line } from './line.js';

const IN_DOUBT_MS = 120_000;

/** Has a payment made while a company's Kingdee does something once, and expects one bill all the same. */
export async function payThrough(line: Line, fault: Fault, company: Company = 'hq'): Promise<void> {
  const kingdee = line.kingdee[company];
  await kingdee.fault({ ...fault, times: 1 });
  try {
    const request = await line.requestPayment('1000.01', { form: company });
    await line.dingtalk.agree(request.instance);
    await line.expectPosted([request], { withinMs: IN_DOUBT_MS });
    // A fault that never bit would prove nothing.
    expect((await kingdee.faults()).map(({ bit }) => bit)).toEqual([1]);
  } finally {
    await kingdee.withoutFaults();
  }
}
