import { voucherKey } from '@voucherline/contracts';
import { expect, test } from 'vitest';
import { eventually } from '../line/eventually.js';
import { useLine } from './use-line.js';

const line = useLine();

test('an approved payment request becomes one audited bill, and its number stands once on the approval', async () => {
  const { dingtalk, kingdee } = line();
  const request = await line().requestPayment('12800.50');
  await dingtalk.agree(request.instance);
  await line().expectPosted([request]);

  const [bill] = await kingdee.hq.paymentBills(request.application);
  await line().told(request, 'WriteBackDone');
  const comments = await dingtalk.comments(request.instance);
  expect(comments.filter((text) => text.includes(bill?.number ?? 'no bill'))).toHaveLength(1);
  expect(comments).toHaveLength(1);

  const story = await line().story(request);
  expect(story.map(({ message }) => message.type)).toEqual([
    ...['ApprovalSubmitted', 'ApprovalStepDecided', 'ApprovalApproved'],
    ...['PostVoucher', 'WriteBack'],
    ...['VoucherPostingStarted', 'VoucherConfirmed', 'WriteBackDone'],
  ]);
  const confirmed = await line().told(request, 'VoucherConfirmed');
  expect(confirmed.data).toMatchObject({
    voucherKey: voucherKey(request.subject, 'payment-bill', 0),
    number: bill?.number,
    evidence: { amount: { amount: '12800.5', currency: 'CNY' } },
  });
});

test('an approved expense claim becomes one balanced accounting voucher', async () => {
  const claim = await line().claimExpense('356.07');
  await line().dingtalk.agree(claim.instance);
  await line().expectPosted([claim]);
  const key = voucherKey(claim.subject, claim.voucher, 0);
  const [voucher] = await line().kingdee.hq.withKey('GL_VOUCHER', key);
  expect(voucher).toMatchObject({ fields: { FDEBITTOTAL: '356.07', FCREDITTOTAL: '356.07' } });
  await line().told(claim, 'WriteBackDone');
  expect(await line().dingtalk.comments(claim.instance)).toHaveLength(1);
});

test('what was refused or withdrawn is recorded and makes no bill', async () => {
  const { dingtalk } = line();
  const refused = await line().requestPayment('100.00');
  const withdrawn = await line().requestPayment('200.00');
  await dingtalk.refuse(refused.instance);
  await dingtalk.terminate(withdrawn.instance);
  await line().told(refused, 'ApprovalRejected');
  await line().told(withdrawn, 'ApprovalWithdrawn');
  // A request that is approved after them shows that the line has passed them.
  const approved = await line().requestPayment('300.00');
  await dingtalk.agree(approved.instance);
  await line().expectPosted([approved]);
  for (const one of [refused, withdrawn]) {
    expect(await line().kingdee.hq.paymentBills(one.application)).toEqual([]);
    expect((await line().story(one)).map(({ message }) => message.type)).not.toContain('PostVoucher');
  }
});

test('what ended before its flow begins is recorded and never posted', async () => {
  const early = await line().requestPayment('400.00', { form: 'later' });
  await line().dingtalk.agree(early.instance);
  await line().told(early, 'ApprovalApproved');
  const now = await line().requestPayment('500.00');
  await line().dingtalk.agree(now.instance);
  await line().expectPosted([now]);
  expect(await line().kingdee.hq.paymentBills(early.application)).toEqual([]);
  expect((await line().story(early)).map(({ message }) => message.type)).not.toContain('PostVoucher');
});

test('an application that finance audits later is waited for', async () => {
  const request = await line().requestPayment('600.00', { audited: false });
  await line().dingtalk.agree(request.instance);
  await line().told(request, 'PostVoucher');
  await eventually('Kingdee was asked for the application', async () => {
    const { ExecuteBillQuery = 0, View = 0 } = await line().kingdee.hq.calls();
    expect(ExecuteBillQuery + View).toBeGreaterThan(0);
  });
  expect(await line().kingdee.hq.paymentBills(request.application)).toEqual([]);
  await line().kingdee.hq.audit(request.application);
  await line().expectPosted([request]);
});

test('twenty approvals at once become twenty bills', async () => {
  const requests = await Promise.all(Array.from({ length: 20 }, (_, n) => line().requestPayment(`${n + 1}.${10 + n}`)));
  await Promise.all(requests.map(({ instance }) => line().dingtalk.agree(instance)));
  await line().expectPosted(requests);
});
