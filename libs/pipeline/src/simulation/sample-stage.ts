import { type AnyMessage, encode, factId, type Topic, topicOf } from '@voucherline/contracts';
import type { OutgoingRecord } from '../broker.js';
import { shardOf } from '../shard-of.js';
import type { AnyDraft, Stage } from '../stage.js';

export const DOCUMENTS = 'documents.collected.v1';
export const VOUCHERS = 'vouchers.events.v1';
export const EVENTS = 'approvals.events.v1';
export const SHARDS = 2;

/** Documents and vouchers seen, and what was said about them. */
export interface SampleState {
  readonly documents: readonly string[];
  readonly vouchers: readonly string[];
  readonly said: readonly string[];
  /** Ids of the actions. */
  readonly asked: readonly string[];
}

/** What a test changes about the sample stage while it runs. */
export interface Switches {
  /** Whether documents called `poison…` can be handled. */
  mended: boolean;
  /** Whether a document called `block…` can be decided. */
  unblocked: boolean;
}

/**
 * A small stage with two inputs: one step for each document and each action, a rejection for each voucher, and, when two
 * documents and a voucher are known, one withdrawal.
 */
export function sampleStage(switches: Switches = { mended: false, unblocked: false }): Stage<SampleState> {
  return {
    name: 'sample/stage',
    inputs: [DOCUMENTS, VOUCHERS],
    outputs: [EVENTS],
    actions: ['ReplanRequested'],
    initial: () => ({ documents: [], vouchers: [], said: [], asked: [] }),
    fold: (state, message) => fold(state, message, switches),
    decide: (key, state) => {
      const missing = dueOf(key, state).filter(({ id }) => !state.said.includes(id));
      const stuck = !switches.unblocked && state.documents.find((name) => name.startsWith('block'));
      return {
        messages: missing,
        ...(stuck && { blocked: { code: 'sample.blocked', reason: stuck, owner: 'finance', nextStep: 'unblock it' } }),
      };
    },
    supersedes: (later, parked) => nameOf(later).split('@')[0] === nameOf(parked).split('@')[0],
  };
}

function fold(state: SampleState, message: AnyMessage, { mended }: Switches): SampleState {
  if (topicOf(message.type) === EVENTS) return { ...state, said: [...state.said, message.id] };
  if (message.type === 'ReplanRequested') return { ...state, asked: [...state.asked, message.id] };
  const name = nameOf(message);
  if (message.type === 'DocumentCollected') {
    if (name.startsWith('poison') && !mended) throw new Error(`can't fold ${name}`);
    return { ...state, documents: [...state.documents, name] };
  }
  return { ...state, vouchers: [...state.vouchers, name] };
}

function nameOf({ data }: AnyMessage): string {
  return 'document' in data ? data.document : '';
}

/** Everything the log has to say about a key, given what was seen. */
export function dueOf(
  key: string,
  { documents, vouchers, asked = [] }: Pick<SampleState, 'documents' | 'vouchers'> & Partial<SampleState>,
): AnyDraft[] {
  const time = '2026-01-01T00:00:00Z';
  const steps = [...documents, ...asked].map((step): AnyDraft => {
    const id = factId(key, 'step', step);
    return { type: 'ApprovalStepDecided', id, time, data: { step, userId: 'u', decision: 'agreed', decidedAt: time } };
  });
  const rejections = vouchers.map((rejectedAt): AnyDraft => {
    return { type: 'ApprovalRejected', id: factId(key, 'rejected', rejectedAt), time, data: { rejectedAt } };
  });
  const withdrawal: AnyDraft[] =
    documents.length >= 2 && vouchers.length >= 1
      ? [{ type: 'ApprovalWithdrawn', id: factId(key, 'withdrawn'), time, data: { withdrawnAt: time } }]
      : [];
  return [...steps, ...rejections, ...withdrawal];
}

/** A document of a key, the n-th that its source collected. */
export function documentRecord(key: string, sequence: number, name: string, source = 'collector/a'): OutgoingRecord {
  const data = {
    document: name,
    connection: 'c',
    content: { encoding: 'utf8', data: '{}', sha256: '' },
    readAt: '2026-01-01T00:00:00Z',
    reason: 'hint',
    ended: true,
  } as const;
  return outgoing({ ...envelope(key, sequence, source), type: 'DocumentCollected', data });
}

/** A voucher of a key, the n-th that was confirmed. */
export function voucherRecord(key: string, sequence: number, name: string): OutgoingRecord {
  const of = {
    voucherKey: 'v',
    voucher: 'payment',
    revision: 0,
    generation: 1,
    target: 't',
    document: name,
    number: '1',
  };
  const evidence = { readAt: '', status: '', amount: { amount: '1', currency: 'CNY' }, contentSha256: '' };
  const data = { ...of, evidence };
  return outgoing({ ...envelope(key, sequence, 'erp-writer/post'), type: 'VoucherConfirmed', data });
}

function envelope(key: string, sequence: number, source: string) {
  return { id: factId(source, key, sequence), key, sequence, source, time: '2026-01-01T00:00:00Z' };
}

export function outgoing(message: AnyMessage, topic: Topic = topicOf(message.type)): OutgoingRecord {
  return { topic, partition: shardOf(message.key, SHARDS), record: encode(message) };
}
