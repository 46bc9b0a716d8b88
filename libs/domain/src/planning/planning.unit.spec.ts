import { type AnyMessage, type FormField, voucherKey } from '@voucherline/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ApprovedApproval,
  type FlowBook,
  type FlowPlan,
  nothingPlanned,
  type PlanParts,
  planVouchers,
  versionInForce,
  withMessage,
} from './index.js';

const SUBJECT = 'dingtalk/dingcorp0001/approval/inst-1';
const KEY = voucherKey(SUBJECT, 'payment-bill', 0);
const APPROVED_AT = '2026-11-20T03:00:00.000Z';

const amountField = (value: string): FormField => ({ id: 'MoneyField_1', name: '付款金额', type: 'MoneyField', value });
const head = {
  connection: 'dingtalk-main',
  kind: 'PROC-PAYMENT',
  businessId: '202611200001',
  title: '张三的付款申请',
  originator: { userId: 'user01' },
};
const form = [amountField('100.00')];

let count = 0;
function message(type: string, data: object, time = APPROVED_AT): AnyMessage {
  count += 1;
  return { id: `m${count}`, source: 'test', key: SUBJECT, type, time, data } as AnyMessage;
}
const approved = message('ApprovalApproved', { ...head, approvedAt: APPROVED_AT, form });
const amended = (value: string) => {
  return message('ApprovalAmended', { ...head, amendedAt: '2026-11-21T00:00:00.000Z', form: [amountField(value)] });
};
const withdrawn = message('ApprovalWithdrawn', {
  withdrawnAt: '2026-11-22T00:00:00.000Z',
  revocation: 'dingtalk/c/approval/r',
});
const confirmed = message('VoucherConfirmed', { voucherKey: KEY, number: 'FKD0001' }, '2026-11-20T04:00:00.000Z');

interface FlowOptions {
  readonly name?: string;
  readonly hash?: string;
  readonly voucher?: string;
  readonly currency?: string;
  readonly writeBack?: string;
  readonly fault?: string;
}

/** A flow whose payload is the first form field. */
function flow({
  name = 'pay',
  hash = 'h1',
  voucher = 'payment-bill',
  currency = 'CNY',
  ...rest
}: FlowOptions = {}): FlowPlan {
  return {
    version: { name, hash, offset: 3 },
    voucher: { name: voucher, target: 'kingdee-hq', operation: 'push-payment-bill', patienceSeconds: 60 },
    ...(rest.writeBack !== undefined && { writeBack: rest.writeBack }),
    render: ({ form: fields }) => {
      if (rest.fault !== undefined) {
        return { kind: 'fault', fault: { code: rest.fault, reason: 'r', owner: 'finance', nextStep: 'n' } };
      }
      const amount = { amount: fields[0]?.value ?? '', currency };
      const content = {
        payload: { x: 1 },
        accountingDate: '2026-11-20',
        amount,
        expectation: { amount, date: '2026-11-20' },
      };
      return { kind: 'rendered', content };
    },
  };
}

function book(inForce: readonly FlowPlan[], pinned: readonly FlowPlan[] = inForce): FlowBook {
  return {
    inForce: (approval: ApprovedApproval) => (approval.kind === 'PROC-PAYMENT' ? inForce : []),
    version: ({ name, hash }) => pinned.find(({ version }) => version.name === name && version.hash === hash),
  };
}

/** Folds messages and what is decided after each, as the stage runner does. */
function play(messages: readonly AnyMessage[], flows: FlowBook) {
  const commands: AnyMessage[] = [];
  let blocked: string | undefined;
  let parts: PlanParts = nothingPlanned;
  for (const each of messages) {
    parts = withMessage(parts, each);
    const plan = planVouchers(SUBJECT, parts, flows);
    blocked = plan.blocked?.code;
    for (const draft of plan.messages) {
      const said = { ...draft, source: 'transformer/plan', key: SUBJECT } as AnyMessage;
      commands.push(said);
      parts = withMessage(parts, said);
    }
  }
  return { commands, blocked, parts };
}

const types = (messages: readonly AnyMessage[]) => messages.map(({ type }) => type);

describe('an approved approval', () => {
  it('is one voucher with a key, an id and a time that come from the approval alone', () => {
    const { commands, blocked } = play([approved, approved], book([flow()]));
    expect(blocked).toBeUndefined();
    expect(commands).toHaveLength(1);
    expect(commands[0]).toMatchObject({
      type: 'PostVoucher',
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      time: APPROVED_AT,
      data: {
        voucherKey: KEY,
        revision: 0,
        flow: { name: 'pay', hash: 'h1', offset: 3 },
        members: [{ approval: SUBJECT, revision: 0, amount: { amount: '100.00', currency: 'CNY' } }],
        accountingDate: '2026-11-20',
        fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    });
  });

  it('stays as it was planned when another version is published', () => {
    const { parts } = play([approved], book([flow()]));
    expect(planVouchers(SUBJECT, parts, book([flow({ hash: 'h2', currency: 'USD' })])).messages).toEqual([]);
  });

  it('that no flow takes is recorded, not posted', () => {
    expect(play([approved], book([])).commands).toEqual([]);
  });

  it('is a voucher of each flow that takes it; one that can not be mapped holds up no other', () => {
    const { commands, blocked } = play(
      [approved],
      book([flow({ fault: 'mapping.empty-field', voucher: 'memo', name: 'memo' }), flow()]),
    );
    expect(types(commands)).toEqual(['PostVoucher']);
    expect(blocked).toBe('mapping.empty-field');
  });

  it('is no voucher while two flows would make the same one', () => {
    const { commands, blocked } = play([approved], book([flow(), flow({ name: 'pay-too', hash: 'h2' })]));
    expect(commands).toEqual([]);
    expect(blocked).toBe('flow.ambiguous');
  });

  it('is planned by its newest form when it could not be mapped before', () => {
    const { parts } = play([approved], book([flow({ fault: 'mapping.empty-field' })]));
    const { messages, blocked } = planVouchers(SUBJECT, withMessage(parts, amended('70.00')), book([flow()]));
    expect(blocked).toBeUndefined();
    expect(messages).toMatchObject([{ data: { expectation: { amount: { amount: '70.00' } } }, time: APPROVED_AT }]);
  });
});

describe('a confirmed voucher', () => {
  it('is noted on the approval once, with its number', () => {
    const { commands } = play(
      [approved, confirmed, confirmed],
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
    const { parts } = play([approved], book([made]));
    const later = book([flow({ hash: 'h2', writeBack: 'new {number}' })], [made, flow({ hash: 'h2' })]);
    expect(planVouchers(SUBJECT, withMessage(parts, confirmed), later).messages).toMatchObject([
      { data: { text: 'old FKD0001' } },
    ]);
  });

  it('is not noted when the flow does not ask for it, or the voucher is not ours', () => {
    expect(types(play([approved, confirmed], book([flow()])).commands)).toEqual(['PostVoucher']);
    const foreign = message('VoucherConfirmed', { voucherKey: 'other', number: 'X' });
    expect(types(play([approved, foreign], book([flow({ writeBack: '{number}' })])).commands)).toEqual(['PostVoucher']);
  });
});

describe('a withdrawal', () => {
  it('before anything was commanded commands nothing', () => {
    const parts = [approved, withdrawn].reduce(withMessage, nothingPlanned);
    expect(planVouchers(SUBJECT, parts, book([flow()]))).toEqual({ messages: [] });
  });

  it('after a command asks once for no effective voucher under that key', () => {
    const { commands } = play([approved, withdrawn, withdrawn, confirmed], book([flow({ writeBack: '{number}' })]));
    expect(types(commands)).toEqual(['PostVoucher', 'ReverseVoucher']);
    expect(commands[1]).toMatchObject({
      time: '2026-11-22T00:00:00.000Z',
      data: { voucherKey: KEY, reason: 'the approval was revoked by dingtalk/c/approval/r' },
    });
  });

  it('leaves no form in the state', () => {
    const { parts } = play([approved, withdrawn], book([flow()]));
    expect(JSON.stringify(parts)).not.toContain('付款金额');
  });
});

describe('an amendment after the command', () => {
  it('stops for finance, without a second voucher', () => {
    const { commands, blocked } = play([approved, amended('120.00')], book([flow()]));
    expect(types(commands)).toEqual(['PostVoucher']);
    expect(blocked).toBe('approval.amended-after-posting');
  });

  it('that changes nothing the flow maps goes on', () => {
    expect(play([approved, amended('100.00')], book([flow()])).blocked).toBeUndefined();
  });

  it('does not stop the note, nor the withdrawal', () => {
    const flows = book([flow({ writeBack: '{number}' })]);
    expect(types(play([approved, amended('120.00'), confirmed], flows).commands)).toContain('WriteBack');
    const { commands, blocked } = play([approved, amended('120.00'), withdrawn], flows);
    expect(types(commands)).toContain('ReverseVoucher');
    expect(blocked).toBeUndefined();
  });
});

describe('the parts', () => {
  it('do not depend on how the topics interleave', () => {
    const inputs = [approved, amended('120.00'), confirmed];
    const { commands, parts } = play(inputs, book([flow({ writeBack: '{number}' })]));
    const topics = [[approved, amended('120.00')], [confirmed], commands];
    const order = topics.flatMap((messages, topic) => messages.map(() => topic));
    fc.assert(
      fc.property(fc.shuffledSubarray(order, { minLength: order.length, maxLength: order.length }), (shuffled) => {
        const left = topics.map((messages) => [...messages]);
        const rebuilt = shuffled.reduce(
          (known, topic) => withMessage(known, left[topic]?.shift() as AnyMessage),
          nothingPlanned,
        );
        expect(rebuilt).toEqual(parts);
      }),
    );
  });

  it('are untouched by what planning has no use for', () => {
    for (const type of ['ApprovalSubmitted', 'ApprovalStepDecided', 'VoucherPostingStarted', 'WriteBackDone']) {
      expect(withMessage(nothingPlanned, message(type, {}))).toBe(nothingPlanned);
    }
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
