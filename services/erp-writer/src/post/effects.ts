import { canonicalJson, contentHash } from '@voucherline/contracts';
import type { PostingEvent, PostingRecord, TargetDocument } from '@voucherline/domain';
import type { IntentRecorded, LedgerEffect, LedgerStage } from '@voucherline/store';
import type { Command, Posting, Reversed } from './lane-state.js';

/** The intent of a posting, as the ledger keeps it. */
export function intentOf({ command, reverses }: Posting, generation: number, at: number): IntentRecorded {
  const { voucherKey, voucher, revision, target, fingerprint, flow, accountingDate, expectation } = command.data;
  return {
    kind: 'intent',
    ...{ voucherKey, generation, subject: command.key, voucher, revision, target, fingerprint, accountingDate, at },
    flow: `${flow.name}@${flow.hash}`,
    amount: expectation.amount.amount,
    currency: expectation.amount.currency,
    ...(reverses !== undefined && { reverses: reverses.voucherKey }),
  };
}

/** What the ledger has to know of an event that led from one record to the next. */
export function effectsOf(
  { command, reverses }: Posting,
  before: PostingRecord,
  event: PostingEvent,
  after: PostingRecord,
): readonly LedgerEffect[] {
  const about = { voucherKey: command.data.voucherKey, generation: after.generation, at: event.at };
  return [
    ...attemptEffects(about, command, before, event, after),
    ...evidence(about, before, event),
    ...changeEffects(about.voucherKey, before, after, event.at),
    ...(reverses !== undefined && isReversedBy(before, after) ? [reversedEffect(reverses, event.at)] : []),
  ];
}

/** What the ledger has to know of a record that is another now. */
export function changeEffects(
  voucherKey: string,
  before: PostingRecord,
  after: PostingRecord,
  at: number,
): readonly LedgerEffect[] {
  const about = { voucherKey, generation: after.generation, at };
  return [...choice(about, before, after), ...stageEffects(about, before, after)];
}

/** The end of a voucher that something else took back: an entry of its own, or a person in the target. */
export function reversedEffect(original: Pick<Reversed, 'voucherKey' | 'generation'>, at: number): LedgerEffect {
  const { voucherKey, generation } = original;
  return { kind: 'stage', voucherKey, generation, stage: 'reversed', at };
}

/** Whether a reversing entry did just what it is for, or a person says so by discarding it. */
export function isReversedBy(before: PostingRecord, after: PostingRecord): boolean {
  const done = ({ confirmation, situation }: PostingRecord) => confirmation !== null || situation.name === 'discarded';
  return done(after) && !done(before);
}

interface About {
  readonly voucherKey: string;
  readonly generation: number;
  readonly at: number;
}

function attemptEffects(
  about: About,
  command: Command<'PostVoucher'>,
  before: PostingRecord,
  event: PostingEvent,
  after: PostingRecord,
): readonly LedgerEffect[] {
  if (event.type === 'SendBegun' && after.situation.name === 'sending') {
    const { step } = after.situation;
    const removing = step === 'void' || step === 'unpost';
    const document = removing ? after.unchosen[0]?.id : step === 'create' ? undefined : after.chosen?.id;
    const request = { step, document, fingerprint: command.data.fingerprint };
    const requestHash = contentHash(canonicalJson(request));
    return [{ kind: 'attemptBegun', ...about, n: after.attempts, operation: step, requestHash }];
  }
  if (event.type !== 'SendEnded') return [];
  return [
    { kind: 'attemptEnded', ...about, n: before.attempts, outcome: event.outcome.kind, detail: plain(detail(event)) },
  ];
}

function detail({ outcome }: Extract<PostingEvent, { type: 'SendEnded' }>): string {
  switch (outcome.kind) {
    case 'done':
      return '';
    case 'rejected':
      return outcome.code;
    case 'throttled':
      return `${outcome.afterMs} ms`;
    case 'notSent':
      return outcome.detail;
    case 'inDoubt':
      return outcome.reason;
  }
}

/** Vendors' words may hold what PostgreSQL's text does not take, and more than anyone reads. */
function plain(words: string): string {
  return words.replaceAll('\0', ' ').slice(0, 500);
}

/** Look-ups always; reads where they decide a doubt or prove a deletion. */
function evidence(about: About, before: PostingRecord, event: PostingEvent): readonly LedgerEffect[] {
  const found = (documents: readonly TargetDocument[]) => documents.map(({ id, stage }) => ({ id, stage }));
  if (event.type === 'LookedUp') return [{ kind: 'lookedUp', ...about, what: 'lookup', found: found(event.documents) }];
  if (event.type !== 'ChosenRead' && event.type !== 'UnchosenRead' && event.type !== 'LinkedRead') return [];
  if (!['inDoubt', 'checkingGone', 'linking'].includes(before.situation.name)) return [];
  return [{ kind: 'lookedUp', ...about, what: 'read', found: found(event.document === null ? [] : [event.document]) }];
}

function choice(about: About, before: PostingRecord, { chosen }: PostingRecord): readonly LedgerEffect[] {
  return before.chosen === null && chosen !== null ? [{ kind: 'chosen', ...about, document: chosen.document }] : [];
}

function stageEffects(about: About, before: PostingRecord, after: PostingRecord): readonly LedgerEffect[] {
  const { confirmation } = after;
  if (before.confirmation === null && confirmation !== null) {
    const { document, number, contentSha256 } = confirmation;
    return [{ kind: 'confirmed', ...about, document, number, contentSha256, intendedAt: after.intendedAt }];
  }
  const stage = stageOf(after);
  return stage === stageOf(before) ? [] : [{ kind: 'stage', ...about, stage }];
}

function stageOf({ situation, confirmation }: PostingRecord): LedgerStage {
  switch (situation.name) {
    case 'held':
    case 'inDoubt':
    case 'cancelled':
    case 'reversed':
      return situation.name;
    case 'rejected':
    case 'discarded':
      return confirmation === null ? situation.name : 'confirmed';
    default:
      return confirmation === null ? 'working' : 'confirmed';
  }
}
