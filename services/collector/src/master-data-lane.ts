import {
  type MasterDataCalls,
  type MasterDataPage,
  type MasterDataRow,
  pulledKinds,
  type ReadOutcome,
  tableKey,
} from '@voucherline/connector-kit';
import { documentKey, factId, inBoth, parseDocumentKey, rawContent } from '@voucherline/contracts';
import type { Change, KeyedDraft, Lane, PlanContext, Step } from '@voucherline/work';
import { growingGap } from './growing-gap.js';
import { discardedCase, parkedDraft, resolvedDraft } from './parking.js';

/** What is known of a row: its code, the beginning of its fingerprint, and the number of the walk that showed it last. */
type KnownRow = readonly [code: string, print: string, seenIn: number];

/** What the collector knows of one table of master data. */
export interface TableState {
  readonly kind: 'table';
  readonly rows: readonly KnownRow[];
  /** Number of the walk that began last, and of the one that came to its end last. */
  readonly begun: number;
  readonly completed: number;
  /** The walk that is under way; one that was given up is not. */
  readonly walk?: { readonly startedAt: number; readonly cursor?: string };
  /** When the next walk, or the next try of a page, is due, ms. */
  readonly dueAt?: number;
  readonly tries: number;
  readonly parkedId?: string;
}

export const unknownTable: TableState = { kind: 'table', rows: [], begun: 0, completed: 0, tries: 0 };

/** Codes change rarely, and each walk costs calls. */
const SHORTEST_INTERVAL_MS = 3_600_000;
const RETRY = { firstMs: 1_000, lastMs: 5 * 60_000 } as const;
/** The lane's state is written with every page, and decisions hold tables in memory. */
const MOST_ROWS = 20_000;
/** Characters of a fingerprint that are kept: enough to tell two contents of one row apart. */
const PRINT_LENGTH = 16;

/** Plans the lane of one table: walk it page by page, publish what changed, say which rows are gone, wait, begin anew. */
export function planTable(
  lane: Lane<TableState>,
  calls: Pick<MasterDataCalls, 'pullPage' | 'isExempt'>,
  context: PlanContext,
): Step<TableState, never> {
  const consumed = lane.mailbox.length;
  if (!isWanted(lane, context)) return ended(lane, context.now);
  const discarded = discardedCase(lane);
  if (discarded !== undefined) {
    const { parkedId: _parkedId, ...state } = lane.state;
    return {
      kind: 'commit',
      change: { state, consumed, messages: [resolvedDraft(lane, discarded, context.now, 'discarded')] },
    };
  }
  const isAsked = lane.mailbox.some(({ type }) => type === 'ParkedReleased' || type === 'PullRequested');
  const state: TableState = isAsked ? { ...lane.state, dueAt: 0, tries: 0 } : lane.state;
  if (state.dueAt !== undefined && state.dueAt > context.now) {
    return { kind: 'wait', until: state.dueAt, ...(consumed > 0 && { change: { state, consumed } }) };
  }
  const walk = state.walk ?? { startedAt: context.now };
  const begun = state.walk === undefined ? state.begun + 1 : state.begun;
  const page: Page = {
    lane: { ...lane, state: { ...state, begun } },
    walk,
    consumed,
    context,
    isExempt: calls.isExempt,
  };
  return {
    kind: 'call',
    name: 'pullPage',
    access: 'read',
    priority: 'sweep',
    isExempt: calls.isExempt,
    run: (call) => calls.pullPage(kindOf(lane), walk.cursor, call),
    settle: (outcome) => settlePage(page, outcome as ReadOutcome<MasterDataPage>),
  };
}

interface Page {
  readonly lane: Lane<TableState>;
  readonly walk: NonNullable<TableState['walk']>;
  readonly consumed: number;
  readonly context: PlanContext;
  readonly isExempt: boolean;
}

const kindOf = ({ key }: Lane<unknown>): string => parseDocumentKey(key).id;

/** Whether the connection, as it was published last, asks for this table. */
function isWanted({ connection, key }: Lane<unknown>, { configuration }: PlanContext): boolean {
  const content = configuration.connection(connection)?.content;
  return content !== undefined && pulledKinds(content).some((kind) => tableKey(content, kind) === key);
}

/** The table is asked for no more. What is known of its rows stays, for it may be asked for again. */
function ended(lane: Lane<TableState>, now: number): Step<TableState, never> {
  const { walk: _walk, dueAt: _dueAt, parkedId, ...state } = lane.state;
  const messages = parkedId === undefined ? [] : [resolvedDraft(lane, parkedId, now, 'discarded')];
  return { kind: 'wait', change: { state: { ...state, tries: 0 }, consumed: lane.mailbox.length, messages } };
}

function settlePage(page: Page, outcome: ReadOutcome<MasterDataPage>): Change<TableState, never> {
  switch (outcome.kind) {
    case 'read':
      return pulled(page, outcome.value);
    case 'rejected': {
      const { code, words: reason, owner, nextStep } = outcome;
      // From the first page: what is refused may not be on the way of a new walk.
      return parked(page, { code: `masterdata.${code}`, reason, owner, nextStep }, retryAt(page));
    }
    default:
      return { state: { ...page.lane.state, walk: page.walk, ...retryAt(page) }, consumed: page.consumed };
  }
}

function retryAt({ lane: { state }, context }: Page): Pick<TableState, 'tries' | 'dueAt'> {
  return { tries: state.tries + 1, dueAt: context.now + growingGap(RETRY, state.tries, context.random()) };
}

function parked(
  { lane, consumed, context }: Page,
  why: Parameters<typeof parkedDraft>[1],
  next: Pick<TableState, 'tries' | 'dueAt'>,
): Change<TableState, never> {
  const draft = parkedDraft(lane, why, context.now);
  const { parkedId } = draft.data;
  const { walk: _walk, ...state } = lane.state;
  const messages = state.parkedId === parkedId ? [] : [...resolvedCase(lane, context.now), draft];
  return { state: { ...state, ...next, parkedId }, consumed, messages };
}

function resolvedCase(lane: Lane<TableState>, now: number): readonly KeyedDraft[] {
  const { parkedId } = lane.state;
  return parkedId === undefined ? [] : [resolvedDraft(lane, parkedId, now, 'released')];
}

function pulled(page: Page, { rows: shown, next }: MasterDataPage): Change<TableState, never> {
  const { lane, walk, consumed } = page;
  const { begun: seenIn } = lane.state;
  const known = new Map(lane.state.rows.map((row) => [row[0], row]));
  const messages: KeyedDraft[] = [];
  for (const row of shown) {
    const print = row.fingerprint.slice(0, PRINT_LENGTH);
    if (known.get(row.code)?.[1] !== print) messages.push(collectedDraft(page, row));
    known.set(row.code, [row.code, print, seenIn]);
  }
  const rows = [...known.values()];
  const seen = rows.filter((row) => row[2] === seenIn).length;
  if (seen > MOST_ROWS) return parked(page, tooLarge(lane), { tries: 0, dueAt: nextWalkAt(page) });
  const state: TableState = { ...lane.state, rows, tries: 0 };
  if (next !== undefined) {
    const { dueAt: _dueAt, ...going } = state;
    return { state: { ...going, walk: { ...walk, cursor: next } }, consumed, messages };
  }
  return completed(page, state, messages);
}

/** The walk came to its end: rows that two walks in a row did not show are gone, and all that differed has been said. */
function completed(page: Page, state: TableState, messages: readonly KeyedDraft[]): Change<TableState, never> {
  const { lane, consumed, context } = page;
  const { walk: _walk, parkedId: _parkedId, ...rest } = state;
  const gone = state.rows.filter(([, , seenIn]) => seenIn < state.completed);
  const rows = state.rows.filter(([, , seenIn]) => seenIn >= state.completed);
  return {
    state: { ...rest, completed: state.begun, rows, dueAt: nextWalkAt(page) },
    consumed,
    messages: [
      ...messages,
      ...gone.map(([code]) => goneDraft(page, code)),
      completedDraft(page),
      ...resolvedCase(lane, context.now),
    ],
  };
}

function nextWalkAt({ walk, context, isExempt }: Page): number {
  const wait = isExempt ? SHORTEST_INTERVAL_MS : Math.max(SHORTEST_INTERVAL_MS, context.sweepIntervalMs);
  return walk.startedAt + wait;
}

function tooLarge(lane: Lane<unknown>): Parameters<typeof parkedDraft>[1] {
  return {
    code: 'masterdata.too-large',
    reason: inBoth(
      `The vendor shows more than ${MOST_ROWS} rows of "${kindOf(lane)}".`,
      '对方系统返回的主数据行数超过上限。',
    ),
    owner: 'administrator',
    nextStep: inBoth(
      'Let the vendor show fewer (the scope or rights of our user there), or take it out of masterData of the connection and publish; then release.',
      '请在对方系统中缩小本系统用户的范围或权限，或从连接的 masterData 中去掉该项并发布；然后放行。',
    ),
  };
}

/** `<product>/<account>/<kind>/<code>` */
function rowKey({ key }: Lane<unknown>, code: string): string {
  const { product, account, id: kind } = parseDocumentKey(key);
  return documentKey({ product, account, kind, id: code });
}

function collectedDraft({ lane, context }: Page, row: MasterDataRow): KeyedDraft {
  const document = rowKey(lane, row.code);
  const readAt = new Date(context.now).toISOString();
  const content = rawContent(row.content);
  return {
    type: 'DocumentCollected',
    id: factId('DocumentCollected', document, content.sha256, readAt),
    key: lane.key,
    time: readAt,
    data: { document, connection: lane.connection, content, readAt, reason: 'pull', ended: true },
  };
}

function goneDraft({ lane, walk, context }: Page, code: string): KeyedDraft {
  const document = rowKey(lane, code);
  const missedAt = new Date(walk.startedAt).toISOString();
  return {
    type: 'DocumentGone',
    id: factId('DocumentGone', document, missedAt),
    key: lane.key,
    time: new Date(context.now).toISOString(),
    data: { document, connection: lane.connection, missedAt },
  };
}

function completedDraft({ lane, walk, context }: Page): KeyedDraft {
  const startedAt = new Date(walk.startedAt).toISOString();
  return {
    type: 'SweepCompleted',
    id: factId('SweepCompleted', lane.key, walk.startedAt),
    key: lane.key,
    time: new Date(context.now).toISOString(),
    data: {
      connection: lane.connection,
      kind: kindOf(lane),
      from: startedAt,
      to: startedAt,
      startedAt,
      ids: [],
      complete: true,
    },
  };
}
