import type { CallContext, HttpResult } from '@voucherline/connector-kit';
import { leaseOn } from '@voucherline/connector-kit/conformance';
import { describe, expect, it } from 'vitest';
import { pullBaseData } from './pull-base-data.js';

/** A lease whose every call is answered with these rows. */
function answering(rows: readonly (readonly string[])[]): CallContext {
  const content = {
    ...{ name: 'c', product: 'kingdee-galaxy', account: 'a', timeZone: 'UTC', secrets: {} },
    settings: { baseUrl: 'http://127.0.0.1/k3cloud', userName: 'u', appId: 'a_b' },
    limits: { perSecond: 1, concurrency: 1 },
  };
  const body = Buffer.from(JSON.stringify(rows));
  const answer = { kind: 'response', status: 200, headers: {}, body } as unknown as HttpResult;
  const lease = leaseOn('http://127.0.0.1/k3cloud', { content, secrets: { appSecret: { current: 's' } } });
  return { ...lease, http: { request: async () => answer, close: async () => {} } as unknown as CallContext['http'] };
}

describe('a number that stands for several', () => {
  it('with one name is one row: shared data shows a line for each organisation', async () => {
    const rows = [
      ['S1', '甲'],
      ['S1', '甲'],
      ['S2', '乙'],
    ];
    const outcome = await pullBaseData('suppliers', undefined, answering(rows));
    expect(outcome.kind === 'read' && outcome.value.rows.map(({ code }) => code)).toEqual(['S1', 'S2']);
  });

  it('with two names is refused, never chosen', async () => {
    const rows = [
      ['6601', '销售费用', '', ''],
      ['6601', '营业费用', '', ''],
    ];
    const outcome = await pullBaseData('accounts', undefined, answering(rows));
    expect(outcome).toMatchObject({ kind: 'rejected', code: 'ambiguous-number', owner: 'administrator' });
    expect(outcome.kind === 'rejected' && outcome.words).toContain('BD_Account 6601');
  });

  it('that fills a page is refused, for the next page would begin with it for ever', async () => {
    const rows = Array.from({ length: 500 }, () => ['S1', '甲']);
    expect(await pullBaseData('suppliers', undefined, answering(rows))).toMatchObject({ code: 'ambiguous-number' });
  });
});
