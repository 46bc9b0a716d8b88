import { expect, test } from 'vitest';
import { eventually } from '../line/eventually.js';
import { voucherline } from '../line/voucherline.js';
import { useLine } from './use-line.js';

const line = useLine();

test('a revoked approval is recorded as withdrawn, and its posted bill is taken back', async () => {
  const { dingtalk, kingdee } = line();
  const request = await line().requestPayment('3000.00');
  await dingtalk.agree(request.instance);
  await line().expectPosted([request]);
  const revocation = await dingtalk.revoke(request.instance);
  const withdrawn = await line().told(request, 'ApprovalWithdrawn');
  expect(withdrawn.data.revocation).toContain(revocation.id);
  const confirmed = await line().told(request, 'VoucherConfirmed');
  const reversed = await line().told(request, 'VoucherReversed');
  expect(reversed.data.document).toBe(confirmed.data.document);
  expect(await kingdee.hq.paymentBills(request.application)).toEqual([]);
});

test('an approval revoked before anything was sent makes no bill', async () => {
  const { dingtalk, kingdee } = line();
  const request = await line().requestPayment('3100.00', { audited: false });
  await dingtalk.agree(request.instance);
  await line().told(request, 'PostVoucher');
  await dingtalk.revoke(request.instance);
  await line().told(request, 'ReverseVoucher');
  await kingdee.hq.audit(request.application);
  const after = await line().requestPayment('3100.01');
  await dingtalk.agree(after.instance);
  await line().expectPosted([after]);
  expect(await kingdee.hq.paymentBills(request.application)).toEqual([]);
});

test('a field that is missing is parked with its owner, and nothing else waits for it', async () => {
  const { dingtalk, facts } = line();
  const broken = await dingtalk.submit({
    processCode: 'PROC-PAYMENT',
    title: '付款申请',
    form: { 付款金额: '3200.00' },
  });
  await dingtalk.agree(broken.id);
  const request = await line().requestPayment('3200.01');
  await dingtalk.agree(request.instance);
  await line().expectPosted([request]);
  await eventually('the list of the parked shows it', async () => {
    const list = await voucherline(facts, 'parked', 'list');
    const row = list.split('\n').find((text) => text.includes(broken.id));
    expect(row).toMatch(/finance|administrator/);
  });
});
