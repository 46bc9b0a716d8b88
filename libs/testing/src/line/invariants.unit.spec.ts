import { type AnyMessage, factId } from '@voucherline/contracts';
import type { DingtalkCallback, KingdeeDocument } from '@voucherline/local';
import { expect, test } from 'vitest';
import { acknowledgedIsKept, endedHasEvidence, parkedSaysWhy, type Told } from './invariants.js';
import { type Case, CORP, type LineFromOutside } from './line-from-outside.js';

const bill: Case = {
  ...{ company: 'hq', instance: 'i1', subject: 'dingtalk/dingcorp0001/approval/i1', voucher: 'payment-bill' },
  ...{ form: 'AP_PAYBILL', amount: '1.00', currency: 'CNY' },
};

function told(...messages: object[]): Told {
  const all = messages as unknown as AnyMessage[];
  return { byKey: new Map([[bill.subject, all]]), ids: new Set(all.map(({ id }) => id)), types: new Map() };
}

function confirmed(document: string): object {
  return { id: document, type: 'VoucherConfirmed', data: { voucher: bill.voucher, document } };
}

function lineWith(parts: { document?: string; callbacks?: readonly object[] }): LineFromOutside {
  const document = { id: parts.document } as KingdeeDocument;
  return {
    documentsOf: () => new Map(parts.document === undefined ? [] : [[bill, document]]),
    dingtalk: { allCallbacks: async () => (parts.callbacks ?? []) as readonly DingtalkCallback[] },
  } as unknown as LineFromOutside;
}

test('I6: the confirmed document has to be the one in the book', () => {
  const line = lineWith({ document: '100' });
  expect(endedHasEvidence(line, told(confirmed('kingdee-galaxy/1/AP_PAYBILL/100')), [bill])).toEqual([]);
  expect(endedHasEvidence(line, told(confirmed('kingdee-galaxy/1/AP_PAYBILL/101')), [bill])).toHaveLength(1);
  expect(endedHasEvidence(line, told(), [bill])).toEqual([expect.stringContaining('nothing on the log confirms')]);
});

test('I5: a callback that was told "success" has to be on the log, whatever its later tries brought', async () => {
  const event = { type: 'finish', instanceId: 'i1', payload: { eventId: 'e1' } };
  const taken = { event, tries: [{ outcome: 'ok' }, { outcome: 'HTTP 503' }] };
  const refused = { event: { ...event, payload: { eventId: 'e2' } }, tries: [{ outcome: 'HTTP 503' }] };
  const line = lineWith({ callbacks: [taken, refused] });
  const id = factId('InboundReceived', 'dingtalk', CORP, JSON.stringify(event.payload));
  expect(await acknowledgedIsKept(line, told({ id, type: 'InboundReceived' }))).toEqual([]);
  expect(await acknowledgedIsKept(line, told())).toHaveLength(1);
});

test('I11: what is parked says why, whose it is and what to do', () => {
  const why = { parkedId: 'p', reason: 'no such account', code: 'x', owner: 'finance', nextStep: 'mend it' };
  expect(parkedSaysWhy(told({ type: 'MessageParked', data: why }))).toEqual([]);
  expect(parkedSaysWhy(told({ type: 'MessageParked', data: { ...why, nextStep: ' ' } }))).toHaveLength(1);
});
