import { describe, expect, test } from 'vitest';
import { voucherline } from '../line/voucherline.js';
import { payThrough } from './pay-through.js';
import { useLine } from './use-line.js';

const line = useLine();

// Each waits for a minute, so they wait side by side; no two of them push in the same Kingdee meanwhile.
describe.concurrent('after a minute', () => {
  test('Kingdee answered with a login page: the bill is made once nothing can be executed late any more', () =>
    payThrough(line(), { kind: 'html', operation: 'Push' }));

  test('Kingdee said that it was called too often: the bill is made when that is over', () =>
    payThrough(line(), { kind: 'throttle', operation: 'Push' }, 'east'));

  test('what outlasted its patience is parked, and released once finance has audited the application', async () => {
    const { dingtalk, kingdee, facts } = line();
    const request = await line().requestPayment('3300.00', { form: 'short', audited: false });
    await dingtalk.agree(request.instance);
    const parked = await line().told(request, 'MessageParked', { withinMs: 150_000 });
    expect(parked.data).toMatchObject({ owner: 'finance', code: 'posting.prerequisite' });
    expect(await kingdee.hq.paymentBills(request.application)).toEqual([]);
    await kingdee.hq.audit(request.application);
    const id = parked.data.parkedId;
    await voucherline(facts, 'parked', 'release', id.slice(0, 12), '--reason', 'audited', '--by', 'finance');
    await line().expectPosted([request]);
    await line().told(request, 'ParkedResolved');
    expect(await voucherline(facts, 'parked', 'list')).not.toContain(id.slice(0, 12));
  });
});
