import { describe, expect, it } from 'vitest';
import {
  amended,
  approved,
  book,
  confirmed,
  event,
  flow,
  keyOf,
  type Line,
  play,
  postId,
  replan,
  withdrawn,
} from './checking/line.js';

const CLOSED = 'mapping.period-ask:2026-11';
const asking = flow({ openFrom: '2026-12-01' });

/** An approval whose day has no open period. */
function asked(): Line {
  const line = play([approved()], book([asking]));
  expect(line.commands).toEqual([]);
  expect(line.blocked).toBe(CLOSED);
  return line;
}

describe('a voucher whose day has no open period', () => {
  it('is posted on the day that a person gives, by the facts that any other has', () => {
    const line = asked();
    expect(line.take(replan('a1', '2026-12-03'))).toMatchObject([
      {
        type: 'PostVoucher',
        id: postId('payment-bill', 0, 1),
        time: '2026-11-25T00:00:00.000Z',
        data: { voucherKey: keyOf(), revision: 0, accountingDate: '2026-12-03', action: 'a1' },
      },
    ]);
    expect(line.commands[0]?.data).not.toHaveProperty('replaces');
    expect(line.blocked).toBeUndefined();
  });

  it('takes the newest day, and goes on asking while that is closed too, or no day was given', () => {
    const line = asked();
    expect(line.take(replan('a1'))).toEqual([]);
    expect(line.take(replan('a2', '2026-11-30'))).toEqual([]);
    expect(line.blocked).toBe(CLOSED);
    expect(line.take(replan('a3', '2026-12-02'))).toMatchObject([{ data: { accountingDate: '2026-12-02' } }]);
  });

  it('gets no day that was given before the form was told', () => {
    const early = '2026-11-20T12:00:00.000Z';
    const line = play([approved('100.00'), amended('120.00')], book([asking]));
    expect(line.take(replan('a1', '2026-12-03', early))).toEqual([]);
    expect(line.blocked).toBe(CLOSED);
    expect(line.take(replan('a2', '2026-12-04'))).toMatchObject([{ data: { accountingDate: '2026-12-04' } }]);
  });

  it('goes with others of its approval, which keep their own day', () => {
    const memo = flow({ name: 'memo', voucher: 'memo' });
    const ledger = flow({ name: 'ledger', voucher: 'ledger', openFrom: '2026-12-01' });
    const line = play([approved()], book([asking, memo, ledger]));
    expect(line.commands).toMatchObject([{ data: { voucher: 'memo', accountingDate: '2026-11-20' } }]);
    expect(line.take(replan('a1', '2026-12-03'))).toMatchObject([
      { data: { voucher: 'payment-bill', accountingDate: '2026-12-03' } },
      { data: { voucher: 'ledger', accountingDate: '2026-12-03' } },
    ]);
  });

  it('that is refused then waits for another wish', () => {
    const line = asked();
    line.take(replan('a1', '2026-12-03'));
    expect(line.take(event('VoucherRejected'))).toEqual([]);
    expect(line.blocked).toBeUndefined();
    expect(line.take(replan('a2', '2026-12-04'))).toMatchObject([
      { id: postId('payment-bill', 0, 2), data: { accountingDate: '2026-12-04', replaces: expect.any(String) } },
    ]);
  });

  it('stays while its approval is changed in nothing that counts, and is asked for anew when it is', () => {
    const line = asked();
    line.take(replan('a1', '2026-12-03'));
    line.take(confirmed());
    expect(line.take(amended('100.00'))).toEqual([]);
    expect(line.take(amended('120.00', '2026-11-26T00:00:00.000Z'))).toMatchObject([{ type: 'ReverseVoucher' }]);
    expect(line.take(event('VoucherReversed'))).toEqual([]);
    expect(line.blocked).toBe(CLOSED);
    expect(line.take(replan('a2', '2026-12-05', '2026-11-27T00:00:00.000Z'))).toMatchObject([
      { data: { revision: 1, accountingDate: '2026-12-05', action: 'a2' } },
    ]);
  });

  it('is nothing any more when the approval is withdrawn', () => {
    const line = asked();
    line.take(withdrawn());
    expect(line.blocked).toBeUndefined();
    expect(line.take(replan('a1', '2026-12-03'))).toEqual([]);
  });
});

describe('an approval that was amended to a day without an open period', () => {
  it('is compared on the day that a person gives', () => {
    const open = flow();
    const pinned = { ...open, render: asking.render };
    const line = play([approved()], book([open]));
    line.flows = book([pinned]);
    expect(line.take(amended('120.00'))).toEqual([]);
    expect(line.blocked).toBe(CLOSED);
    expect(line.take(replan('a1', '2026-12-03'))).toMatchObject([{ type: 'ReverseVoucher' }]);
    expect(line.take(event('VoucherCancelled', 'payment-bill', 0, { reason: 'withdrawn' }))).toMatchObject([
      { data: { revision: 1, accountingDate: '2026-12-03' } },
    ]);
  });
});
