import { expect, test } from 'vitest';
import { eventually } from '../line/eventually.js';
import { voucherline } from '../line/voucherline.js';
import { FORMS, type Line, subjectOf } from './line.js';
import { useLine } from './use-line.js';

const line = useLine();

/** More approvals than one batch of anything; their flow has not begun, so they are recorded and never posted. */
const RECORDED = 1_000;
/** Approvals that their flow can't map: blocked in planning. */
const UNMAPPED = 20;

async function messagesOn(line: Line, topic: 'approvals.events.v1' | 'operations.events.v1'): Promise<number> {
  const ends = await line.broker.offsets(topic);
  return ends.reduce((sum, { high, low }) => sum + Number(high - low), 0);
}

test('a thousand approvals that no callback announced are swept in; folded again, the states are the same; replayed, nothing changes', async () => {
  const { dingtalk, broker, facts } = line();
  const events = await messagesOn(line(), 'approvals.events.v1');
  const form = { 付款申请单号: 'FKSQ9{n:6}', 付款金额: '{n}.50', 付款事由: '{n}' };
  const recorded = await dingtalk.approvedUnheard({ n: RECORDED, processCode: FORMS.later, form });
  const { 付款申请单号: _, ...unmapped } = form;
  const blocked = await dingtalk.approvedUnheard({ n: UNMAPPED, processCode: FORMS.hq, form: unmapped });
  // Submitted, decided, approved: three events an approval.
  const due = events + 3 * (RECORDED + UNMAPPED);
  const all = async () => expect(await messagesOn(line(), 'approvals.events.v1')).toBeGreaterThanOrEqual(due);
  await eventually('events of all approvals', all, { withinMs: 240_000, everyMs: 1_000 });

  // A record that nobody can read, under the key of an approval: parked, and its followers wait.
  const subject = subjectOf(String(recorded[0]));
  const [{ record } = { record: undefined }] = await line().story({ subject }, ['documents.collected.v1']);
  const producer = await broker.producer();
  const unreadable = { key: subject, value: Buffer.from('{"no":'), headers: { ce_id: 'x' } };
  await producer.send([{ topic: 'documents.collected.v1', partition: record?.partition ?? 0, record: unreadable }]);
  await line().told({ subject }, 'MessageParked');
  await line().told({ subject: subjectOf(String(blocked.at(-1))) }, 'MessageParked');

  const books = () => JSON.stringify([line().book('hq'), line().book('east')]);
  const before = books();
  const rebuilt = await voucherline(facts, 'rebuild', 'transformer');
  expect(rebuilt.trim().endsWith('the same')).toBe(true);
  const keys = [...rebuilt.matchAll(/^ {2}(\d+) keys$/gm)].map(([, count]) => Number(count));
  expect(Math.min(...keys)).toBeGreaterThan(RECORDED);

  for (const topic of ['documents.collected.v1', 'approvals.events.v1', 'vouchers.events.v1']) {
    const ends = await broker.offsets(topic as 'approvals.events.v1');
    const told = await voucherline(facts, 'replay', '--topic', topic, '--from-offset', '0');
    expect(told, topic).toMatch(/ 0 missing, 0 conflicts\n0 published/);
    expect(await broker.offsets(topic as 'approvals.events.v1'), topic).toEqual(ends);
  }
  expect(books()).toBe(before);
}, 420_000);
