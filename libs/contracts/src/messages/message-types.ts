import type { Topic } from '../topics.js';
import type {
  ApprovalAmended,
  ApprovalApproved,
  ApprovalRejected,
  ApprovalStepDecided,
  ApprovalSubmitted,
  ApprovalWithdrawn,
} from './approvals.js';
import type { ConnectionPublished, FlowPublished } from './configuration.js';
import type { DocumentCollected, DocumentGone, SweepCompleted } from './documents.js';
import type { InboundReceived } from './inbound.js';
import type { MasterDataEntry, MasterDataPulled } from './master-data.js';
import type {
  DoubtResolved,
  ParkedDiscarded,
  ParkedReleased,
  PullRequested,
  RebuildRequested,
  RecoveryRequested,
  ReplanRequested,
  ReplayRequested,
} from './operations-actions.js';
import type {
  MessageParked,
  ParkedResolved,
  RebuildReported,
  RecoveryCompleted,
  RecoveryNeeded,
  ReplayReported,
} from './operations-events.js';
import type { PostVoucher, ReverseVoucher, WriteBack } from './voucher-commands.js';
import type {
  VoucherCancelled,
  VoucherConfirmed,
  VoucherDoubtSettled,
  VoucherHeld,
  VoucherInDoubt,
  VoucherLookedUp,
  VoucherPostingStarted,
  VoucherRejected,
  VoucherReversed,
  WriteBackDone,
} from './voucher-events.js';

/** Every message type with its data and the topic it belongs to. */
export interface MessageTypes {
  InboundReceived: InboundReceived;
  DocumentCollected: DocumentCollected;
  DocumentGone: DocumentGone;
  SweepCompleted: SweepCompleted;
  ApprovalSubmitted: ApprovalSubmitted;
  ApprovalStepDecided: ApprovalStepDecided;
  ApprovalApproved: ApprovalApproved;
  ApprovalRejected: ApprovalRejected;
  ApprovalWithdrawn: ApprovalWithdrawn;
  ApprovalAmended: ApprovalAmended;
  MasterDataEntry: MasterDataEntry;
  MasterDataPulled: MasterDataPulled;
  PostVoucher: PostVoucher;
  ReverseVoucher: ReverseVoucher;
  WriteBack: WriteBack;
  VoucherPostingStarted: VoucherPostingStarted;
  VoucherConfirmed: VoucherConfirmed;
  VoucherRejected: VoucherRejected;
  VoucherInDoubt: VoucherInDoubt;
  VoucherHeld: VoucherHeld;
  VoucherLookedUp: VoucherLookedUp;
  VoucherDoubtSettled: VoucherDoubtSettled;
  VoucherCancelled: VoucherCancelled;
  VoucherReversed: VoucherReversed;
  WriteBackDone: WriteBackDone;
  FlowPublished: FlowPublished;
  ConnectionPublished: ConnectionPublished;
  MessageParked: MessageParked;
  ParkedResolved: ParkedResolved;
  ReplayReported: ReplayReported;
  ParkedReleased: ParkedReleased;
  ParkedDiscarded: ParkedDiscarded;
  DoubtResolved: DoubtResolved;
  ReplanRequested: ReplanRequested;
  PullRequested: PullRequested;
  ReplayRequested: ReplayRequested;
  RebuildRequested: RebuildRequested;
  RecoveryRequested: RecoveryRequested;
  RecoveryNeeded: RecoveryNeeded;
  RecoveryCompleted: RecoveryCompleted;
  RebuildReported: RebuildReported;
}

export type MessageType = keyof MessageTypes;

/** The topic and the newest schema version of each message type. */
export const MESSAGES = {
  InboundReceived: { topic: 'inbound.received.v1', version: 1 },
  DocumentCollected: { topic: 'documents.collected.v1', version: 1 },
  DocumentGone: { topic: 'documents.collected.v1', version: 1 },
  SweepCompleted: { topic: 'documents.collected.v1', version: 1 },
  ApprovalSubmitted: { topic: 'approvals.events.v1', version: 1 },
  ApprovalStepDecided: { topic: 'approvals.events.v1', version: 1 },
  ApprovalApproved: { topic: 'approvals.events.v1', version: 1 },
  ApprovalRejected: { topic: 'approvals.events.v1', version: 1 },
  ApprovalWithdrawn: { topic: 'approvals.events.v1', version: 1 },
  ApprovalAmended: { topic: 'approvals.events.v1', version: 1 },
  MasterDataEntry: { topic: 'masterdata.entries.v1', version: 1 },
  MasterDataPulled: { topic: 'masterdata.entries.v1', version: 1 },
  PostVoucher: { topic: 'vouchers.commands.v1', version: 1 },
  ReverseVoucher: { topic: 'vouchers.commands.v1', version: 1 },
  WriteBack: { topic: 'vouchers.commands.v1', version: 1 },
  VoucherPostingStarted: { topic: 'vouchers.events.v1', version: 1 },
  VoucherConfirmed: { topic: 'vouchers.events.v1', version: 1 },
  VoucherRejected: { topic: 'vouchers.events.v1', version: 1 },
  VoucherInDoubt: { topic: 'vouchers.events.v1', version: 1 },
  VoucherHeld: { topic: 'vouchers.events.v1', version: 1 },
  VoucherLookedUp: { topic: 'vouchers.events.v1', version: 1 },
  VoucherDoubtSettled: { topic: 'vouchers.events.v1', version: 1 },
  VoucherCancelled: { topic: 'vouchers.events.v1', version: 1 },
  VoucherReversed: { topic: 'vouchers.events.v1', version: 1 },
  WriteBackDone: { topic: 'vouchers.events.v1', version: 1 },
  FlowPublished: { topic: 'configuration.published.v1', version: 1 },
  ConnectionPublished: { topic: 'configuration.published.v1', version: 1 },
  MessageParked: { topic: 'operations.events.v1', version: 1 },
  ParkedResolved: { topic: 'operations.events.v1', version: 1 },
  ReplayReported: { topic: 'operations.events.v1', version: 1 },
  ParkedReleased: { topic: 'operations.actions.v1', version: 1 },
  ParkedDiscarded: { topic: 'operations.actions.v1', version: 1 },
  DoubtResolved: { topic: 'operations.actions.v1', version: 1 },
  ReplanRequested: { topic: 'operations.actions.v1', version: 1 },
  PullRequested: { topic: 'operations.actions.v1', version: 1 },
  ReplayRequested: { topic: 'operations.actions.v1', version: 1 },
  RecoveryRequested: { topic: 'operations.actions.v1', version: 1 },
  RecoveryNeeded: { topic: 'operations.events.v1', version: 1 },
  RecoveryCompleted: { topic: 'operations.events.v1', version: 1 },
  RebuildRequested: { topic: 'operations.actions.v1', version: 1 },
  RebuildReported: { topic: 'operations.events.v1', version: 1 },
} as const satisfies Record<MessageType, { topic: Topic; version: number }>;
