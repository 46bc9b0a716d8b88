import type { FetchedDocument, ListPage, MasterDataCalls, ReadOutcome, SourceCalls } from '@voucherline/connector-kit';
import { type AnyMessage, documentKey } from '@voucherline/contracts';
import type { Change, Lane, PlanContext, Step } from '@voucherline/work';
import { describe, expect, it } from 'vitest';
import { type ReadState, readWorker } from './read-worker.js';

const NOW = Date.parse('2026-11-20T02:00:00Z');
const DOCUMENT = documentKey({ product: 'dingtalk', account: 'corp1', kind: 'approval', id: 'inst-1' });
const SWEEP = documentKey({ product: 'dingtalk', account: 'corp1', kind: 'sweep', id: 'PROC-A' });
const DAY = 24 * 3_600_000;

const source = {
  listLimits: { maxSpanMs: 120 * DAY, maxAgeMs: 365 * DAY, maxDocuments: 10_000 },
  listKinds: () => ['PROC-A'],
} as unknown as SourceCalls;
const worker = readWorker({
  source: (product) => (product === 'dingtalk' ? source : undefined),
  target: () => undefined,
  masterData: () => ({}) as MasterDataCalls,
});

function context(now: number): PlanContext {
  return { now, configuration: {} as PlanContext['configuration'], sweepIntervalMs: 60_000, random: () => 0 };
}

function hint(announced: 'open' | 'ended', receivedAt: number): AnyMessage {
  return {
    id: `hint-${receivedAt}`,
    source: 's',
    type: 'InboundReceived',
    key: DOCUMENT,
    time: '',
    data: { receivedAt: new Date(receivedAt).toISOString(), hint: { document: DOCUMENT, announced, worthRead: true } },
  } as unknown as AnyMessage;
}

/** Drives one lane as the runner does: plan, answer the call, apply the change. */
class LaneDriver {
  state: ReadState = null;
  mailbox: AnyMessage[] = [];
  readonly said: { type: string; data: unknown }[] = [];
  readonly mailed: string[] = [];
  constructor(readonly key: string) {}

  plan(now: number): Step<ReadState, never> {
    const lane: Lane<ReadState> = { connection: 'c', key: this.key, state: this.state, mailbox: this.mailbox };
    return worker.plan(lane, context(now));
  }

  apply(change: Change<ReadState, never> | undefined): void {
    if (change === undefined) return;
    this.state = change.state;
    this.mailbox = this.mailbox.slice(change.consumed ?? 0);
    this.said.push(...(change.messages ?? []));
    this.mailed.push(...(change.mail ?? []).map(({ key }) => key));
  }

  /** Expects a call at `now` and answers it. */
  answer(now: number, outcome: ReadOutcome<unknown>): void {
    const step = this.plan(now);
    if (step.kind !== 'call') throw new Error(`expected a call, got ${step.kind}`);
    this.apply(step.settle(outcome, now));
  }

  /** Expects no call at `now`; gives the time of the next step. */
  rest(now: number): number | undefined {
    const step = this.plan(now);
    if (step.kind !== 'wait') throw new Error(`expected rest, got ${step.kind}`);
    this.apply(step.change);
    return step.until;
  }
}

function fetched(fingerprint: string, ended: boolean): ReadOutcome<FetchedDocument> {
  return { kind: 'read', value: { content: Buffer.from(fingerprint), fingerprint, subject: DOCUMENT, ended } };
}

describe('a document', () => {
  it('is read once for hints that arrived together, and published once', () => {
    const lane = new LaneDriver(DOCUMENT);
    lane.mailbox = [hint('open', NOW), hint('ended', NOW + 1), hint('ended', NOW + 2)];
    lane.answer(NOW + 10, fetched('v1', true));
    expect(lane.mailbox).toEqual([]);
    expect(lane.said.map(({ type }) => type)).toEqual(['DocumentCollected']);
    expect(lane.rest(NOW + 20)).toBeUndefined();
  });

  it('is not read again for a hint that the last read already covers', () => {
    const lane = new LaneDriver(DOCUMENT);
    lane.mailbox = [hint('ended', NOW)];
    lane.answer(NOW + 10, fetched('v1', true));
    lane.mailbox = [hint('ended', NOW + 5)];
    expect(lane.rest(NOW + 20)).toBeUndefined();
    expect(lane.mailbox).toEqual([]);
  });

  it('is read again for a later hint, but unchanged content is not published again', () => {
    const lane = new LaneDriver(DOCUMENT);
    lane.mailbox = [hint('ended', NOW)];
    lane.answer(NOW + 10, fetched('v1', true));
    lane.mailbox = [hint('ended', NOW + 1_000)];
    lane.answer(NOW + 1_010, fetched('v1', true));
    expect(lane.said).toHaveLength(1);
  });

  it('is read again, with growing gaps, while the vendor shows an older state than announced', () => {
    const lane = new LaneDriver(DOCUMENT);
    lane.mailbox = [hint('ended', NOW)];
    lane.answer(NOW, fetched('still open', false));
    const first = lane.rest(NOW + 1) as number;
    lane.answer(first, fetched('still open', false));
    const second = lane.rest(first + 1) as number;
    expect(second - first).toBeGreaterThan(first - NOW);
    lane.answer(second, fetched('ended', true));
    expect(lane.said).toHaveLength(2);
    expect(lane.rest(second + 1)).toBeUndefined();
  });

  it('is read until it ends, though no hint ever comes again', () => {
    const lane = new LaneDriver(DOCUMENT);
    lane.mailbox = [hint('open', NOW)];
    lane.answer(NOW, fetched('open', false));
    const again = lane.rest(NOW + 1) as number;
    // As soon as a sweep would find one that nobody announced at all, then ever more rarely.
    expect(again - NOW).toBe(60_000);
    const step = lane.plan(again);
    expect(step).toMatchObject({ kind: 'call', priority: 'sweep' });
    lane.answer(again, fetched('open', false));
    const third = lane.rest(again + 1) as number;
    expect(third - again).toBe(120_000);
    lane.answer(third, fetched('ended', true));
    expect(lane.rest(third + 1)).toBeUndefined();
  });

  it('that the vendor does not know is asked for a dozen times, then parked once; a release asks again', () => {
    const lane = new LaneDriver(DOCUMENT);
    lane.mailbox = [hint('ended', NOW)];
    let now = NOW;
    for (let tries = 0; tries < 12; tries++) {
      lane.answer(now, { kind: 'absent' });
      now = lane.rest(now) ?? now;
    }
    expect(lane.said).toMatchObject([
      { type: 'MessageParked', data: { code: 'document.absent', owner: 'administrator' } },
    ]);
    expect(lane.rest(now + DAY)).toBeUndefined();
    lane.mailbox = [{ type: 'ParkedReleased' } as AnyMessage];
    lane.answer(now + DAY, fetched('v1', true));
    expect(lane.said.map(({ type }) => type)).toEqual(['MessageParked', 'DocumentCollected', 'ParkedResolved']);
  });
});

describe('a parked document', () => {
  it('that a person discards is told as resolved, and the next hint reads it again', () => {
    const lane = new LaneDriver(DOCUMENT);
    lane.mailbox = [hint('ended', NOW)];
    const refusal = {
      kind: 'rejected',
      code: '60011',
      words: 'no permission',
      owner: 'administrator',
      nextStep: 'x',
    } as const;
    lane.answer(NOW, refusal);
    const [parked] = lane.said as { data: { parkedId: string } }[];
    lane.mailbox = [{ type: 'ParkedDiscarded', data: { parkedId: parked?.data.parkedId } } as AnyMessage];
    const step = lane.plan(NOW + 1);
    if (step.kind !== 'commit') throw new Error(`expected a commit, got ${step.kind}`);
    lane.apply(step.change);
    expect(lane.said.at(-1)).toMatchObject({ type: 'ParkedResolved', data: { resolution: 'discarded' } });
    expect(lane.rest(NOW + 2)).toBeUndefined();
    lane.mailbox = [hint('ended', NOW + 3)];
    lane.answer(NOW + 4, fetched('v1', true));
    expect(lane.said.at(-1)).toMatchObject({ type: 'DocumentCollected' });
  });
});

describe('a sweep', () => {
  const page = (documents: string[], next?: string): ReadOutcome<ListPage> => ({
    kind: 'read',
    value: { documents, ...(next !== undefined && { next }) },
  });

  it('walks all pages, tells each document, and only then moves its window on', () => {
    const lane = new LaneDriver(SWEEP);
    lane.answer(NOW, page(['d1', 'd2'], '2'));
    expect(lane.said).toEqual([]);
    lane.answer(NOW + 5, page(['d3']));
    expect(lane.mailed).toEqual(['d1', 'd2', 'd3']);
    expect(lane.said).toMatchObject([
      { type: 'SweepCompleted', data: { ids: ['d1', 'd2', 'd3'], complete: true, kind: 'PROC-A' } },
    ]);
    expect(lane.rest(NOW + 6)).toBe(NOW + 60_000);
  });

  it('overlaps the window before it', () => {
    const lane = new LaneDriver(SWEEP);
    lane.answer(NOW, page([]));
    lane.answer(NOW + 60_000, page([]));
    const [first, second] = lane.said.map(({ data }) => data as { from: string; to: string });
    expect(Date.parse(second?.from ?? '')).toBeLessThan(Date.parse(first?.to ?? '') - 10 * 60_000);
    expect(second?.to).toBe(new Date(NOW + 60_000).toISOString());
  });

  it('asks for the same page again when a read failed', () => {
    const lane = new LaneDriver(SWEEP);
    lane.answer(NOW, page(['d1'], 'cursor-2'));
    lane.answer(NOW + 1, { kind: 'unavailable', detail: 'reset' });
    const again = lane.rest(NOW + 2) as number;
    expect(lane.state).toMatchObject({ walk: { cursor: 'cursor-2', ids: ['d1'] } });
    lane.answer(again, page(['d2']));
    expect(lane.said).toMatchObject([{ data: { ids: ['d1', 'd2'] } }]);
  });

  it('of a refused connection is parked with its owner and tried on', () => {
    const lane = new LaneDriver(SWEEP);
    lane.answer(NOW, {
      kind: 'rejected',
      code: '60011',
      words: 'no permission',
      owner: 'administrator',
      nextStep: 'grant it',
    });
    expect(lane.said).toMatchObject([{ type: 'MessageParked', data: { owner: 'administrator', code: 'sweep.60011' } }]);
    expect(lane.rest(NOW + 1)).toBeGreaterThan(NOW);
  });

  it('tells a document that it was seen: unknown ones are read, collected ones are not', () => {
    const lane = new LaneDriver(DOCUMENT);
    lane.mailbox = [{ type: 'SweepCompleted', data: { kind: 'PROC-A' } } as AnyMessage];
    lane.answer(NOW, fetched('v1', true));
    lane.mailbox = [{ type: 'SweepCompleted', data: { kind: 'PROC-A' } } as AnyMessage];
    expect(lane.rest(NOW + 1)).toBeUndefined();
    expect(lane.said).toHaveLength(1);
  });
});

describe('routes', () => {
  it('a published source connection gets a sweep lane for each kind', () => {
    const published = {
      type: 'ConnectionPublished',
      data: { content: { name: 'dingtalk-main', product: 'dingtalk', account: 'corp1', settings: {} } },
    } as unknown as AnyMessage;
    expect(worker.route(published, {} as PlanContext['configuration'])).toEqual([
      { connection: 'dingtalk-main', key: SWEEP },
    ]);
  });

  it.each(['dingtalk', 'kingdee-galaxy'])(
    'a published connection of %s gets a lane for each table it pulls',
    (product) => {
      const settings = { masterData: ['departments', 'users', 'users'] };
      const content = { name: 'c', product, account: 'a/1', settings };
      const published = { type: 'ConnectionPublished', data: { content } } as unknown as AnyMessage;
      const keys = worker.route(published, {} as PlanContext['configuration']).map(({ key }) => key);
      expect(keys.filter((key) => key.includes('/masterdata/'))).toEqual([
        `${product}/a%2F1/masterdata/departments`,
        `${product}/a%2F1/masterdata/users`,
      ]);
    },
  );

  it('a wish to pull goes to the lane of its table, if the connection is published', () => {
    const content = { name: 'hq', product: 'kingdee-galaxy', account: 'a1' };
    const configuration = { connection: (name: string) => (name === 'hq' ? { content } : undefined) };
    const wish = (connection: string) => ({ type: 'PullRequested', data: { connection, kind: 'accounts' } });
    const route = (message: object) =>
      worker.route(message as AnyMessage, configuration as PlanContext['configuration']);
    expect(route(wish('hq'))).toEqual([{ connection: 'hq', key: 'kingdee-galaxy/a1/masterdata/accounts' }]);
    expect(route(wish('gone'))).toEqual([]);
  });

  it('a hint that is not worth a read goes nowhere', () => {
    const message = hint('open', NOW) as unknown as { data: { hint: { worthRead: boolean } } };
    message.data.hint.worthRead = false;
    expect(worker.route(message as unknown as AnyMessage, {} as PlanContext['configuration'])).toEqual([]);
  });
});
