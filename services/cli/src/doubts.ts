import type { AnyMessage, VoucherHeld, VoucherInDoubt, VoucherLookedUp } from '@voucherline/contracts';

/** Look-ups in a row that showed the same. */
export interface Looked {
  readonly times: number;
  readonly first: string;
  readonly last: string;
  readonly found: VoucherLookedUp['found'];
}

/** A voucher of which nobody knows what the target made of it, as `vouchers.events` tells it. */
export interface Doubt {
  /** Kafka key: the approval, or the group. */
  readonly subject: string;
  readonly data: VoucherInDoubt;
  /** Since the newest doubt, oldest first. */
  readonly looked: readonly Looked[];
  /** It stopped: a person has to look. */
  readonly held: VoucherHeld | null;
  /** A person has settled it and the writer goes on by that. */
  readonly settled: boolean;
}

/** What ends a doubt for good. */
const ENDS: readonly string[] = ['VoucherConfirmed', 'VoucherRejected', 'VoucherCancelled', 'VoucherReversed'];

/** Takes the next message of `vouchers.events` into the doubts known by voucher key. */
export function takeDoubt(doubts: Map<string, Doubt>, message: AnyMessage): void {
  if (message.type === 'VoucherInDoubt') {
    const { data, key: subject } = message;
    doubts.set(data.voucherKey, { subject, data, looked: [], held: null, settled: false });
    return;
  }
  const { voucherKey } = message.data as Partial<VoucherInDoubt>;
  const known = voucherKey === undefined ? undefined : doubts.get(voucherKey);
  if (voucherKey === undefined || known === undefined) return;
  if (ENDS.includes(message.type)) doubts.delete(voucherKey);
  if (message.type === 'VoucherHeld') doubts.set(voucherKey, { ...known, held: message.data, settled: false });
  if (message.type === 'VoucherDoubtSettled') doubts.set(voucherKey, { ...known, held: null, settled: true });
  if (message.type === 'VoucherLookedUp') {
    doubts.set(voucherKey, { ...known, looked: withLook(known.looked, message.data.found, message.time) });
  }
}

function withLook(looked: readonly Looked[], found: Looked['found'], at: string): readonly Looked[] {
  const last = looked.at(-1);
  if (last === undefined || words(last.found) !== words(found)) {
    return [...looked, { times: 1, first: at, last: at, found }];
  }
  return [...looked.slice(0, -1), { ...last, times: last.times + 1, last: at }];
}

/** What a look-up found, in one line. */
export function words(found: Looked['found']): string {
  return found.length === 0 ? 'nothing' : found.map(({ document, stage }) => `${document} (${stage})`).join(', ');
}
