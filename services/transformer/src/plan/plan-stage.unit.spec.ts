import type { TargetPure } from '@voucherline/connector-kit';
import { masterDataPure, sourcePure } from '@voucherline/connectors/pure';
import { type AnyMessage, voucherKey } from '@voucherline/contracts';
import { configurationOf, type PublishedForTest } from '@voucherline/pipeline';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CORP, collected, type InstanceParts, PAYMENT_FORM, subjectOf } from '../fixtures/dingtalk-instance.js';
import { StageHarness } from '../fixtures/harness.js';
import { publishedConnection, publishedFlow, sampleFlow } from '../fixtures/published.js';
import { normaliseStage } from '../normalise/normalise-stage.js';
import { planStage } from './plan-stage.js';

const SUBJECT = subjectOf('inst-1');
const KEY = voucherKey(SUBJECT, 'payment-bill', 0);
const FLOW = 'dingtalk-payment-request';
const PUBLISHED = '2026-11-01T00:00:00.000Z';

const approved: InstanceParts = {
  status: 'COMPLETED',
  result: 'agree',
  agreed: ['2026-11-20 10:00:00', '2026-11-20 11:00:00'],
  finished: '2026-11-20 11:00:00',
};
const halfway: InstanceParts = { agreed: ['2026-11-20 10:00:00'], form: { ...PAYMENT_FORM, 付款金额: '1.00' } };
const revoked: InstanceParts = {
  ...{ id: 'inst-9', revokes: 'inst-1', created: '2026-11-21 09:00:00', form: {} },
  ...{ status: 'COMPLETED', result: 'agree', finished: '2026-11-21 10:00:00' },
};
const at = (hour: number) => new Date(Date.UTC(2026, 10, 22, hour)).toISOString();

/** A target that takes every payload but one that names an id, and shows no amount of 7.77. */
const target: TargetPure = {
  manifest: {
    product: 'kingdee-galaxy',
    title: { en: 'Kingdee', zh: '金蝶' },
    settings: [],
    secrets: [],
    limits: { perSecond: 1, concurrency: 1 },
  },
  operations: {
    'push-payment-bill': {
      name: 'push-payment-bill',
      level: 'L1',
      createCarriesKey: false,
      checkPayload: (payload) => (Object.hasOwn(payload, 'FID') ? ['FID: ids of documents are not for flows'] : []),
      checkExpectation: (_payload, { amount }) => (amount.amount === '7.77' ? ['amount: is not what it shows'] : []),
    },
  },
};

function configured(
  options: { change?: (text: string) => string; publishedAt?: string; timeZone?: string } = {},
): readonly PublishedForTest[] {
  const { change, publishedAt = PUBLISHED, timeZone = 'Asia/Shanghai' } = options;
  return [
    publishedConnection('dingtalk-main', 'dingtalk', CORP, timeZone),
    publishedConnection('kingdee-hq', 'kingdee-galaxy', 'acct1'),
    publishedFlow(sampleFlow(FLOW, change), publishedAt),
  ];
}

/** Both stages, one after the other. */
function line(published: readonly PublishedForTest[] = configured()) {
  const all = [...published];
  const configuration = configurationOf(all);
  const normalise = new StageHarness(
    normaliseStage({ configuration, sourceOf: sourcePure, masterDataOf: masterDataPure }),
    configuration,
  );
  const plan = new StageHarness(planStage({ targetOf: targetOf(target) }), configuration);
  return {
    plan,
    collect: (...messages: AnyMessage[]) =>
      messages.flatMap((message) => normalise.take(message)).flatMap((event) => plan.take(event)),
    publish: (more: PublishedForTest) => {
      all.push(more);
      plan.configuration = configurationOf(all);
    },
  };
}

const targetOf = (known: TargetPure) => (product: string) => (product === known.manifest.product ? known : undefined);

function confirmed(): AnyMessage {
  const evidence = { readAt: at(5), status: 'C', amount: { amount: '1280.50', currency: 'CNY' }, contentSha256: 'c' };
  const of = { voucherKey: KEY, voucher: 'payment-bill', revision: 0, generation: 1, target: 'kingdee-hq' };
  const data = { ...of, document: 'kingdee-galaxy/acct1/AP_PAYBILL/1', number: 'FKD0001', evidence };
  return { id: 'confirmed', source: 'erp-writer', type: 'VoucherConfirmed', key: SUBJECT, time: at(5), data };
}

function told(type: 'VoucherReversed' | 'VoucherCancelled' | 'VoucherRejected', more: object): AnyMessage {
  const of = { voucherKey: KEY, voucher: 'payment-bill', revision: 0, generation: 1, target: 'kingdee-hq' };
  const data = { ...of, ...more };
  return { id: type, source: 'erp-writer', type, key: SUBJECT, time: at(6), data } as AnyMessage;
}

const types = (messages: readonly AnyMessage[]) => messages.map(({ type }) => type);

describe('an approved payment request', () => {
  it('is commanded as the sample flow says', () => {
    const [post, ...more] = line().collect(collected(approved, at(1)));
    expect(more).toEqual([]);
    expect(post).toMatchObject({
      type: 'PostVoucher',
      time: '2026-11-20T03:00:00.000Z',
      data: {
        voucherKey: KEY,
        voucher: 'payment-bill',
        flow: { name: FLOW, hash: sampleFlow(FLOW).hash, offset: 2 },
        target: 'kingdee-hq',
        operation: 'push-payment-bill',
        accountingDate: '2026-11-20',
        members: [{ approval: SUBJECT, revision: 0, amount: { amount: '1280.50', currency: 'CNY' } }],
        payload: { applicationNumber: 'FKSQ0001', remark: '十月货款' },
        expectation: { amount: { amount: '1280.50', currency: 'CNY' }, date: '2026-11-20' },
        patienceSeconds: 259_200,
      },
    });
  });

  it('is commanded once, alike, in whatever order its snapshots come', () => {
    const expected = line().collect(collected(approved, at(1)));
    const reads = fc.array(fc.record({ ended: fc.boolean(), hour: fc.nat(48) }), { maxLength: 6 });
    fc.assert(
      fc.property(reads, reads, (before, after) => {
        const all = [...before, { ended: true, hour: 1 }, ...after];
        const messages = all.map(({ ended, hour }) => collected(ended ? approved : halfway, at(hour)));
        expect(line().collect(...messages)).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  it('that was refused is never commanded', () => {
    expect(line().collect(collected({ ...approved, result: 'refuse' }, at(1)))).toEqual([]);
  });

  it('gets the number of its voucher written onto it once', () => {
    const run = line();
    run.collect(collected(approved, at(1)));
    expect(run.plan.take(confirmed())).toMatchObject([
      { type: 'WriteBack', data: { document: SUBJECT, text: '已生成付款单 FKD0001（金蝶）' } },
    ]);
    expect(run.plan.take(confirmed())).toEqual([]);
  });

  it('that is revoked afterwards is to be reversed; before, nothing is commanded', () => {
    const run = line();
    expect(types(run.collect(collected(approved, at(1)), collected(revoked, at(2))))).toEqual([
      'PostVoucher',
      'ReverseVoucher',
    ]);
    const early = line(configured({ publishedAt: '2026-12-01T00:00:00Z' }));
    expect(early.collect(collected(revoked, at(1)), collected(approved, at(2)))).toEqual([]);
  });

  it('that is amended afterwards is reversed on that day, and posted anew under the next revision', () => {
    const run = line();
    run.collect(collected(approved, at(1)));
    const amended = { ...approved, form: { ...PAYMENT_FORM, 付款金额: '1380.50' } };
    // 22 November, 20:00 UTC: the next day where the approval was given.
    expect(run.collect(collected(amended, at(20)))).toMatchObject([
      { type: 'ReverseVoucher', data: { voucherKey: KEY, accountingDate: '2026-11-23' } },
    ]);
    expect(run.plan.take(told('VoucherReversed', {}))).toMatchObject([
      {
        type: 'PostVoucher',
        data: {
          voucherKey: voucherKey(SUBJECT, 'payment-bill', 1),
          revision: 1,
          supersedes: KEY,
          expectation: { amount: { amount: '1380.50' } },
          members: [{ revision: 1 }],
        },
      },
    ]);
    expect(run.plan.blocked(SUBJECT)).toBeUndefined();
  });

  it('that is withdrawn and approved again is posted under the next revision', () => {
    const run = line();
    const withdrawn = { ...approved, status: 'TERMINATED', result: '', finished: '2026-11-21 10:00:00' } as const;
    const again = { ...approved, finished: '2026-11-22 10:00:00' };
    const commands = run.collect(...[approved, withdrawn, again].map((parts, n) => collected(parts, at(n))));
    expect(types(commands)).toEqual(['PostVoucher', 'ReverseVoucher']);
    expect(run.plan.take(told('VoucherCancelled', { reason: 'withdrawn' }))).toMatchObject([
      { data: { revision: 1, supersedes: KEY, accountingDate: '2026-11-22' } },
    ]);
  });

  it('tells the source of a reversal too where the flow has words for it', () => {
    const run = line(configured({ change: (text) => `${text}reversalWriteBack: 付款单 {number} 已冲销\n` }));
    run.collect(collected(approved, at(1)));
    run.plan.take(confirmed());
    run.collect(collected(revoked, at(2)));
    expect(run.plan.take(told('VoucherReversed', {}))).toMatchObject([
      { type: 'WriteBack', data: { document: SUBJECT, text: '付款单 FKD0001 已冲销' } },
    ]);
  });
});

describe('a refused voucher', () => {
  const dated = (text: string) => text.replace('remark:', 'date: =accountingDate\n  remark:');
  const replan = (accountingDate?: string): AnyMessage => {
    const data = { subject: SUBJECT, ...(accountingDate && { accountingDate }), by: 'finance', reason: 'mended' };
    return { id: 'action-1', source: 'cli', type: 'ReplanRequested', key: 'action', time: at(9), data };
  };
  const refused = () => {
    const run = line(configured({ change: dated }));
    run.collect(collected(approved, at(1)));
    run.plan.take(told('VoucherRejected', { code: '1', words: 'period closed', owner: 'finance', nextStep: 'n' }));
    return run;
  };

  it('is re-dated by a person wherever the flow writes its accounting date', () => {
    expect(refused().plan.take(replan('2026-12-01'), SUBJECT)).toMatchObject([
      {
        data: {
          voucherKey: KEY,
          replaces: expect.any(String),
          action: 'action-1',
          accountingDate: '2026-12-01',
          payload: { date: '2026-12-01' },
          expectation: { date: '2026-12-01' },
        },
      },
    ]);
  });

  it('takes the version in force now, and stops for a person while that makes the same again', () => {
    const run = refused();
    expect(run.plan.take(replan(), SUBJECT)).toEqual([]);
    expect(run.plan.blocked(SUBJECT)).toMatchObject({ code: 'replan.same-content', owner: 'finance' });
    const mended = sampleFlow(FLOW, (text) => `${dated(text).replace('付款事由', '收款方')}from: ${PUBLISHED}\n`);
    run.publish(publishedFlow(mended, '2026-11-23T00:00:00.000Z'));
    expect(run.plan.again(SUBJECT)).toMatchObject([
      { data: { flow: { hash: mended.hash }, payload: { remark: '样例供应商' }, accountingDate: '2026-11-20' } },
    ]);
    expect(run.plan.blocked(SUBJECT)).toBeUndefined();
  });
});

describe('several flows of one approval', () => {
  it('are posted in their order, and each claims what may be booked once only', () => {
    const memo = sampleFlow(FLOW, (text) =>
      `${text.replace(`name: ${FLOW}`, 'name: memo').replace('name: payment-bill', 'name: memo-bill')}
alongside: [${FLOW}]
exclusive:
  - { name: application, company: "001", values: ["=upper([付款申请单号])"] }
`.replace('patience: 72h', 'patience: 72h\n  after: [payment-bill]'),
    );
    const run = line([...configured(), publishedFlow(memo, PUBLISHED)]);
    expect(run.collect(collected(approved, at(1)))).toMatchObject([{ data: { voucher: 'payment-bill' } }]);
    const posts = run.plan.take(confirmed()).filter(({ type }) => type === 'PostVoucher');
    expect(posts).toMatchObject([
      { data: { voucher: 'memo-bill', exclusive: [{ name: 'application', company: '001', value: 'FKSQ0001' }] } },
    ]);
  });
});

describe('the flow version', () => {
  const from = (instant: string) => (text: string) => `${text}from: ${instant}\n`;

  it('decides by its publication which approvals are posted', () => {
    const { collect } = line(configured({ publishedAt: '2026-11-20T03:00:01Z' }));
    expect(collect(collected(approved, at(1)))).toEqual([]);
    const { collect: sameSecond } = line(configured({ publishedAt: '2026-11-20T03:00:00.900Z' }));
    expect(types(sameSecond(collected(approved, at(1))))).toEqual(['PostVoucher']);
  });

  it('may begin before its publication', () => {
    const change = from('2026-11-20T11:00:00+08:00');
    const { collect } = line(configured({ change, publishedAt: '2026-12-01T00:00:00Z' }));
    expect(types(collect(collected(approved, at(1))))).toEqual(['PostVoucher']);
  });

  it('is the one in force when the approval ended, and stays so', () => {
    const run = line();
    const later = sampleFlow(FLOW, (text) => text.replace('已生成', '已经生成').replace('72h', '1h'));
    run.publish(publishedFlow(later, '2026-11-20T03:00:01Z'));
    expect(run.collect(collected(approved, at(1)))).toMatchObject([{ data: { patienceSeconds: 259_200 } }]);
    expect(run.plan.again(SUBJECT)).toEqual([]);
    expect(run.plan.take(confirmed())).toMatchObject([{ data: { text: '已生成付款单 FKD0001（金蝶）' } }]);
  });

  it('looks up in the tables that it was published with', () => {
    const noting = (note: string) => {
      const text = `application,note\nFKSQ0001,${note}\n`;
      const rule = '=lookup("notes", "note", "application", [付款申请单号])';
      const change = (flow: string) => flow.replace(/remark: .*/, `remark: ${rule}`);
      return sampleFlow(FLOW, change, [{ name: 'notes', file: 'tables/notes.csv', text }]);
    };
    const [connections, later] = [configured().slice(0, 2), '2026-11-20T03:00:01Z'];
    const run = line([...connections, publishedFlow(noting('old'), PUBLISHED), publishedFlow(noting('new'), later)]);
    const finished = { finished: '2026-11-20 11:00:02', agreed: ['2026-11-20 10:00:00', '2026-11-20 11:00:02'] };
    const noted = (parts: InstanceParts) => run.collect(collected(parts, at(1)));
    expect(noted({ ...approved, ...finished, id: 'inst-2' })).toMatchObject([{ data: { payload: { remark: 'new' } } }]);
    expect(noted(approved)).toMatchObject([{ data: { payload: { remark: 'old' } } }]);
  });

  it('that takes other kinds than before leaves these alone', () => {
    const later = sampleFlow(FLOW, (text) => text.replace('PROC-PAYMENT', 'PROC-OTHER'));
    const { collect } = line([...configured(), publishedFlow(later, '2026-11-02T00:00:00Z')]);
    expect(collect(collected(approved, at(1)))).toEqual([]);
  });

  it('that was mended from before the approval releases what the old one could not map', () => {
    const run = line();
    const renamed: Record<string, string> = { 申请单编号: 'FKSQ0001', 付款金额: '1280.50' };
    expect(run.collect(collected({ ...approved, form: renamed }, at(1)))).toEqual([]);
    expect(run.plan.blocked(SUBJECT)).toMatchObject({
      code: 'mapping.unknown-field',
      owner: 'administrator',
      reason: expect.stringContaining('payload.applicationNumber: "付款申请单号" is no field of this form'),
    });
    const mended = sampleFlow(FLOW, (text) => from(PUBLISHED)(text).replace('付款申请单号', '申请单编号'));
    run.publish(publishedFlow(mended, '2026-11-23T00:00:00Z'));
    expect(types(run.plan.again(SUBJECT))).toEqual(['PostVoucher']);
    expect(run.plan.blocked(SUBJECT)).toBeUndefined();
  });
});

describe('the accounting date at a border of months', () => {
  it.each([
    ['2026-11-30 23:59:59', 'Asia/Shanghai', '2026-11-30'],
    ['2026-12-01 00:00:00', 'Asia/Shanghai', '2026-12-01'],
    ['2026-11-30 23:59:59', 'UTC', '2026-11-30'],
  ])('of an end at %s in %s is %s', (finished, timeZone, day) => {
    const { collect } = line(configured({ timeZone }));
    expect(collect(collected({ ...approved, finished }, at(1)))).toMatchObject([{ data: { accountingDate: day } }]);
  });
});

describe('what can not be planned', () => {
  const blockedWith = (published: readonly PublishedForTest[], form: InstanceParts['form'] = PAYMENT_FORM) => {
    const run = line(published);
    expect(run.collect(collected({ ...approved, form }, at(1)))).toEqual([]);
    return run.plan.blocked(SUBJECT);
  };

  it.each([
    ['an empty field', { ...PAYMENT_FORM, 付款申请单号: null }, 'mapping.empty-field', 'finance'],
    ['too many digits', { ...PAYMENT_FORM, 付款金额: '1280.505' }, 'mapping.too-precise', 'finance'],
    ['an amount of nothing', { ...PAYMENT_FORM, 付款金额: '0' }, 'mapping.not-positive', 'finance'],
    [
      'an amount the document would not show',
      { ...PAYMENT_FORM, 付款金额: '7.77' },
      'mapping.payload',
      'administrator',
    ],
  ])('because of %s stops for a person', (_what, form, code, owner) => {
    expect(blockedWith(configured(), form)).toMatchObject({ code, owner });
  });

  it.each([
    ['an id', 'applicationNumber:', 'FID:', 'mapping.payload', /FID: ids of documents/],
    ['an unknown target', 'kingdee-hq', 'kingdee-gone', 'connection.unknown', /kingdee-gone is not published/],
    [
      'an unknown operation',
      'push-payment-bill',
      'push-payment',
      'target.unknown-operation',
      /no operation "push-payment"/,
    ],
  ])('because the flow names %s stops for the administrator', (_what, old, text, code, words) => {
    const blocked = blockedWith(configured({ change: (flow) => flow.replace(old, text) }));
    expect(blocked).toMatchObject({ code, owner: 'administrator', reason: expect.stringMatching(words) });
  });

  it('because this version can not read the flow stops only the approvals it names', () => {
    const { content, ...known } = sampleFlow(FLOW);
    const strange = { ...known, hash: 'later', content: { ...content, aggregate: 'by month' } };
    const published = [...configured(), publishedFlow(strange, '2026-11-02T00:00:00Z')];
    expect(blockedWith(published)).toMatchObject({
      code: 'flow.unreadable',
      reason: expect.stringContaining('aggregate'),
    });
    const run = line(published);
    run.collect(collected({ ...approved, processCode: 'PROC-OTHER' }, at(1)));
    expect(run.plan.blocked(SUBJECT)).toBeUndefined();
  });
});
