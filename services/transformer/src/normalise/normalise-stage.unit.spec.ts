import { masterDataPure, sourcePure } from '@voucherline/connectors/pure';
import type { AnyMessage } from '@voucherline/contracts';
import { configurationOf } from '@voucherline/pipeline';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CORP, collected, type InstanceParts, PAYMENT_FORM, subjectOf } from '../fixtures/dingtalk-instance.js';
import { StageHarness } from '../fixtures/harness.js';
import { publishedConnection } from '../fixtures/published.js';
import { normaliseStage } from './normalise-stage.js';

const SUBJECT = subjectOf('inst-1');
const configuration = configurationOf([publishedConnection('dingtalk-main', 'dingtalk', CORP)]);
const stage = normaliseStage({ configuration, sourceOf: sourcePure, masterDataOf: masterDataPure });
const harness = () => new StageHarness(stage, configuration);

const open: InstanceParts = { agreed: [] };
const halfway: InstanceParts = { agreed: ['2026-11-20 10:00:00'] };
const approved: InstanceParts = {
  status: 'COMPLETED',
  result: 'agree',
  agreed: ['2026-11-20 10:00:00', '2026-11-20 11:00:00'],
  finished: '2026-11-20 11:00:00',
};
const revocation: InstanceParts = { id: 'inst-9', revokes: 'inst-1', created: '2026-11-21 09:00:00', form: {} };
const revoked: InstanceParts = {
  ...revocation,
  status: 'COMPLETED',
  result: 'agree',
  finished: '2026-11-21 10:00:00',
};

const at = (hour: number) => new Date(Date.UTC(2026, 10, 22, hour)).toISOString();
const types = (messages: readonly AnyMessage[]) => messages.map(({ type }) => type);

function saidOf(messages: readonly AnyMessage[]): readonly AnyMessage[] {
  const run = harness();
  for (const message of messages) run.take(message);
  return run.said;
}

describe('collected documents of one approval', () => {
  it('become its events, with the times of the vendor', () => {
    const said = saidOf([collected(open, at(1)), collected(approved, at(2))]);
    expect(said.map(({ type, time }) => [type, time])).toEqual([
      ['ApprovalSubmitted', '2026-11-20T01:00:00.000Z'],
      ['ApprovalStepDecided', '2026-11-20T02:00:00.000Z'],
      ['ApprovalStepDecided', '2026-11-20T03:00:00.000Z'],
      ['ApprovalApproved', '2026-11-20T03:00:00.000Z'],
    ]);
    expect(said.at(-1)?.data).toMatchObject({ connection: 'dingtalk-main', kind: 'PROC-PAYMENT', form: { length: 4 } });
  });

  it('give the same history in any order and number', () => {
    const snapshots = [open, halfway, approved, revocation, revoked];
    const byId = (messages: readonly AnyMessage[]) => [...messages].sort((a, b) => (a.id < b.id ? -1 : 1));
    const expected = byId(saidOf(snapshots.map((snapshot, index) => collected(snapshot, at(index)))));
    expect(types(expected).sort()).toEqual([
      'ApprovalApproved',
      'ApprovalStepDecided',
      'ApprovalStepDecided',
      'ApprovalSubmitted',
      'ApprovalWithdrawn',
    ]);
    const reads = fc.array(fc.record({ index: fc.nat(snapshots.length - 1), hour: fc.nat(48) }), { maxLength: 8 });
    fc.assert(
      fc.property(reads, fc.infiniteStream(fc.nat()), (more, order) => {
        const all = [...snapshots.map((_, index) => ({ index, hour: index })), ...more]
          .map((read) => ({ read, place: order.next().value as number }))
          .sort((a, b) => a.place - b.place)
          .map(({ read }) => collected(snapshots[read.index] as InstanceParts, at(read.hour)));
        expect(byId(saidOf(all))).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  it('are not amended by comments, task states and our own notes', () => {
    const run = harness();
    run.take(collected(approved, at(1)));
    expect(
      run.take(collected({ ...approved, remarks: ['2026-11-20 12:00:00', '2026-11-20 12:05:00'] }, at(2))),
    ).toEqual([]);
  });

  it('are amended by another value of the form', () => {
    const run = harness();
    run.take(collected(approved, at(1)));
    const [amended, ...more] = run.take(
      collected({ ...approved, form: { ...PAYMENT_FORM, 付款金额: '1380.50' } }, at(2)),
    );
    expect(more).toEqual([]);
    expect(amended).toMatchObject({ type: 'ApprovalAmended', time: at(2) });
  });

  it.each([
    [{ status: 'COMPLETED', result: 'refuse', finished: '2026-11-20 11:00:00' } as const, 'ApprovalRejected'],
    [{ status: 'TERMINATED', finished: '2026-11-20 11:00:00' } as const, 'ApprovalWithdrawn'],
  ])('%j end as %s', (parts, type) => {
    expect(types(saidOf([collected(parts, at(1))]))).toEqual(['ApprovalSubmitted', type]);
  });

  it('leave a state without the form and the bytes', () => {
    const run = harness();
    run.take(collected(approved, at(1)));
    const text = JSON.stringify(run.state(SUBJECT));
    expect(text).not.toContain('FKSQ0001');
    expect(text.length).toBeLessThan(1_500);
  });
});

describe('a message that can not be understood', () => {
  const throws = (message: AnyMessage, words: RegExp) => expect(() => harness().take(message)).toThrow(words);

  it('is refused with what is wrong', () => {
    const good = collected(approved, at(1));
    if (good.type !== 'DocumentCollected') throw new Error('no document');
    throws({ ...good, data: { ...good.data, connection: 'gone' } }, /connection gone is not published/);
    throws({ ...good, data: { ...good.data, document: subjectOf('other') } }, /was collected as .*other/);
    throws({ ...good, key: subjectOf('other') }, /collected under .*other but does not revoke it/);
    throws(collected({ ...approved, form: { 付款金额: 'viel' } }, at(1)), /付款金额/);
  });

  it('is superseded by a newer read of the same document only', () => {
    const parked = collected(approved, at(2));
    const supersedes = (later: AnyMessage) => stage.supersedes?.(later, parked);
    expect(supersedes(collected(approved, at(3)))).toBe(true);
    expect(supersedes(collected(approved, at(1)))).toBe(false);
    expect(supersedes(collected(halfway, at(3)))).toBe(false);
    expect(supersedes(collected(revoked, at(3)))).toBe(false);
  });
});

describe('a sweep', () => {
  it('changes nothing', () => {
    const run = harness();
    const data = { connection: 'dingtalk-main', kind: 'PROC-PAYMENT', from: at(0), to: at(1), startedAt: at(1) };
    const sweep = { id: 's', source: 'c', key: 'dingtalk/c/sweep/p', time: at(1), type: 'SweepCompleted' as const };
    expect(run.take({ ...sweep, data: { ...data, ids: ['inst-1'], complete: true } })).toEqual([]);
    expect(run.state(sweep.key)).toBe(stage.initial());
  });
});
