import type { FetchedDocument, ReadOutcome, SourceCalls } from '@voucherline/connector-kit';
import { type AnyMessage, factId, inBoth, type ReadReason, rawContent } from '@voucherline/contracts';
import type { Change, KeyedDraft, Lane, PlanContext, Step } from '@voucherline/work';
import { growingGap } from './growing-gap.js';
import { discardedCase, parkedDraft, resolvedDraft } from './parking.js';

/** What the collector knows of one document of a source. */
export interface DocumentState {
  readonly kind: 'document';
  /** Why it is to be read; absent when no read is wanted. */
  readonly wanted?: ReadReason;
  /** Its form, as a hint or a sweep named it. */
  readonly form?: string;
  /** The furthest state that a hint announced. */
  readonly announced: 'open' | 'ended';
  /** Fingerprint and subject of what was published last. */
  readonly published?: { readonly fingerprint: string; readonly subject: string };
  readonly ended: boolean;
  /** When the last successful read began, ms. */
  readonly readAt?: number;
  /** Reads in a row that did not bring what is waited for; sets the gap to the next. */
  readonly tries: number;
  readonly notBefore?: number;
  readonly parkedId?: string;
}

export const unknownDocument: DocumentState = { kind: 'document', announced: 'open', ended: false, tries: 0 };

/** Gaps while the vendor still shows an older state than a hint announced, or does not know the document yet. */
const PATIENCE = { firstMs: 500, lastMs: 120_000, tries: 12 } as const;
/**
 * Gaps between reads of a document whose approval is still going on, hints apart. The first is that of sweeps, so that an end of
 * which no hint came is found as soon as a document of which none came (failure-modes.md F9), and as rarely where calls are few.
 */
const LONGEST_OPEN_GAP_MS = 12 * 3_600_000;

/**
 * Plans a document's lane: hints that arrived together make one read; a read is repeated with bounded patience while the
 * vendor shows an older state than announced; an open document is read until it ends.
 */
export function planDocument(
  lane: Lane<DocumentState>,
  calls: Pick<SourceCalls, 'fetch'>,
  context: PlanContext,
): Step<DocumentState, never> {
  const state = lane.mailbox.reduce(absorb, lane.state);
  const consumed = lane.mailbox.length;
  const discarded = discardedCase(lane);
  if (discarded !== undefined) {
    const messages = [resolvedDraft(lane, discarded, context.now, 'discarded')];
    return { kind: 'commit', change: { state, consumed, messages } };
  }
  const due = state.notBefore ?? context.now;
  if (state.wanted === undefined || due > context.now) {
    const until = state.wanted === undefined ? undefined : due;
    const change = consumed > 0 ? { state, consumed } : undefined;
    return { kind: 'wait', ...(until !== undefined && { until }), ...(change && { change }) };
  }
  const reason = state.wanted;
  const startedAt = context.now;
  const random = context.random();
  const read: Reading = { lane: { ...lane, state }, consumed, reason, startedAt, random, context };
  return {
    kind: 'call',
    name: 'fetch',
    access: 'read',
    priority: reason === 'open' || reason === 'sweep' ? 'sweep' : 'finish',
    run: (call) => calls.fetch(lane.key, call, state.form),
    settle: (outcome) => settleRead(read, outcome as ReadOutcome<FetchedDocument>),
  };
}

/** Takes one message of the mailbox into the state. */
function absorb(state: DocumentState, message: AnyMessage): DocumentState {
  switch (message.type) {
    case 'InboundReceived': {
      const { announced = 'open', form = state.form } = message.data.hint ?? {};
      if (isCovered(state, announced, Date.parse(message.data.receivedAt))) return state;
      return { ...fresh(state), ...withForm(form), wanted: 'hint', announced: further(state.announced, announced) };
    }
    case 'SweepCompleted':
      return state.published === undefined && state.wanted === undefined
        ? { ...fresh(state), form: message.data.kind, wanted: 'sweep' }
        : state;
    case 'ParkedReleased':
      return { ...fresh(state), wanted: 'requested' };
    case 'ParkedDiscarded': {
      const { wanted: _wanted, parkedId: _parkedId, ...known } = fresh(state);
      return known;
    }
    default:
      return state;
  }
}

function fresh({ notBefore: _, ...state }: DocumentState): DocumentState {
  return { ...state, tries: 0 };
}

function withForm(form: string | undefined): Pick<DocumentState, 'form'> {
  return form === undefined ? {} : { form };
}

/** A hint makes no read when the last read began after it arrived and already showed what it announces. */
function isCovered(state: DocumentState, announced: 'open' | 'ended', receivedAt: number): boolean {
  return state.readAt !== undefined && state.readAt > receivedAt && (announced === 'open' || state.ended);
}

function further(a: 'open' | 'ended', b: 'open' | 'ended'): 'open' | 'ended' {
  return a === 'ended' ? a : b;
}

interface Reading {
  readonly lane: Lane<DocumentState>;
  readonly consumed: number;
  readonly reason: ReadReason;
  readonly startedAt: number;
  readonly random: number;
  readonly context: PlanContext;
}

function settleRead(reading: Reading, outcome: ReadOutcome<FetchedDocument>): Change<DocumentState, never> {
  switch (outcome.kind) {
    case 'read':
      return collected(reading, outcome.value);
    case 'absent':
      return missed(
        reading,
        'document.absent',
        inBoth('the vendor does not know this document', '对方系统中没有该审批单'),
      );
    case 'rejected':
      return parked(reading, `document.${outcome.code}`, outcome.words, outcome.owner, outcome.nextStep);
    case 'throttled':
    case 'unavailable':
      return { state: later(reading), consumed: reading.consumed };
  }
}

function collected(reading: Reading, document: FetchedDocument): Change<DocumentState, never> {
  const { state } = reading.lane;
  const behind = state.announced === 'ended' && !document.ended;
  const changed = state.published?.fingerprint !== document.fingerprint;
  const messages: KeyedDraft[] = changed ? [collectedDraft(reading, document)] : [];
  if (state.parkedId !== undefined)
    messages.push(resolvedDraft(reading.lane, state.parkedId, reading.startedAt, 'released'));
  const next: DocumentState = {
    kind: 'document',
    ...withForm(state.form),
    announced: state.announced,
    published: { fingerprint: document.fingerprint, subject: document.subject },
    ended: document.ended,
    readAt: reading.startedAt,
    tries: changed ? 1 : state.tries + 1,
  };
  if (document.ended) return { state: next, consumed: reading.consumed, messages };
  const patient = behind && state.tries < PATIENCE.tries;
  const open = { firstMs: reading.context.sweepIntervalMs, lastMs: LONGEST_OPEN_GAP_MS };
  const gap = growingGap(patient ? PATIENCE : open, patient ? state.tries : next.tries - 1, reading.random);
  const again: DocumentState = {
    ...next,
    tries: patient ? state.tries + 1 : next.tries,
    announced: patient ? state.announced : 'open',
    wanted: patient ? reading.reason : 'open',
    notBefore: reading.startedAt + gap,
  };
  return { state: again, consumed: reading.consumed, messages };
}

function collectedDraft({ lane, reason, startedAt }: Reading, document: FetchedDocument): KeyedDraft {
  const readAt = new Date(startedAt).toISOString();
  const content = rawContent(document.content);
  return {
    type: 'DocumentCollected',
    id: factId('DocumentCollected', lane.key, content.sha256, readAt),
    key: document.subject,
    time: readAt,
    data: {
      document: lane.key,
      connection: lane.connection,
      content,
      readAt,
      reason,
      ended: document.ended,
    },
  };
}

function later(reading: Reading): DocumentState {
  const { state } = reading.lane;
  const gap = growingGap(PATIENCE, state.tries, reading.random);
  return { ...state, tries: state.tries + 1, notBefore: reading.startedAt + gap };
}

function missed(reading: Reading, code: string, reason: string): Change<DocumentState, never> {
  if (reading.lane.state.tries + 1 < PATIENCE.tries) return { state: later(reading), consumed: reading.consumed };
  return parked(
    reading,
    code,
    reason,
    'administrator',
    inBoth(
      'Check in the OA whether the document was deleted; then release or discard.',
      '请在 OA 中确认该审批单是否已删除；然后放行或放弃。',
    ),
  );
}

function parked(
  reading: Reading,
  code: string,
  reason: string,
  owner: 'finance' | 'administrator' | 'operations',
  nextStep: string,
): Change<DocumentState, never> {
  const { lane } = reading;
  const draft = parkedDraft(lane, { code, reason, owner, nextStep }, reading.startedAt);
  const { wanted: _wanted, notBefore: _notBefore, ...state } = lane.state;
  const known = state.parkedId === draft.data.parkedId;
  return {
    state: { ...state, tries: 0, parkedId: draft.data.parkedId },
    consumed: reading.consumed,
    messages: known ? [] : [draft],
  };
}
