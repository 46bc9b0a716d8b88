import type { ListPage, ReadOutcome, SourceCalls } from '@voucherline/connector-kit';
import { factId, type SweepCompleted } from '@voucherline/contracts';
import type { Change, KeyedDraft, Lane, PlanContext, Step } from '@voucherline/work';
import { growingGap } from './growing-gap.js';
import { discardedCase, parkedDraft, resolvedDraft } from './parking.js';

/** A walk through one window, page by page. */
interface Walk {
  readonly from: number;
  readonly to: number;
  readonly startedAt: number;
  readonly cursor?: string;
  readonly ids: readonly string[];
}

/** What the collector knows of the sweeps over one kind of document. */
export interface SweepState {
  readonly kind: 'sweep';
  /** Everything created before this instant (ms) was listed and stored. */
  readonly sweptTo?: number;
  readonly walk?: Walk;
  /** When the next sweep, or the next try of a page, is due, ms. */
  readonly dueAt?: number;
  readonly tries: number;
  readonly parkedId?: string;
}

export const noSweepYet: SweepState = { kind: 'sweep', tries: 0 };

/** How far a new connection looks back: approvals submitted before and still open, or missed on the day of connecting. */
const FIRST_LOOK_BACK_MS = 30 * 24 * 3_600_000;
/** Windows overlap by more than twice the tolerated clock skew (failure-modes.md F9, F10). */
const OVERLAP_MS = 15 * 60_000;
const RETRY = { firstMs: 1_000, lastMs: 5 * 60_000 } as const;

/** Plans the lane of sweeps over one kind: walk a window to its end, say so, wait for as long as the budget asks, go on. */
export function planSweep(
  lane: Lane<SweepState>,
  listing: { readonly kind: string; readonly calls: Pick<SourceCalls, 'listPage' | 'listLimits'> },
  context: PlanContext,
): Step<SweepState, never> {
  const consumed = lane.mailbox.length;
  const state = lane.mailbox.some(({ type }) => type === 'ParkedReleased')
    ? { ...lane.state, dueAt: 0, tries: 0 }
    : lane.state;
  const discarded = discardedCase(lane);
  if (discarded !== undefined) {
    const { parkedId: _parkedId, ...known } = state;
    const messages = [resolvedDraft(lane, discarded, context.now, 'discarded')];
    return { kind: 'commit', change: { state: known, consumed, messages } };
  }
  if (state.dueAt !== undefined && state.dueAt > context.now) {
    return { kind: 'wait', until: state.dueAt, ...(consumed > 0 && { change: { state, consumed } }) };
  }
  const walk = state.walk ?? nextWalk(state, listing.calls.listLimits, context.now);
  const page: Page = {
    lane: { ...lane, state },
    walk,
    consumed,
    kind: listing.kind,
    context,
    limits: listing.calls.listLimits,
  };
  return {
    kind: 'call',
    name: 'listPage',
    access: 'read',
    priority: 'sweep',
    run: (call) => listing.calls.listPage({ kind: listing.kind, from: walk.from, to: walk.to }, walk.cursor, call),
    settle: (outcome) => settlePage(page, outcome as ReadOutcome<ListPage>),
  };
}

/** The window after the last one, never wider or older than the vendor lists. */
function nextWalk(state: SweepState, limits: SourceCalls['listLimits'], now: number): Walk {
  const wanted = state.sweptTo === undefined ? now - FIRST_LOOK_BACK_MS : state.sweptTo - OVERLAP_MS;
  const from = Math.max(wanted, now - limits.maxAgeMs + OVERLAP_MS);
  return { from, to: Math.min(now, from + limits.maxSpanMs), startedAt: now, ids: [] };
}

interface Page {
  readonly lane: Lane<SweepState>;
  readonly walk: Walk;
  readonly consumed: number;
  readonly kind: string;
  readonly context: PlanContext;
  readonly limits: SourceCalls['listLimits'];
}

function settlePage(page: Page, outcome: ReadOutcome<ListPage>): Change<SweepState, never> {
  const { state } = page.lane;
  switch (outcome.kind) {
    case 'read':
      return listed(page, outcome.value);
    case 'rejected': {
      const why = {
        code: `sweep.${outcome.code}`,
        reason: outcome.words,
        owner: outcome.owner,
        nextStep: outcome.nextStep,
      };
      const draft = parkedDraft(page.lane, why, page.context.now);
      const known = state.parkedId === draft.data.parkedId;
      return {
        state: { ...retry(page), parkedId: draft.data.parkedId },
        consumed: page.consumed,
        messages: known ? [] : [draft],
      };
    }
    default:
      return { state: retry(page), consumed: page.consumed };
  }
}

/** The page is asked for again: the walk and its cursor stay where they are. */
function retry({ lane: { state }, walk, context }: Page): SweepState {
  const dueAt = context.now + growingGap(RETRY, state.tries, context.random());
  return { ...state, walk, tries: state.tries + 1, dueAt };
}

function listed(page: Page, { documents, next }: ListPage): Change<SweepState, never> {
  const { lane, walk, context } = page;
  const ids = [...walk.ids, ...documents];
  const mail = documents.map((document) => ({ key: document, message: found(page, document) }));
  const resolved =
    lane.state.parkedId === undefined ? [] : [resolvedDraft(lane, lane.state.parkedId, context.now, 'released')];
  const swept = lane.state.sweptTo === undefined ? {} : { sweptTo: lane.state.sweptTo };
  if (next !== undefined && ids.length < page.limits.maxDocuments) {
    const state: SweepState = { kind: 'sweep', ...swept, walk: { ...walk, ids, cursor: next }, tries: 0 };
    return { state, consumed: page.consumed, messages: resolved, mail };
  }
  if (next !== undefined) {
    // The vendor ends a walk at so many documents: the same beginning, half the window, from its first page.
    const to = walk.from + Math.max(60_000, Math.floor((walk.to - walk.from) / 2));
    const state: SweepState = {
      kind: 'sweep',
      ...swept,
      walk: { from: walk.from, to, startedAt: context.now, ids: [] },
      tries: 0,
    };
    return { state, consumed: page.consumed, messages: resolved, mail };
  }
  const caughtUp = context.now - walk.to < context.sweepIntervalMs;
  const state: SweepState = {
    kind: 'sweep',
    sweptTo: walk.to,
    tries: 0,
    dueAt: caughtUp ? walk.startedAt + context.sweepIntervalMs : context.now,
  };
  return { state, consumed: page.consumed, messages: [...resolved, completed(page, ids)], mail };
}

function sweepData({ lane, walk, kind }: Page, ids: readonly string[], complete: boolean): SweepCompleted {
  return {
    connection: lane.connection,
    kind,
    from: new Date(walk.from).toISOString(),
    to: new Date(walk.to).toISOString(),
    startedAt: new Date(walk.startedAt).toISOString(),
    ids,
    complete,
  };
}

function completed(page: Page, ids: readonly string[]): KeyedDraft {
  const { lane, walk } = page;
  return {
    type: 'SweepCompleted',
    id: factId('SweepCompleted', lane.key, walk.from, walk.to, walk.startedAt),
    key: lane.key,
    time: new Date(page.context.now).toISOString(),
    data: sweepData(page, ids, true),
  };
}

/** Tells a document's lane that the sweep saw it. Stays inside the collector, so it carries this one document only. */
function found(page: Page, document: string) {
  const { lane, walk } = page;
  return {
    id: factId('found', document, walk.startedAt),
    source: lane.key,
    type: 'SweepCompleted' as const,
    key: document,
    time: new Date(page.context.now).toISOString(),
    data: sweepData(page, [document], false),
  };
}
