import type { AnyMessage, ApprovalHead } from '@voucherline/contracts';
import type { MappedApproval } from '@voucherline/mapping';
import { type Broker, decodeIfReadable } from '@voucherline/pipeline';

const TOPIC = 'approvals.events.v1';

/** An approval as it stands now: what a flow would map if it were planned today. */
export interface StandingApproval {
  readonly key: string;
  readonly approval: MappedApproval;
}

/** Where a message stands, with what is told of it before its form is looked at. */
export interface FormPlace {
  readonly head: ApprovalHead;
  readonly time: string;
  readonly offset: bigint;
}

/** What became of approvals that were told more than once: where their newest form is, or that they are withdrawn. */
type Later = Map<string, bigint | 'withdrawn'>;

interface Range {
  readonly partition: number;
  readonly low: bigint;
  readonly high: bigint;
}

/**
 * Approvals with their newest form, partition by partition; withdrawn ones are left out. Each partition is read twice, so that only
 * the keys of approvals that were changed or withdrawn after they were approved are kept, and those of one partition at a time.
 * @param isWanted asked of the newest form's message
 * @param onRead told how many messages were read so far
 */
export async function* standingApprovals(
  broker: Broker,
  isWanted: (place: FormPlace) => boolean,
  onRead: (messages: number) => void,
): AsyncGenerator<StandingApproval> {
  let read = 0;
  for (const range of await broker.offsets(TOPIC)) {
    const later: Later = new Map();
    for await (const { message, offset } of messagesOf(broker, range)) {
      takeLater(later, message, offset);
      onRead(++read);
    }
    yield* newestForms(broker, range, later, isWanted);
  }
}

async function* newestForms(
  broker: Broker,
  range: Range,
  later: Later,
  isWanted: (place: FormPlace) => boolean,
): AsyncGenerator<StandingApproval> {
  const approvedAt = new Map<string, string>();
  for await (const { message, offset } of messagesOf(broker, range)) {
    if (message.type !== 'ApprovalApproved' && message.type !== 'ApprovalAmended') continue;
    const { key, time, data } = message;
    const known = later.get(key);
    if (message.type === 'ApprovalApproved' && known !== undefined) approvedAt.set(key, message.data.approvedAt);
    if ((known ?? offset) !== offset || !isWanted({ head: data, time, offset })) continue;
    const approved = message.type === 'ApprovalApproved' ? message.data.approvedAt : approvedAt.get(key);
    if (approved !== undefined) yield { key, approval: { ...data, approvedAt: approved } };
  }
}

function takeLater(later: Later, { type, key }: AnyMessage, offset: bigint): void {
  if (type === 'ApprovalWithdrawn') later.set(key, 'withdrawn');
  else if (type === 'ApprovalApproved' && later.has(key)) later.set(key, offset);
  else if (type === 'ApprovalAmended' && later.get(key) !== 'withdrawn') later.set(key, offset);
}

async function* messagesOf(broker: Broker, { partition, low, high }: Range) {
  if (low === high) return;
  for await (const records of broker.read(TOPIC, partition, low, high)) {
    for (const record of records) {
      const message = decodeIfReadable(record);
      if (message !== undefined) yield { message, offset: record.offset };
    }
  }
}
