import { contentHash, DEFAULT_SHARDS, encode, factId, type Message, voucherKey } from '@voucherline/contracts';
import { type OutgoingRecord, shardOf } from '@voucherline/pipeline';
import { approvalKey } from './approvals.js';
import { AMOUNT, FLOW, TARGET } from './configuration.js';

/** What the transformer says when the bill of a payment application is due. */
export function commandFor(application: string): OutgoingRecord {
  const key = approvalKey(application);
  const time = new Date().toISOString();
  const date = time.slice(0, 10);
  const amount = { amount: AMOUNT, currency: 'CNY' };
  const message: Message<'PostVoucher'> = {
    ...{ type: 'PostVoucher', id: factId('bench command', application), source: 'transformer/plan', key },
    ...{ time, sequence: 1, configuration: 1 },
    data: {
      ...{ voucherKey: voucherKey(key, 'payment-bill', 0), voucher: 'payment-bill', revision: 0 },
      ...{ flow: { name: FLOW, hash: contentHash(FLOW), offset: 2 }, target: TARGET, operation: 'push-payment-bill' },
      ...{ accountingDate: date, members: [{ approval: key, revision: 0, amount }] },
      payload: { applicationNumber: application, remark: '十一月办公用品采购，合同 HT-2026-0117' },
      fingerprint: contentHash(`payload of ${application}`),
      ...{ expectation: { amount, date }, patienceSeconds: 259_200 },
    },
  };
  return { topic: 'vouchers.commands.v1', partition: shardOf(key, DEFAULT_SHARDS), record: encode(message) };
}
