import { describe, expect, it } from 'vitest';
import {
  APPROVED_AT,
  amended,
  approved,
  book,
  confirmed,
  event,
  flow,
  keyOf,
  message,
  play,
  SUBJECT,
  types,
} from './checking/line.js';
import { nothingPlanned, planVouchers, versionInForce, withMessage } from './index.js';

describe('an approved approval', () => {
  it('is one voucher with a key, an id and a time that come from the approval alone', () => {
    const { commands, blocked } = play([approved(), approved()], book([flow()]));
    expect(blocked).toBeUndefined();
    expect(commands).toHaveLength(1);
    expect(commands[0]).toMatchObject({
      type: 'PostVoucher',
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      time: APPROVED_AT,
      data: {
        voucherKey: keyOf(),
        revision: 0,
        flow: { name: 'pay', hash: 'h1', offset: 3 },
        members: [{ approval: SUBJECT, revision: 0, amount: { amount: '100.00', currency: 'CNY' } }],
        accountingDate: '2026-11-20',
        fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    });
  });

  it('says the rows that were looked up for it, and counts as the same voucher whatever they were', () => {
    const lookups = [
      { table: 'accounts', criteria: { category: 'travel' }, day: '2026-11-20', row: { account: '6601' } },
    ];
    const plain = flow();
    const render: typeof plain.render = (approval, day) => {
      const rendered = plain.render(approval, day);
      return rendered.kind === 'rendered' ? { ...rendered, content: { ...rendered.content, lookups } } : rendered;
    };
    const [without] = play([approved()], book([plain])).commands;
    const [looked] = play([approved()], book([{ ...plain, render }])).commands;
    expect(looked?.data).toEqual({ ...without?.data, lookups });
  });

  it('stays as it was planned when another version is published', () => {
    const { parts } = play([approved()], book([flow()]));
    expect(planVouchers(SUBJECT, parts, book([flow({ hash: 'h2', currency: 'USD' })])).messages).toEqual([]);
  });

  it('that no flow takes is recorded, not posted', () => {
    expect(play([approved()], book([])).commands).toEqual([]);
  });

  it('is a voucher of each flow that takes it; one that can not be mapped holds up no other', () => {
    const { commands, blocked } = play(
      [approved()],
      book([flow({ fault: 'mapping.empty-field', voucher: 'memo', name: 'memo' }), flow()]),
    );
    expect(types(commands)).toEqual(['PostVoucher']);
    expect(blocked).toBe('mapping.empty-field');
  });

  it('is no voucher while two flows would make the same one', () => {
    const { commands, blocked } = play([approved()], book([flow(), flow({ name: 'pay-too', hash: 'h2' })]));
    expect(commands).toEqual([]);
    expect(blocked).toBe('flow.ambiguous');
  });

  it('is planned by its newest form when it could not be mapped before', () => {
    const { parts } = play([approved()], book([flow({ fault: 'mapping.empty-field' })]));
    const { messages, blocked } = planVouchers(SUBJECT, withMessage(parts, amended('70.00')), book([flow()]));
    expect(blocked).toBeUndefined();
    expect(messages).toMatchObject([
      { data: { expectation: { amount: { amount: '70.00' } }, members: [{ revision: 1 }] }, time: APPROVED_AT },
    ]);
  });

  it('claims what the flow says, and the claim belongs to the fingerprint', () => {
    const commandOf = (exclusive: string) => play([approved()], book([flow({ exclusive })])).commands[0];
    const [one, other] = [commandOf('033/1'), commandOf('033/2')] as const;
    expect(one).toMatchObject({ data: { exclusive: [{ name: 'invoice', company: '001', value: '033/1' }] } });
    const fingerprints = [one, other].map((command) => command?.type === 'PostVoucher' && command.data.fingerprint);
    expect(new Set(fingerprints).size).toBe(2);
  });
});

describe('a confirmed voucher', () => {
  it('is noted on the approval once, with its number', () => {
    const { commands } = play(
      [approved(), confirmed(), confirmed()],
      book([flow({ writeBack: '已生成付款单 {number}（金蝶）' })]),
    );
    expect(types(commands)).toEqual(['PostVoucher', 'WriteBack']);
    expect(commands[1]).toMatchObject({
      time: '2026-11-20T04:00:00.000Z',
      data: { connection: 'dingtalk-main', document: SUBJECT, text: '已生成付款单 FKD0001（金蝶）' },
    });
  });

  it('is noted by the flow version that made it', () => {
    const made = flow({ writeBack: 'old {number}' });
    const { parts } = play([approved()], book([made]));
    const later = book([flow({ hash: 'h2', writeBack: 'new {number}' })], [made, flow({ hash: 'h2' })]);
    expect(planVouchers(SUBJECT, withMessage(parts, confirmed()), later).messages).toMatchObject([
      { data: { text: 'old FKD0001' } },
    ]);
  });

  it('is not noted when the flow does not ask for it, or the voucher is not ours', () => {
    expect(types(play([approved(), confirmed()], book([flow()])).commands)).toEqual(['PostVoucher']);
    const foreign = message('VoucherConfirmed', { voucherKey: 'other', number: 'X' });
    const flows = book([flow({ writeBack: '{number}' })]);
    expect(types(play([approved(), foreign], flows).commands)).toEqual(['PostVoucher']);
  });
});

describe('the parts', () => {
  it('are untouched by what planning has no use for', () => {
    for (const type of ['ApprovalSubmitted', 'ApprovalStepDecided', 'WriteBackDone']) {
      expect(withMessage(nothingPlanned, message(type, {}))).toBe(nothingPlanned);
    }
    expect(withMessage(nothingPlanned, event('VoucherPostingStarted'))).toBe(nothingPlanned);
  });
});

describe('the version in force', () => {
  const at = (text: string) => Date.parse(`2026-11-${text}Z`);
  const v1 = { name: 'v1', publishedAt: at('02T10:00:00.700') };
  const v2 = { name: 'v2', publishedAt: at('05T10:00:00') };
  const early = { name: 'early', publishedAt: at('09T10:00:00'), from: '2026-11-04T00:00:00+08:00' };

  it.each([
    ['2026-11-02T09:59:59Z', [v1, v2], undefined],
    ['2026-11-02T10:00:00Z', [v1, v2], 'v1'],
    ['2026-11-05T09:59:59Z', [v1, v2], 'v1'],
    ['2026-11-05T10:00:00Z', [v1, v2], 'v2'],
    ['2026-11-03T15:59:59Z', [v1, v2, early], 'v1'],
    ['2026-11-03T16:00:00Z', [v1, v2, early], 'early'],
    ['2026-11-08T00:00:00Z', [{ ...early, name: 'first' }, v2], 'v2'],
  ])('at %s of %j is %s', (instant, versions, name) => {
    expect(versionInForce<{ name: string; publishedAt: number; from?: string }>(versions, instant)?.name).toBe(name);
  });
});
