import type {
  CallContext,
  Prerequisite,
  ReadOutcome,
  Refusal,
  TargetDocument,
  TargetOperation,
  VoucherIntent,
  WriteOutcome,
} from '@voucherline/connector-kit';
import { type ExclusiveValue, inBoth } from '@voucherline/contracts';
import type { PostingAction, PostingEvent, PostingRefusal, SendOutcome } from '@voucherline/domain';
import type { ClaimExclusive, ExclusiveHolder } from '@voucherline/store';
import type { Outcome } from '@voucherline/work';

/** An action of a posting that is a call: of the target, or of the ledger (`claim`). */
export type CallAction = Exclude<PostingAction, { kind: 'recover' | 'wait' | 'stopped' | 'finished' }>;

/** A call, and what its outcome means for the posting. */
export interface TargetCall {
  readonly access: 'read' | 'write';
  run(context: CallContext): Promise<Outcome>;
  /** `now`: when the outcome was known. */
  event(outcome: Outcome, now: number): PostingEvent;
}

/** What calls are made with, beside the vendor's context. */
export interface CallParts {
  readonly operation: TargetOperation;
  readonly intent: VoucherIntent;
  readonly exclusive: readonly ExclusiveValue[];
  readonly claim: ClaimExclusive;
}

/** The call of an action. `startedAt` is the time at which it was decided. */
export function targetCall(action: CallAction, parts: CallParts, startedAt: number): TargetCall {
  const { operation, intent } = parts;
  switch (action.kind) {
    case 'claim':
      return claiming(parts);
    case 'prerequisite':
      return read((context) => operation.prerequisite(intent, context), prerequisiteEvent);
    case 'lookup':
      return read(
        (context) => operation.lookup(intent, context),
        (documents, at) => ({ type: 'LookedUp', startedAt, at, documents: documents ?? [] }),
      );
    case 'readChosen':
      return read((context) => operation.read(action.id, context), documentEvent('ChosenRead'));
    case 'readUnchosen':
      return read((context) => operation.read(action.id, context), documentEvent('UnchosenRead'));
    case 'readLinked':
      return read((context) => operation.read(action.id, context), documentEvent('LinkedRead'));
    case 'create':
      return send(startedAt, (context) => operation.create(intent, context));
    case 'mark':
      return send(startedAt, (context) => operation.mark(intent, action.id, context));
    case 'unpost':
      return send(startedAt, (context) => unpost(operation, action, context));
    case 'submit':
    case 'post':
    case 'void': {
      const { kind, id } = action;
      return send(startedAt, (context) => operation[kind](id, context));
    }
  }
}

/** A claim changes nothing when it is made again, so it is made as a read is: without an answer, once more. */
function claiming({ intent, exclusive: values, claim }: CallParts): TargetCall {
  const { voucherKey, generation } = intent;
  return read<ExclusiveHolder | null>(
    async () => ({ kind: 'read', value: await claim({ voucherKey, generation, values }) }),
    (takenBy, at) => ({ type: 'Claimed', at, takenBy: takenBy ?? null }),
  );
}

async function unpost(
  { reversal }: TargetOperation,
  { id, stage }: Extract<CallAction, { kind: 'unpost' }>,
  context: CallContext,
): Promise<WriteOutcome> {
  if (reversal.kind === 'undo') return reversal.unpost(id, stage, context);
  return {
    kind: 'rejected',
    code: 'NO_UNDO',
    words: inBoth('this operation takes no submitted document back', '此操作不支持撤回已提交的单据'),
    owner: 'finance',
    nextStep: inBoth(
      'Take the document back to a draft in the ERP, then release.',
      '请在 ERP 中将该单据撤回为草稿，然后放行。',
    ),
  };
}

function read<T>(
  run: (context: CallContext) => Promise<ReadOutcome<T>>,
  found: (value: T | undefined, at: number) => PostingEvent,
): TargetCall {
  const event = (outcome: Outcome, at: number): PostingEvent => {
    switch (outcome.kind) {
      case 'read':
        return found(outcome.value as T, at);
      case 'absent':
        return found(undefined, at);
      case 'rejected':
        return { type: 'ReadRefused', at, refusal: refusalOf(outcome) };
      case 'throttled':
        return { type: 'ReadFailed', at, afterMs: outcome.afterMs };
      default:
        return { type: 'ReadFailed', at };
    }
  };
  return { access: 'read', run, event };
}

/** How long a send may take to leave, from its decision on, in ms. */
const LEAVES_WITHIN = 300_000;

/**
 * A send that leaves soon after it was decided, or not at all. The runner sees to leases that expired meanwhile; but where the
 * log was away for hours, what the last look-up showed is no longer what stands in the target (F28).
 */
function send(startedAt: number, run: (context: CallContext) => Promise<WriteOutcome>): TargetCall {
  return {
    access: 'write',
    run: async (context) =>
      context.clock.now() - startedAt > LEAVES_WITHIN ? { kind: 'throttled', afterMs: 0 } : run(context),
    event: (outcome, at) => ({ type: 'SendEnded', at, outcome: sendOutcome(outcome) }),
  };
}

/** Whatever is not definite is in doubt, outcomes that no write has among them. */
function sendOutcome(outcome: Outcome): SendOutcome {
  switch (outcome.kind) {
    case 'done':
      return { kind: 'done' };
    case 'rejected':
      return { kind: 'rejected', ...refusalOf(outcome) };
    case 'throttled':
    case 'notSent':
    case 'inDoubt':
      return outcome;
    default:
      return { kind: 'inDoubt', reason: `a write was answered as if it were a read (${outcome.kind})` };
  }
}

function refusalOf({ code, words, owner, nextStep }: Refusal): PostingRefusal {
  return { code, words, owner, nextStep };
}

function prerequisiteEvent(found: Prerequisite | undefined, at: number): PostingEvent {
  if (found?.ready) return { type: 'PrerequisiteRead', at, ready: true };
  const waitingFor =
    found?.waitingFor ?? inBoth('the document in the ERP that this voucher is made from', 'ERP 中本凭证的来源单据');
  return { type: 'PrerequisiteRead', at, ready: false, waitingFor };
}

function documentEvent(type: 'ChosenRead' | 'UnchosenRead' | 'LinkedRead') {
  return (found: TargetDocument | undefined, at: number): PostingEvent => ({ type, at, document: found ?? null });
}
