import type { Money } from './money.js';
import type { Topic } from './topics.js';

/** Bytes as a vendor sent them. Text that is valid UTF-8 stays readable in the log; everything else is base64. */
export interface RawContent {
  readonly encoding: 'utf8' | 'base64';
  readonly data: string;
  /** SHA-256 of the bytes, hexadecimal. */
  readonly sha256: string;
}

/** What a webhook says about a document. It is a hint: the document itself is read from the vendor. */
export interface DocumentHint {
  /** Document key. */
  readonly document: string;
  /** Its form, e.g. a DingTalk process code, where the webhook names it. */
  readonly form?: string;
  /** The state the vendor announced; the collector reads again while the document still shows an earlier one. */
  readonly announced: 'open' | 'ended';
  /** Whether this event is worth a read of the document (the connector's manifest decides). */
  readonly worthRead: boolean;
}

/** A webhook whose signature was verified, with its bytes as they were signed. */
export interface InboundReceived {
  readonly connection: string;
  readonly product: string;
  readonly receivedAt: string;
  readonly request: {
    readonly query: Readonly<Record<string, string>>;
    readonly contentType: string;
    readonly body: RawContent;
  };
  /** Which of the connection's secrets verified it. */
  readonly verification: { readonly scheme: string; readonly secret: 'current' | 'previous' };
  /** The vendor's name of the event, e.g. `bpms_instance_change`. */
  readonly event: string;
  readonly hint?: DocumentHint;
}

/** Why the collector read a document. */
export type ReadReason = 'hint' | 'sweep' | 'open' | 'requested';

/** A document as the vendor showed it, published when its content changed. */
export interface DocumentCollected {
  /** Key of the document that was read. Differs from the message's key for a revocation, which is about another instance. */
  readonly document: string;
  readonly connection: string;
  readonly content: RawContent;
  readonly readAt: string;
  readonly reason: ReadReason;
  /** False while the vendor may still change it by its own process; open documents are read until they end. */
  readonly ended: boolean;
}

/** One window of a sweep, walked to its end (or not). */
export interface SweepCompleted {
  readonly connection: string;
  /** What was listed, e.g. a DingTalk process code. */
  readonly kind: string;
  readonly from: string;
  readonly to: string;
  readonly startedAt: string;
  readonly ids: readonly string[];
  readonly complete: boolean;
}

/** A person in a source system, by the ids that system uses. */
export interface Person {
  readonly userId: string;
  readonly departmentId?: string;
  readonly departmentName?: string;
}

/** One field of an approval form, as text. `rows` holds the rows of a detail table. */
export interface FormField {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** The vendor's text; null when the person left the field empty. */
  readonly value: string | null;
  readonly rows?: readonly (readonly FormField[])[];
}

/** What every event of an approval says about it. */
export interface ApprovalHead {
  readonly connection: string;
  /** The form, e.g. a DingTalk process code. */
  readonly kind: string;
  /** The number people see. */
  readonly businessId: string;
  readonly title: string;
  readonly originator: Person;
}

export interface ApprovalSubmitted extends ApprovalHead {
  readonly submittedAt: string;
}

export interface ApprovalStepDecided {
  /** The vendor's own id of the step, or one derived from its facts. */
  readonly step: string;
  readonly userId: string;
  readonly decision: 'agreed' | 'refused' | 'redirected';
  readonly decidedAt: string;
}

export interface ApprovalApproved extends ApprovalHead {
  readonly approvedAt: string;
  readonly form: readonly FormField[];
}

export interface ApprovalRejected {
  readonly rejectedAt: string;
}

export interface ApprovalWithdrawn {
  readonly withdrawnAt: string;
  /** The document key of the approved revocation; absent when the originator withdrew the approval itself. */
  readonly revocation?: string;
}

/** The form changed after the approval had ended. Comments and task states are no amendment. */
export interface ApprovalAmended extends ApprovalHead {
  readonly amendedAt: string;
  readonly form: readonly FormField[];
}

/** An approval that a voucher stands for. */
export interface VoucherMember {
  readonly approval: string;
  readonly revision: number;
  readonly amount: Money;
}

/** Which version of a flow decided something: its name, the hash of its content, and its offset on `configuration.published`. */
export interface FlowVersion {
  readonly name: string;
  readonly hash: string;
  readonly offset: number;
}

/** What the written document must show, compared with every read-back of it. */
export interface VoucherExpectation {
  readonly amount: Money;
  /** The payee as the target knows it (bank account masked), where the operation has one. */
  readonly payee?: string;
  readonly date: string;
}

export interface PostVoucher {
  readonly voucherKey: string;
  /** The voucher's name within its subject, e.g. `payment-bill`. */
  readonly voucher: string;
  readonly revision: number;
  readonly flow: FlowVersion;
  /** Connection of the target. */
  readonly target: string;
  /** The connector's operation, e.g. `push-payment-bill`. */
  readonly operation: string;
  readonly accountingDate: string;
  readonly members: readonly VoucherMember[];
  /** Business fields of the operation, as the flow's mapping rendered them. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** Hash over all that is to be written: target, operation, payload, accounting date and expectation. */
  readonly fingerprint: string;
  readonly expectation: VoucherExpectation;
  /** How long a missing prerequisite in the target is waited for, in seconds. */
  readonly patienceSeconds: number;
}

export interface ReverseVoucher {
  readonly voucherKey: string;
  readonly voucher: string;
  readonly revision: number;
  readonly target: string;
  readonly reason: string;
}

export interface WriteBack {
  readonly writeBackKey: string;
  readonly connection: string;
  /** Key of the document that gets the text. */
  readonly document: string;
  readonly text: string;
}

interface OfVoucher {
  readonly voucherKey: string;
  readonly voucher: string;
  readonly revision: number;
  readonly generation: number;
  readonly target: string;
}

export interface VoucherPostingStarted extends OfVoucher {
  readonly fingerprint: string;
}

/** Evidence that a document was read back and showed what was intended. */
export interface ReadBackEvidence {
  readonly readAt: string;
  readonly status: string;
  readonly amount: Money;
  readonly contentSha256: string;
}

export interface VoucherConfirmed extends OfVoucher {
  /** Document key in the target. */
  readonly document: string;
  readonly number: string;
  readonly evidence: ReadBackEvidence;
}

/** Who can mend something that stopped. */
export type Owner = 'finance' | 'administrator' | 'operations';

export interface VoucherRejected extends OfVoucher {
  /** The vendor's own code and words, without personal data. */
  readonly code: string;
  readonly words: string;
  readonly owner: Owner;
  readonly nextStep: string;
}

export interface VoucherInDoubt extends OfVoucher {
  readonly step: string;
  readonly since: string;
  readonly reason: string;
}

export interface VoucherHeld extends OfVoucher {
  readonly reason: string;
  readonly owner: Owner;
  readonly nextStep: string;
  /** Documents of the target that a person has to look at. */
  readonly documents: readonly string[];
}

export interface WriteBackDone {
  readonly writeBackKey: string;
  readonly document: string;
}

/** The whole content of a published flow; its shape is checked by libs/mapping. */
export interface FlowPublished {
  readonly name: string;
  readonly hash: string;
  readonly content: Readonly<Record<string, unknown>>;
}

/** A connection; secrets are names, resolved by the service that uses them. */
export interface ConnectionPublished {
  readonly name: string;
  readonly hash: string;
  readonly content: ConnectionContent;
}

/** One configured account at one vendor product. */
export interface ConnectionContent {
  readonly name: string;
  readonly product: string;
  /** The account at the vendor (DingTalk: corp id; Kingdee: account set id): the second part of every document key. */
  readonly account: string;
  readonly timeZone: string;
  /** Fields that the connector's manifest declares. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Field → name of the secret. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly limits: ConnectionLimits;
}

export interface ConnectionLimits {
  readonly perSecond: number;
  readonly perMonth?: number;
  readonly concurrency: number;
}

/** Where a message stands in the log. */
export interface LogPosition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
}

export interface MessageParked {
  /** Names the parked case: what `parked show/release/discard` take. */
  readonly parkedId: string;
  /** `<service>/<stage or worker>`. */
  readonly stage: string;
  /** The connection whose worker parked it; stages have none. */
  readonly connection?: string;
  /** The message that could not be handled, where one message is to blame. */
  readonly origin?: LogPosition;
  readonly reason: string;
  readonly code: string;
  readonly owner: Owner;
  readonly nextStep: string;
}

export interface ParkedResolved {
  readonly parkedId: string;
  readonly stage: string;
  readonly resolution: 'released' | 'discarded' | 'superseded';
  /** The action that asked for it, when a person did. */
  readonly action?: string;
}

export interface ReplayReported {
  readonly replay: string;
  readonly stage: string;
  readonly shard: number;
  readonly status: 'planned' | 'completed';
  readonly keys: number;
  readonly unchanged: number;
  readonly missing: readonly string[];
  readonly conflicts: readonly { readonly id: string; readonly type: string; readonly subject: string }[];
  readonly published: number;
}

export interface ParkedReleased {
  readonly parkedId: string;
  readonly stage: string;
  readonly connection?: string;
  readonly subject: string;
  readonly by: string;
  readonly reason: string;
}

export type ParkedDiscarded = ParkedReleased;

export interface ReplayRequested {
  readonly replay: string;
  readonly stage: string;
  readonly topic: string;
  readonly keys?: readonly string[];
  readonly fromOffset?: string;
  readonly since?: string;
  readonly dryRun: boolean;
  readonly by: string;
}

/** Asks a stage to drop its states and fold them again from offset 0; nothing is decided meanwhile. */
export interface RebuildRequested {
  readonly rebuild: string;
  readonly stage: string;
  readonly by: string;
}

/** One shard was folded again: hashes over all its states, before and after. */
export interface RebuildReported {
  readonly rebuild: string;
  readonly stage: string;
  readonly shard: number;
  readonly keys: number;
  readonly hashBefore: string;
  readonly hashAfter: string;
}

/** Every message type with its data and the topic it belongs to. */
export interface MessageTypes {
  InboundReceived: InboundReceived;
  DocumentCollected: DocumentCollected;
  SweepCompleted: SweepCompleted;
  ApprovalSubmitted: ApprovalSubmitted;
  ApprovalStepDecided: ApprovalStepDecided;
  ApprovalApproved: ApprovalApproved;
  ApprovalRejected: ApprovalRejected;
  ApprovalWithdrawn: ApprovalWithdrawn;
  ApprovalAmended: ApprovalAmended;
  PostVoucher: PostVoucher;
  ReverseVoucher: ReverseVoucher;
  WriteBack: WriteBack;
  VoucherPostingStarted: VoucherPostingStarted;
  VoucherConfirmed: VoucherConfirmed;
  VoucherRejected: VoucherRejected;
  VoucherInDoubt: VoucherInDoubt;
  VoucherHeld: VoucherHeld;
  WriteBackDone: WriteBackDone;
  FlowPublished: FlowPublished;
  ConnectionPublished: ConnectionPublished;
  MessageParked: MessageParked;
  ParkedResolved: ParkedResolved;
  ReplayReported: ReplayReported;
  ParkedReleased: ParkedReleased;
  ParkedDiscarded: ParkedDiscarded;
  ReplayRequested: ReplayRequested;
  RebuildRequested: RebuildRequested;
  RebuildReported: RebuildReported;
}

export type MessageType = keyof MessageTypes;

/** The topic and the newest schema version of each message type. */
export const MESSAGES = {
  InboundReceived: { topic: 'inbound.received.v1', version: 1 },
  DocumentCollected: { topic: 'documents.collected.v1', version: 1 },
  SweepCompleted: { topic: 'documents.collected.v1', version: 1 },
  ApprovalSubmitted: { topic: 'approvals.events.v1', version: 1 },
  ApprovalStepDecided: { topic: 'approvals.events.v1', version: 1 },
  ApprovalApproved: { topic: 'approvals.events.v1', version: 1 },
  ApprovalRejected: { topic: 'approvals.events.v1', version: 1 },
  ApprovalWithdrawn: { topic: 'approvals.events.v1', version: 1 },
  ApprovalAmended: { topic: 'approvals.events.v1', version: 1 },
  PostVoucher: { topic: 'vouchers.commands.v1', version: 1 },
  ReverseVoucher: { topic: 'vouchers.commands.v1', version: 1 },
  WriteBack: { topic: 'vouchers.commands.v1', version: 1 },
  VoucherPostingStarted: { topic: 'vouchers.events.v1', version: 1 },
  VoucherConfirmed: { topic: 'vouchers.events.v1', version: 1 },
  VoucherRejected: { topic: 'vouchers.events.v1', version: 1 },
  VoucherInDoubt: { topic: 'vouchers.events.v1', version: 1 },
  VoucherHeld: { topic: 'vouchers.events.v1', version: 1 },
  WriteBackDone: { topic: 'vouchers.events.v1', version: 1 },
  FlowPublished: { topic: 'configuration.published.v1', version: 1 },
  ConnectionPublished: { topic: 'configuration.published.v1', version: 1 },
  MessageParked: { topic: 'operations.events.v1', version: 1 },
  ParkedResolved: { topic: 'operations.events.v1', version: 1 },
  ReplayReported: { topic: 'operations.events.v1', version: 1 },
  ParkedReleased: { topic: 'operations.actions.v1', version: 1 },
  ParkedDiscarded: { topic: 'operations.actions.v1', version: 1 },
  ReplayRequested: { topic: 'operations.actions.v1', version: 1 },
  RebuildRequested: { topic: 'operations.actions.v1', version: 1 },
  RebuildReported: { topic: 'operations.events.v1', version: 1 },
} as const satisfies Record<MessageType, { topic: Topic; version: number }>;
