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
  SUBJECT,
  types,
  withdrawn,
} from './checking/line.js';
import { nothingPlanned, planVouchers, withMessage } from './index.js';

const cancelled = (reason: string, revision = 0) => event('VoucherCancelled', 'payment-bill', revision, { reason });
const reversed = (revision = 0, voucher = 'payment-bill') => event('VoucherReversed', voucher, revision);
const again = (value = '100.00') => approved(value, '2026-11-23T00:00:00.000Z');

describe('a withdrawal', () => {
  it('before anything was commanded commands nothing', () => {
    const parts = [approved(), withdrawn()].reduce(withMessage, nothingPlanned);
    expect(planVouchers(SUBJECT, parts, book([flow()]))).toEqual({ messages: [] });
  });

  it('after a command asks once for no effective voucher under that key, on the day of the withdrawal', () => {
    const { commands } = play([approved(), withdrawn(), withdrawn(), confirmed(), reversed()], book([flow()]));
    expect(types(commands)).toEqual(['PostVoucher', 'ReverseVoucher']);
    expect(commands[1]).toMatchObject({
      time: '2026-11-22T00:00:00.000Z',
      data: {
        voucherKey: keyOf(),
        reason: 'the approval was revoked by dingtalk/c/approval/r 审批已撤销',
        accountingDate: '2026-11-22',
      },
    });
  });

  it('leaves no form in the state', () => {
    const { parts } = play([approved(), withdrawn()], book([flow()]));
    expect(JSON.stringify(parts)).not.toContain('付款金额');
  });

  it('is no reason to hide that a voucher was confirmed, and its reversal is told too', () => {
    const flows = book([flow({ writeBack: '已生成 {number}', reversalWriteBack: '{number} 已红冲' })]);
    const before = play([approved(), confirmed(), withdrawn(), reversed(), reversed()], flows);
    const after = play([approved(), withdrawn(), confirmed(), reversed(), reversed()], flows);
    const notes = ({ commands }: Line) => commands.map(({ data }) => 'text' in data && data.text).filter(Boolean);
    expect(notes(before)).toEqual(['已生成 FKD0001', 'FKD0001 已红冲']);
    expect(notes(after)).toEqual(notes(before));
  });
});

describe('an approval that is approved again', () => {
  it('is posted under the next revision, once the writer told that the first has no effect', () => {
    for (const end of [reversed(), cancelled('withdrawn')]) {
      const line = play([approved(), withdrawn(), again('90.00')], book([flow()]));
      expect(types(line.commands)).toEqual(['PostVoucher', 'ReverseVoucher']);
      expect(line.take(end)).toMatchObject([
        {
          type: 'PostVoucher',
          time: '2026-11-23T00:00:00.000Z',
          data: { voucherKey: keyOf('payment-bill', 1), revision: 1, supersedes: keyOf(), members: [{ revision: 1 }] },
        },
      ]);
    }
  });

  it('is posted by what it was approved with again, not by what a new database reads first', () => {
    const { commands } = play([approved(), confirmed(), withdrawn()], book([flow()]));
    const parts = [...commands, confirmed(), reversed()].reduce(withMessage, nothingPlanned);
    const line = new Line(book([flow()]), parts);
    expect([approved(), withdrawn()].flatMap((one) => line.take(one))).toEqual([]);
    expect(line.take(again('90.00'))).toMatchObject([{ data: { revision: 1, members: [{ revision: 1 }] } }]);
  });

  it('is posted under the first key when nothing had been commanded', () => {
    const blockedFlow = book([flow({ fault: 'mapping.empty-field' })]);
    const line = play([approved(), withdrawn()], blockedFlow);
    line.flows = book([flow()]);
    expect(line.take(again())).toMatchObject([{ data: { revision: 0 } }]);
  });

  it('and withdrawn again is reversed again', () => {
    const later = withdrawn('2026-11-24T00:00:00.000Z');
    const line = play([approved(), withdrawn(), again(), reversed(), confirmed('payment-bill', 1)], book([flow()]));
    expect(line.take(later)).toMatchObject([
      { type: 'ReverseVoucher', data: { voucherKey: keyOf('payment-bill', 1), accountingDate: '2026-11-24' } },
    ]);
  });
});

describe('an amendment after the command', () => {
  it('reverses what would be another voucher now, and posts that under the next revision', () => {
    const line = play([approved(), confirmed(), amended('120.00')], book([flow()]));
    expect(line.commands.at(-1)).toMatchObject({
      type: 'ReverseVoucher',
      data: { voucherKey: keyOf(), reason: 'the approval was amended 审批已变更', accountingDate: '2026-11-21' },
    });
    expect(line.take(reversed())).toMatchObject([
      {
        time: '2026-11-21T00:00:00.000Z',
        data: { revision: 1, supersedes: keyOf(), expectation: { amount: { amount: '120.00' } } },
      },
    ]);
    expect(line.blocked).toBeUndefined();
  });

  it('that changes nothing the flow maps goes on, whatever later versions of the flow would make', () => {
    const made = flow();
    const line = play([approved()], book([made]));
    line.flows = book([flow({ hash: 'h2', currency: 'USD' })], [made]);
    expect(line.take(amended('100.00'))).toEqual([]);
    expect(line.blocked).toBeUndefined();
  });

  it('that leaves nothing to post only reverses', () => {
    const line = play([approved(), amended('0.00'), cancelled('withdrawn')], book([flow({ skips: ['0.00'] })]));
    expect(types(line.commands)).toEqual(['PostVoucher', 'ReverseVoucher']);
    expect(line.take(amended('5.00', '2026-11-25T00:00:00.000Z'))).toMatchObject([{ data: { revision: 1 } }]);
  });

  it('that can not be mapped leaves the voucher as it is, and stops for a person', () => {
    const line = play([approved()], book([flow()]));
    line.flows = book([flow({ fault: 'mapping.empty-field' })]);
    expect(line.take(amended('120.00'))).toEqual([]);
    expect(line.blocked).toBe('mapping.empty-field');
    line.flows = book([]);
    line.decide();
    expect(line.blocked).toBe('flow.unknown-version');
  });

  it('that changes only what is claimed is one all the same', () => {
    const line = play([approved()], book([flow({ exclusive: '1' })]));
    line.flows = book([flow({ exclusive: '2' })]);
    expect(types(line.take(amended('100.00')))).toEqual(['ReverseVoucher']);
  });

  it('of a voucher that a person gave up is left to that person', () => {
    const line = play([approved(), cancelled('discarded'), amended('120.00')], book([flow()]));
    expect(types(line.commands)).toEqual(['PostVoucher', 'ReverseVoucher']);
    expect(line.blocked).toBe('approval.changed-after-discard');
    expect(line.take(cancelled('withdrawn'))).toMatchObject([{ data: { revision: 1 } }]);
    expect(line.blocked).toBeUndefined();
  });
});

describe('a generation that was replaced', () => {
  it('makes no room for another revision', () => {
    const line = play([approved(), cancelled('replaced'), amended('120.00')], book([flow()]));
    expect(types(line.commands)).toEqual(['PostVoucher', 'ReverseVoucher']);
  });
});

describe('vouchers in a declared order', () => {
  const accrual = flow({ name: 'accrue', voucher: 'accrual' });
  const settlement = flow({ name: 'settle', voucher: 'settlement', after: ['accrual'] });
  const flows = book([settlement, accrual]);
  const said = (messages: readonly { type: string; data: object }[]) =>
    messages.map(({ type, data }) => `${type} ${(data as { voucher: string }).voucher}`);

  it('are posted one after the other is confirmed, and reversed in the opposite order', () => {
    const line = new Line(flows);
    expect(said(line.take(approved()))).toEqual(['PostVoucher accrual']);
    expect(said(line.take(confirmed('accrual')))).toEqual(['PostVoucher settlement']);
    expect(said(line.take(withdrawn()))).toEqual(['ReverseVoucher settlement']);
    expect(line.take(again())).toEqual([]);
    expect(said(line.take(reversed(0, 'settlement')))).toEqual(['ReverseVoucher accrual']);
    expect(said(line.take(reversed(0, 'accrual')))).toEqual(['PostVoucher accrual']);
    expect(said(line.take(confirmed('accrual', 1)))).toEqual(['PostVoucher settlement']);
  });

  it('go together when only the earlier one changed', () => {
    const fixed = { ...settlement, render: flow({ skips: [] }).render };
    const constant = { ...fixed, render: () => settlement.render({ form: [], approvedAt: '2026-11-20' } as never) };
    const line = play([approved(), confirmed('accrual')], book([constant, accrual]));
    expect(said(line.take(amended('120.00')))).toEqual(['ReverseVoucher settlement']);
    expect(said(line.take(event('VoucherCancelled', 'settlement', 0, { reason: 'withdrawn' })))).toEqual([
      'ReverseVoucher accrual',
    ]);
    expect(said(line.take(reversed(0, 'accrual')))).toEqual(['PostVoucher accrual']);
  });

  it('do not wait for what no flow makes of the approval, but for what can not be mapped yet', () => {
    const skipping = flow({ name: 'accrue', voucher: 'accrual', skips: ['100.00'] });
    expect(said(play([approved()], book([settlement, skipping])).commands)).toEqual(['PostVoucher settlement']);
    expect(said(play([approved()], book([settlement])).commands)).toEqual(['PostVoucher settlement']);
    const faulty = flow({ name: 'accrue', voucher: 'accrual', fault: 'mapping.empty-field' });
    const line = play([approved()], book([settlement, faulty]));
    expect([line.commands, line.blocked]).toEqual([[], 'mapping.empty-field']);
  });

  it('stop for a person when the earlier one was given up', () => {
    const line = play([approved(), event('VoucherCancelled', 'accrual', 0, { reason: 'discarded' })], flows);
    expect(said(line.commands)).toEqual(['PostVoucher accrual']);
    expect(line.blocked).toBe('voucher.after-discarded');
  });
});
