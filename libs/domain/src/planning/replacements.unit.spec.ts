import { describe, expect, it } from 'vitest';
import {
  amended,
  approved,
  book,
  confirmed,
  event,
  flow,
  keyOf,
  Line,
  play,
  postId,
  replan,
  types,
  withdrawn,
} from './checking/line.js';

const made = flow();
const mended = flow({ hash: 'h2', currency: 'USD' });
const rejected = (voucher?: string, revision = 0) => event('VoucherRejected', voucher, revision, { generation: 1 });

function refused(): Line {
  return play([approved(), event('VoucherPostingStarted'), rejected()], book([made]));
}

describe('a refused voucher', () => {
  it('is not planned anew by itself, whatever is published', () => {
    const line = refused();
    line.flows = book([mended], [made, mended]);
    expect(line.decide()).toEqual([]);
  });

  it('is replaced at a person’s word by what the version in force makes, whichever comes first', () => {
    const flows = book([mended], [made, mended]);
    const line = refused();
    line.flows = flows;
    const [post] = line.take(replan('a1'));
    expect(post).toMatchObject({
      type: 'PostVoucher',
      id: postId('payment-bill', 0, 2),
      time: '2026-11-25T00:00:00.000Z',
      data: {
        voucherKey: keyOf(),
        revision: 0,
        action: 'a1',
        flow: { hash: 'h2' },
        expectation: { amount: { currency: 'USD' } },
      },
    });
    const [first] = line.commands;
    const replaces = post?.type === 'PostVoucher' && post.data.replaces;
    expect(replaces).toBe(first?.type === 'PostVoucher' && first.data.fingerprint);

    const early = play([approved()], book([made]));
    early.flows = flows;
    expect(early.take(replan('a1'))).toEqual([]);
    expect(early.take(rejected())).toEqual([{ ...post, time: expect.anything() }]);
  });

  it('is replaced once for each wish, and again after another refusal', () => {
    const line = refused();
    line.flows = book([mended], [made, mended]);
    line.take(replan('a1'));
    expect(line.take(replan('a2', '2026-12-01'))).toEqual([]);
    expect(line.blocked).toBeUndefined();
    expect(line.take(event('VoucherCancelled', 'payment-bill', 0, { reason: 'replaced' }))).toEqual([]);
    const third = flow({ hash: 'h3', currency: 'EUR' });
    line.flows = book([third], [made, mended, third]);
    line.take(event('VoucherPostingStarted'));
    expect(line.decide()).toEqual([]);
    const other = refused();
    other.flows = book([mended], [made, mended]);
    other.take(replan('a1'));
    other.take(rejected());
    other.flows = line.flows;
    expect(other.decide()).toEqual([]);
    expect(other.take(replan('a2'))).toMatchObject([{ id: postId('payment-bill', 0, 3), data: { action: 'a2' } }]);
  });

  it('that would be the same again stops for a person, until something is mended', () => {
    const line = refused();
    expect(line.take(replan('a1'))).toEqual([]);
    expect(line.blocked).toBe('replan.same-content');
    line.flows = book([mended], [made, mended]);
    expect(types(line.decide())).toEqual(['PostVoucher']);
    expect(line.blocked).toBeUndefined();
  });

  it('gets another date only from a person, and keeps it while the approval is compared', () => {
    const line = refused();
    const [post] = line.take(replan('a1', '2026-12-01'));
    expect(post).toMatchObject({
      data: { accountingDate: '2026-12-01', expectation: { date: '2026-12-01' }, flow: { hash: 'h1' } },
    });
    expect(line.take(amended('100.00'))).toEqual([]);
    expect(types(line.take(amended('1.00', '2026-12-02T00:00:00.000Z')))).toEqual(['ReverseVoucher']);
  });

  it.each([
    ['replan.no-voucher', flow({ hash: 'h2', skips: ['100.00'] })],
    ['replan.no-voucher', flow({ name: 'other', voucher: 'other', hash: 'h2', skips: ['100.00'] })],
    ['replan.other-target', flow({ hash: 'h2', target: 'kingdee-east' })],
    ['mapping.empty-field', flow({ hash: 'h2', fault: 'mapping.empty-field' })],
  ])('stops with %s where the flow in force makes nothing that could take its place', (code, now) => {
    const line = refused();
    line.flows = book([now], [made, now]);
    expect(line.take(replan('a1'))).toEqual([]);
    expect(line.blocked).toBe(code);
  });

  it('that was amended or withdrawn is reversed, not replaced', () => {
    for (const change of [amended('120.00'), withdrawn()]) {
      const line = refused();
      line.flows = book([mended], [made, mended]);
      line.take(change);
      line.take(replan('a1'));
      expect(types(line.commands)).toEqual(['PostVoucher', 'ReverseVoucher']);
    }
  });
});

describe('a wish to plan anew', () => {
  it('is nothing to vouchers that were not refused', () => {
    const line = play([approved(), confirmed()], book([made]));
    line.flows = book([mended], [made, mended]);
    expect(line.take(replan('a1', '2026-12-01'))).toEqual([]);
    expect(line.blocked).toBeUndefined();
  });

  it('is nothing to a voucher that is tried again or was taken back', () => {
    for (const since of [event('VoucherPostingStarted'), event('VoucherInDoubt'), confirmed()]) {
      const line = refused();
      line.take(since);
      expect(line.take(replan('a1', '2026-12-01'))).toEqual([]);
      expect(line.blocked).toBeUndefined();
    }
  });

  it('does not re-date a revision that came of something newer', () => {
    const line = refused();
    line.take(replan('a1', '2026-12-01', '2026-11-20T12:00:00.000Z'));
    line.take(amended('120.00'));
    line.take(event('VoucherCancelled', 'payment-bill', 0, { reason: 'withdrawn' }));
    expect(line.commands.at(-1)).toMatchObject({ data: { revision: 1, accountingDate: '2026-11-20' } });
    expect(line.take(rejected('payment-bill', 1))).toEqual([]);
  });
});
