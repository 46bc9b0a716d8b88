import { afterEach, expect, test } from 'vitest';
import { eventually } from '../line/eventually.js';
import { useLine } from './use-line.js';

const line = useLine();
afterEach(() => line().kingdee.hq.withoutFaults());

test('Kingdee down for a minute: its own bills come after, those of another connection meanwhile, a clerk’s stays alone', async () => {
  const { dingtalk, kingdee } = line();
  const before = await line().requestPayment('2000.00');
  await dingtalk.agree(before.instance);
  await line().expectPosted([before]);

  const waiting = await Promise.all(['2000.01', '2000.02', '2000.03'].map((amount) => line().requestPayment(amount)));
  const pushed = await line().requestPayment('2000.04');
  const downAt = Date.now();
  await kingdee.hq.fault({ kind: 'down' });
  for (const { instance } of [...waiting, pushed]) await dingtalk.agree(instance);
  await kingdee.hq.pushByHand(pushed.application, { audit: true });

  const meanwhile = [];
  while (Date.now() < downAt + 60_000) {
    const request = await line().requestPayment('2000.05', { form: 'east' });
    await dingtalk.agree(request.instance);
    await line().expectPosted([request], { withinMs: 15_000 });
    meanwhile.push(request);
    await new Promise((resolve) => setTimeout(resolve, 5_000));
  }
  expect(meanwhile.length).toBeGreaterThan(3);
  for (const { application } of waiting) expect(await kingdee.hq.paymentBills(application)).toEqual([]);

  await kingdee.hq.withoutFaults();
  await line().expectPosted([...waiting, ...meanwhile], { withinMs: 90_000 });

  const parked = await line().told(pushed, 'MessageParked');
  expect(parked.data).toMatchObject({ owner: 'finance', connection: 'kingdee-hq' });
  const bills = await kingdee.hq.paymentBills(pushed.application);
  expect(bills.map(({ creator, status }) => [creator, status])).toEqual([['出纳', 'C']]);
});

test('a bill that a clerk pushed before is never doubled', async () => {
  const { dingtalk, kingdee } = line();
  const request = await line().requestPayment('2100.00');
  const byHand = await kingdee.hq.pushByHand(request.application);
  await dingtalk.agree(request.instance);
  const held = await line().told(request, 'VoucherHeld');
  expect(held.data.owner).toBe('finance');
  expect(held.data.documents.join()).toContain(byHand.id);
  await eventually('nothing of ours stands beside it', async () => {
    const bills = await kingdee.hq.paymentBills(request.application);
    expect(bills.map(({ id }) => id)).toEqual([byHand.id]);
  });
});
