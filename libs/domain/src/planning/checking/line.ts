import { type AnyMessage, canonicalJson, type FormField, factId, voucherKey } from '@voucherline/contracts';
import {
  type ApprovedApproval,
  type FlowBook,
  type FlowPlan,
  nothingPlanned,
  type PlanParts,
  planVouchers,
  type Rendered,
  withMessage,
} from '../index.js';

/** A subject with flows, messages about it, and what planning says to them: for tests. */
export const SUBJECT = 'dingtalk/dingcorp0001/approval/inst-1';
export const APPROVED_AT = '2026-11-20T03:00:00.000Z';

const HEAD = {
  connection: 'dingtalk-main',
  kind: 'PROC-PAYMENT',
  businessId: '202611200001',
  title: '张三的付款申请',
  originator: { userId: 'user01' },
};

let count = 0;
export function message(type: string, data: object, time = APPROVED_AT, id = `m${count++}`): AnyMessage {
  return { id, source: 'test', key: SUBJECT, type, time, data } as AnyMessage;
}

const amountField = (value: string): FormField => ({ id: 'MoneyField_1', name: '付款金额', type: 'MoneyField', value });

export function approved(value = '100.00', approvedAt = APPROVED_AT): AnyMessage {
  return message('ApprovalApproved', { ...HEAD, approvedAt, form: [amountField(value)] }, approvedAt);
}

export function amended(value: string, amendedAt = '2026-11-21T00:00:00.000Z'): AnyMessage {
  return message('ApprovalAmended', { ...HEAD, amendedAt, form: [amountField(value)] }, amendedAt);
}

export function withdrawn(withdrawnAt = '2026-11-22T00:00:00.000Z'): AnyMessage {
  return message('ApprovalWithdrawn', { withdrawnAt, revocation: 'dingtalk/c/approval/r' }, withdrawnAt);
}

export const keyOf = (voucher = 'payment-bill', revision = 0) => voucherKey(SUBJECT, voucher, revision);

/** An event of the writer about a voucher. */
export function event(
  type: string,
  voucher = 'payment-bill',
  revision = 0,
  more: object = {},
  time = '2026-11-20T04:00:00.000Z',
): AnyMessage {
  return message(type, { voucherKey: keyOf(voucher, revision), voucher, revision, ...more }, time);
}

export function confirmed(voucher?: string, revision = 0): AnyMessage {
  return event('VoucherConfirmed', voucher, revision, { number: `FKD000${revision + 1}` });
}

export function replan(id: string, accountingDate?: string, time = '2026-11-25T00:00:00.000Z'): AnyMessage {
  const data = { subject: SUBJECT, by: 'someone', reason: 'mended', ...(accountingDate && { accountingDate }) };
  return message('ReplanRequested', data, time, id);
}

export interface FlowOptions {
  readonly name?: string;
  readonly hash?: string;
  readonly voucher?: string;
  readonly after?: readonly string[];
  readonly target?: string;
  readonly currency?: string;
  readonly writeBack?: string;
  readonly reversalWriteBack?: string;
  readonly fault?: string;
  /** Amounts of which it makes nothing. */
  readonly skips?: readonly string[];
  readonly exclusive?: string;
  /** Days before this one have no open period. */
  readonly openFrom?: string;
}

/** A flow whose payload and amount come from the form's only field. */
export function flow(options: FlowOptions = {}): FlowPlan {
  const { name = 'pay', hash = 'h1', voucher = 'payment-bill', currency = 'CNY', after = [], skips = [] } = options;
  const { writeBack, reversalWriteBack, fault, exclusive, target = 'kingdee-hq', openFrom = '' } = options;
  return {
    version: { name, hash, offset: 3 },
    voucher: { name: voucher, target, operation: 'push-payment-bill', patienceSeconds: 60, after },
    ...(writeBack !== undefined && { writeBack }),
    ...(reversalWriteBack !== undefined && { reversalWriteBack }),
    render: ({ form: [field], approvedAt }, accountingDate = approvedAt.slice(0, 10)) => {
      if (fault !== undefined) return faulty(fault);
      const value = field?.value ?? '';
      if (skips.includes(value)) return { kind: 'skipped' };
      if (accountingDate < openFrom) return faulty(`mapping.period-ask:${accountingDate.slice(0, 7)}`);
      const amount = { amount: value, currency };
      const content = { payload: { x: 1 }, accountingDate, amount, expectation: { amount, date: accountingDate } };
      const claims =
        exclusive === undefined ? {} : { exclusive: [{ name: 'invoice', company: '001', value: exclusive }] };
      return { kind: 'rendered', content: { ...content, ...claims } };
    },
  };
}

function faulty(code: string): Rendered {
  return { kind: 'fault', fault: { code, reason: 'r', owner: 'finance', nextStep: 'n' } };
}

export function book(inForce: readonly FlowPlan[], pinned: readonly FlowPlan[] = inForce): FlowBook {
  return {
    inForce: (approval: ApprovedApproval) => (approval.kind === 'PROC-PAYMENT' ? inForce : []),
    version: ({ name, hash }) => pinned.find(({ version }) => version.name === name && version.hash === hash),
    dayAt: (_connection, instant) => instant.slice(0, 10),
  };
}

/** What planning knows, after each message and what it said to it, as the stage runner does. */
export class Line {
  parts: PlanParts;
  flows: FlowBook;
  readonly commands: AnyMessage[] = [];
  blocked: string | undefined;

  constructor(flows: FlowBook, parts: PlanParts = nothingPlanned) {
    this.flows = flows;
    this.parts = parts;
  }

  /** @returns what is said because of it */
  take(one: AnyMessage): readonly AnyMessage[] {
    this.parts = withMessage(this.parts, one);
    return this.decide();
  }

  decide(): readonly AnyMessage[] {
    const { messages, blocked } = planVouchers(SUBJECT, this.parts, this.flows);
    this.blocked = blocked?.code;
    const said = messages.map((draft) => ({ ...draft, source: 'transformer/plan', key: SUBJECT }) as AnyMessage);
    this.parts = said.reduce(withMessage, this.parts);
    const left = planVouchers(SUBJECT, this.parts, this.flows).messages;
    if (left.length > 0) throw new Error(`still missing after it was said: ${canonicalJson(left)}`);
    this.commands.push(...said);
    return said;
  }
}

/** Plays messages one after the other. */
export function play(messages: readonly AnyMessage[], flows: FlowBook): Line {
  const line = new Line(flows);
  for (const one of messages) line.take(one);
  return line;
}

export const types = (messages: readonly AnyMessage[]) => messages.map(({ type }) => type);

export const postId = (voucher: string, revision: number, times: number) =>
  factId('PostVoucher', keyOf(voucher, revision), times);
