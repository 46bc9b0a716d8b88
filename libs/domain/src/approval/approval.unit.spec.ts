import type { AnyMessage, FormField } from '@voucherline/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ApprovalDraft,
  type ApprovalParts,
  approvalState,
  missingEvents,
  noParts,
  type ObservedApproval,
  UnusableObservation,
  withEvent,
  withObservation,
} from './index.js';

const SUBJECT = 'dingtalk/dingcorp0001/approval/inst-1';
const REVOCATION = 'dingtalk/dingcorp0001/approval/inst-9';
const day = (n: number, hour = 0) => new Date(Date.UTC(2026, 10, n, hour)).toISOString();
const money = (value: string): FormField => ({ id: 'MoneyField_1', name: '付款金额', type: 'MoneyField', value });

function observed(change: Partial<ObservedApproval> = {}): ObservedApproval {
  return {
    document: SUBJECT,
    form: 'PROC-PAYMENT',
    businessId: '202611010001',
    title: '张三的付款申请',
    originator: { userId: 'user01' },
    submittedAt: day(1),
    status: 'open',
    steps: [],
    fields: [money('100')],
    ...change,
  };
}

const agreed = (step: string, at: string) => ({ step, userId: `manager-${step}`, decision: 'agreed' as const, at });
const first = agreed('t1', day(2));
const second = agreed('t2', day(3));
const asSubmitted = observed();
const afterFirst = observed({ steps: [first], fields: [money('90')] });
const approved = observed({ steps: [first, second], status: 'approved', endedAt: day(3) });
const revocationOpen = observed({ document: REVOCATION, revokes: SUBJECT, submittedAt: day(4), fields: [] });
const revocationApproved = { ...revocationOpen, status: 'approved' as const, endedAt: day(5) };

type Snapshot = readonly [seen: ObservedApproval, readAt: string];

/** What a stage does: fold a snapshot, say what is missing, fold that too. */
function play(snapshots: readonly Snapshot[], decideAfter: (index: number) => boolean = () => true) {
  const events: ApprovalDraft[] = [];
  let parts = noParts;
  const decide = () => {
    const { messages } = missingEvents(SUBJECT, parts);
    for (const message of messages) parts = withEvent(parts, logged(message));
    events.push(...messages);
  };
  snapshots.forEach(([seen, readAt], index) => {
    parts = withObservation(parts, SUBJECT, seen, { connection: 'dingtalk-main', readAt });
    if (decideAfter(index)) decide();
  });
  decide();
  return { events, parts };
}

function logged(draft: ApprovalDraft): AnyMessage {
  return { ...draft, source: 'transformer/normalise', key: SUBJECT } as AnyMessage;
}

const types = (events: readonly ApprovalDraft[]) => events.map(({ type }) => type);
const byId = (events: readonly ApprovalDraft[]) => [...events].sort((a, b) => (a.id < b.id ? -1 : 1));

/** Snapshots of one approval as hints and sweeps may bring them: each once or more often, in any order. */
function weather(snapshots: readonly ObservedApproval[]) {
  const times = fc.integer({ min: 0, max: 30 * 24 });
  const once = snapshots.map((seen) =>
    fc.array(times, { minLength: 1, maxLength: 3 }).map((hours) => ({ seen, hours })),
  );
  return fc
    .tuple(...once)
    .map((all) => all.flatMap(({ seen, hours }) => hours.map((hour): Snapshot => [seen, day(6, hour)])))
    .chain((all) => fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }));
}

describe('an approval', () => {
  it('is told in a fixed order, with the times of the vendor', () => {
    const { events } = play([[approved, day(3)]]);
    expect(events.map(({ type, time }) => [type, time])).toEqual([
      ['ApprovalSubmitted', day(1)],
      ['ApprovalStepDecided', day(2)],
      ['ApprovalStepDecided', day(3)],
      ['ApprovalApproved', day(3)],
    ]);
    expect(events.at(-1)?.data).toMatchObject({
      connection: 'dingtalk-main',
      form: [money('100')],
      approvedAt: day(3),
    });
  });

  it('gets nothing new from a snapshot that is older than the known one', () => {
    const { events } = play([
      [approved, day(3)],
      [afterFirst, day(9)],
    ]);
    expect(types(events).filter((type) => type === 'ApprovalAmended')).toEqual([]);
  });

  it('that ended stays ended, also when an open snapshot shows more steps', () => {
    const { parts } = play([
      [observed({ status: 'withdrawn', endedAt: day(3) }), day(4)],
      [observed({ steps: [first, second] }), day(5)],
    ]);
    expect(parts.main?.status).toBe('withdrawn');
  });

  it.each([
    ['rejected', 'ApprovalRejected'],
    ['withdrawn', 'ApprovalWithdrawn'],
  ] as const)('that was %s says so without its form', (status, type) => {
    const { events } = play([[observed({ status, endedAt: day(3) }), day(3)]]);
    expect(types(events)).toEqual(['ApprovalSubmitted', type]);
    expect(JSON.stringify(events)).not.toContain('付款金额');
  });

  it('has one history, in whatever order and how often its snapshots come', () => {
    const expected = byId(play([asSubmitted, afterFirst, approved].map((seen) => [seen, day(6)])).events);
    fc.assert(
      fc.property(weather([asSubmitted, afterFirst, approved]), (snapshots) => {
        expect(byId(play(snapshots).events)).toEqual(expected);
        expect(byId(play(snapshots, () => false).events)).toEqual(expected);
      }),
    );
  });

  it('that was revoked has one history too, and its withdrawal comes after its own end', () => {
    const all = [afterFirst, approved, revocationOpen, revocationApproved];
    const expected = byId(play(all.map((seen) => [seen, day(6)])).events);
    expect(types(expected)).toContain('ApprovalWithdrawn');
    fc.assert(
      fc.property(weather(all), (snapshots) => {
        const { events } = play(snapshots);
        expect(byId(events)).toEqual(expected);
        expect(types(events).indexOf('ApprovalWithdrawn')).toBeGreaterThan(types(events).indexOf('ApprovalApproved'));
      }),
    );
  });

  it.each([
    ['while it is open', afterFirst, revocationApproved],
    ['after it was rejected', observed({ status: 'rejected', endedAt: day(3) }), revocationApproved],
    [
      'by a revocation that was not approved',
      approved,
      { ...revocationOpen, status: 'rejected' as const, endedAt: day(5) },
    ],
  ])('is not withdrawn %s', (_when, main, revocation) => {
    const { events } = play([
      [revocation, day(6)],
      [main, day(6)],
    ]);
    expect(types(events)).not.toContain('ApprovalWithdrawn');
  });
});

describe('a form that changed after the approval', () => {
  const changed = { ...approved, fields: [money('120')] };

  it('is an amendment, once, at the time of the read that showed it', () => {
    const { events } = play([
      [approved, day(4)],
      [changed, day(7)],
      [changed, day(8)],
      [approved, day(4)],
    ]);
    expect(types(events).filter((type) => type === 'ApprovalAmended')).toHaveLength(1);
    expect(events.at(-1)).toMatchObject({ type: 'ApprovalAmended', time: day(7), data: { form: [money('120')] } });
  });

  it('and changed back and again is three amendments with ids of their own', () => {
    const { events } = play([
      [approved, day(4)],
      [changed, day(7)],
      [approved, day(8)],
      [changed, day(9)],
    ]);
    const amendments = events.filter(({ type }) => type === 'ApprovalAmended');
    expect(amendments.map(({ time }) => time)).toEqual([day(7), day(8), day(9)]);
    expect(new Set(amendments.map(({ id }) => id)).size).toBe(3);
  });

  it('has the time of the first read that showed it, also when it is said after a later one', () => {
    const snapshots: Snapshot[] = [
      [approved, day(4)],
      [changed, day(8)],
      [changed, day(7)],
      [changed, day(9)],
    ];
    expect(play(snapshots, (index) => index === 0).events.at(-1)).toMatchObject({
      type: 'ApprovalAmended',
      time: day(7),
    });
  });

  it('is no part of the state once it was said', () => {
    const { parts } = play([
      [approved, day(4)],
      [changed, day(7)],
    ]);
    expect(JSON.stringify(parts)).not.toContain('付款金额');
  });
});

describe('the parts', () => {
  it('do not depend on how the topics interleave', () => {
    const snapshots: Snapshot[] = [
      [afterFirst, day(2)],
      [approved, day(4)],
      [{ ...approved, fields: [money('120')] }, day(7)],
      [revocationApproved, day(8)],
    ];
    const { events, parts } = play(snapshots);
    const steps = [...snapshots.map(() => 'read' as const), ...events.map(() => 'event' as const)];
    fc.assert(
      fc.property(fc.shuffledSubarray(steps, { minLength: steps.length, maxLength: steps.length }), (order) => {
        const reads = [...snapshots];
        const said = [...events];
        const rebuilt = order.reduce((known: ApprovalParts, step) => {
          if (step === 'event') return withEvent(known, logged(said.shift() as ApprovalDraft));
          const [seen, readAt] = reads.shift() as Snapshot;
          return withObservation(known, SUBJECT, seen, { connection: 'dingtalk-main', readAt });
        }, noParts);
        expect(rebuilt).toEqual(parts);
        expect(missingEvents(SUBJECT, rebuilt).messages).toEqual([]);
      }),
    );
  });

  it('stay the same object when nothing is new, so that nothing is written', () => {
    const { parts } = play([[approved, day(4)]]);
    expect(withObservation(parts, SUBJECT, afterFirst, { connection: 'dingtalk-main', readAt: day(9) })).toBe(parts);
  });

  it('refuse a document of another subject, and an end without a time', () => {
    const reading = { connection: 'dingtalk-main', readAt: day(4) };
    const elsewhere = observed({ document: REVOCATION });
    expect(() => withObservation(noParts, SUBJECT, elsewhere, reading)).toThrow(UnusableObservation);
    const endless = observed({ status: 'approved' });
    expect(() => withObservation(noParts, SUBJECT, endless, reading)).toThrow(/shows no time of its end/);
  });
});

describe('a vendor that shows another end than before', () => {
  it('stops for a person, and nothing more is said about the end', () => {
    const { parts, events } = play([
      [observed({ status: 'rejected', endedAt: day(3) }), day(4)],
      [{ ...approved, endedAt: day(5) }, day(6)],
    ]);
    expect(types(events)).not.toContain('ApprovalApproved');
    expect(missingEvents(SUBJECT, parts).blocked).toMatchObject({
      code: 'approval.end-changed',
      owner: 'administrator',
    });
  });

  it('may show the withdrawal of what was approved', () => {
    const { parts, events } = play([
      [approved, day(4)],
      [observed({ steps: [first, second], status: 'withdrawn', endedAt: day(5) }), day(6)],
    ]);
    expect(types(events).slice(-2)).toEqual(['ApprovalApproved', 'ApprovalWithdrawn']);
    expect(missingEvents(SUBJECT, parts).blocked).toBeUndefined();
  });
});

describe('an approval that is approved again after a withdrawal', () => {
  const ended = observed({ steps: [first, second], status: 'withdrawn', endedAt: day(5) });
  const again = { ...approved, endedAt: day(7) };

  it('by itself is said again, with its form, and may be withdrawn again', () => {
    const { events, parts } = play([
      [approved, day(4)],
      [ended, day(6)],
      [again, day(8)],
      [{ ...ended, endedAt: day(9) }, day(10)],
    ]);
    expect(types(events).slice(2)).toEqual([
      'ApprovalStepDecided',
      'ApprovalApproved',
      'ApprovalWithdrawn',
      'ApprovalApproved',
      'ApprovalWithdrawn',
    ]);
    expect(events.at(-2)).toMatchObject({ time: day(7), data: { form: [money('100')] } });
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    expect(missingEvents(SUBJECT, parts)).toEqual({ messages: [] });
    expect(JSON.stringify(parts)).not.toContain('付款金额');
  });

  it('by a revocation too; a revocation from before is not its business', () => {
    const history = (snapshots: readonly Snapshot[]) => types(play(snapshots).events).slice(3);
    const inOrder: Snapshot[] = [
      [approved, day(4)],
      [revocationApproved, day(6)],
      [again, day(8)],
    ];
    expect(history(inOrder)).toEqual(['ApprovalApproved', 'ApprovalWithdrawn', 'ApprovalApproved']);
    expect(history([[again, day(8)], ...inOrder])).toEqual(['ApprovalApproved']);
    expect(approvalState(play(inOrder).events.map(logged))).toMatchObject({ status: 'approved', approvedAt: day(7) });
    expect(approvalState(play(inOrder).events.map(logged)).revocation).toBeUndefined();
  });

  it('is told only by an end that is later than the withdrawal', () => {
    const { events, parts } = play([
      [ended, day(6)],
      [{ ...approved, steps: [first, second, agreed('t3', day(4))] }, day(8)],
    ]);
    expect(types(events)).not.toContain('ApprovalApproved');
    expect(missingEvents(SUBJECT, parts).blocked).toMatchObject({ code: 'approval.end-changed' });
  });
});

describe('the view', () => {
  const log = play([
    [approved, day(4)],
    [{ ...approved, fields: [money('120')] }, day(7)],
    [revocationApproved, day(8)],
  ]).events.map(logged);

  it('shows how an approval stands', () => {
    expect(approvalState(log)).toMatchObject({ status: 'withdrawn', revocation: REVOCATION, approvedAt: day(3) });
  });

  it.each([
    [day(1), 'open', 0, undefined],
    [day(2), 'open', 1, undefined],
    [day(3), 'approved', 2, '100'],
    [day(7), 'withdrawn', 2, '120'],
  ])('shows how it stood at %s', (at, status, steps, amount) => {
    const view = approvalState(log, at);
    expect([view.status, view.steps.length, view.form?.[0]?.value]).toEqual([status, steps, amount]);
  });

  it('of an approval without events is unknown', () => {
    expect(approvalState([], day(1))).toEqual({ status: 'unknown', steps: [] });
  });
});
