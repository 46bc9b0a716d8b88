import { type MasterDataCalls, type MasterDataPage, masterDataRow, type ReadOutcome } from '@voucherline/connector-kit';
import type { AnyMessage, ConnectionContent } from '@voucherline/contracts';
import { configurationOf } from '@voucherline/pipeline';
import type { Change, Lane, PlanContext, Step } from '@voucherline/work';
import { describe, expect, it } from 'vitest';
import { planTable, type TableState, unknownTable } from './master-data-lane.js';

const NOW = Date.parse('2026-11-20T02:00:00Z');
const HOUR = 3_600_000;
const TABLE = 'kingdee-galaxy/acct1/masterdata/departments';
const KIND = { title: { en: 'x', zh: 'x' }, columns: ['code', 'name'] };

const connection = (masterData?: readonly string[]): ConnectionContent => ({
  name: 'kingdee-hq',
  product: 'kingdee-galaxy',
  account: 'acct1',
  timeZone: 'Asia/Shanghai',
  settings: masterData === undefined ? {} : { masterData },
  secrets: {},
  limits: { perSecond: 1, concurrency: 1 },
});

/** Drives the lane of one table as the runner does; what is stored goes through JSON, as at a restart. */
class TableDriver {
  state: TableState = unknownTable;
  mailbox: AnyMessage[] = [];
  said: { type: string; key: string; data: Record<string, unknown> }[] = [];
  asked: (string | undefined)[] = [];
  content = connection(['departments']);
  sweepIntervalMs = 60_000;
  isExempt = false;

  plan(now: number): Step<TableState, never> {
    const { state, mailbox } = this;
    const lane: Lane<TableState> = { connection: 'kingdee-hq', key: TABLE, state, mailbox };
    const data = { name: 'kingdee-hq', hash: 'h', content: this.content };
    const configuration = configurationOf([{ type: 'ConnectionPublished', data } as never]);
    const context: PlanContext = { now, configuration, sweepIntervalMs: this.sweepIntervalMs, random: () => 0 };
    const pullPage: MasterDataCalls['pullPage'] = async (kind, cursor) => {
      expect(kind).toBe('departments');
      this.asked.push(cursor);
      return { kind: 'absent' };
    };
    return planTable(lane, { pullPage, isExempt: this.isExempt }, context);
  }

  apply(change: Change<TableState, never> | undefined): void {
    if (change === undefined) return;
    this.state = JSON.parse(JSON.stringify(change.state)) as TableState;
    this.mailbox = this.mailbox.slice(change.consumed ?? 0);
    this.said.push(...((change.messages ?? []) as unknown as typeof this.said));
  }

  /** Expects a call at `now` and answers it. */
  answer(now: number, outcome: ReadOutcome<MasterDataPage>): void {
    const step = this.plan(now);
    if (step.kind !== 'call') throw new Error(`expected a call, got ${step.kind}`);
    expect(step).toMatchObject({ access: 'read', priority: 'sweep', isExempt: this.isExempt });
    void step.run({} as never);
    this.apply(step.settle(outcome, now));
  }

  /** Expects no call at `now`; gives the time of the next step. */
  rest(now: number): number | undefined {
    const step = this.plan(now);
    if (step.kind !== 'wait') throw new Error(`expected rest, got ${step.kind}`);
    this.apply(step.change);
    return step.until;
  }

  /** What was said since the last time, in short: `+` a row, `-` one that is gone, `.` the end of a walk. */
  heard(): string {
    const words = this.said.splice(0).map(({ type, data }) => {
      const code = String(data.document).split('/').at(-1);
      if (type === 'DocumentCollected') return `+${code}`;
      if (type === 'DocumentGone') return `-${code}`;
      return type === 'SweepCompleted' ? '.' : `${type} ${String(data.code ?? data.resolution)}`;
    });
    return words.join(' ');
  }
}

function page(rows: Readonly<Record<string, string>>, next?: string): ReadOutcome<MasterDataPage> {
  const shown = Object.entries(rows).map(([code, name]) => masterDataRow(KIND, { code, name }));
  return { kind: 'read', value: { rows: shown, ...(next !== undefined && { next }) } };
}
const released = { type: 'ParkedReleased' } as AnyMessage;
const published = { type: 'ConnectionPublished' } as AnyMessage;
const noPermission: ReadOutcome<never> = {
  ...{ kind: 'rejected', code: '60011', words: 'no permission', owner: 'administrator', nextStep: 'grant it' },
};

describe('a table of master data', () => {
  it('is walked page by page, and its end is said after all that differed', () => {
    const lane = new TableDriver();
    lane.answer(NOW, page({ A: '甲', B: '乙' }, '2'));
    lane.answer(NOW + 5, page({ C: '丙' }));
    expect(lane.asked).toEqual([undefined, '2']);
    const [first, , , end] = lane.said;
    expect(first).toMatchObject({
      key: TABLE,
      data: {
        ...{ document: 'kingdee-galaxy/acct1/departments/A', connection: 'kingdee-hq', reason: 'pull', ended: true },
        content: { data: '{"code":"A","name":"甲"}' },
      },
    });
    const startedAt = new Date(NOW).toISOString();
    expect(end).toMatchObject({
      key: TABLE,
      data: { kind: 'departments', from: startedAt, to: startedAt, startedAt, ids: [], complete: true },
    });
    expect(lane.heard()).toBe('+A +B +C .');
  });

  it('is walked again after an hour, or after a longer interval where calls are few', () => {
    const lane = new TableDriver();
    lane.answer(NOW, page({ A: '甲' }, '2'));
    lane.answer(NOW + 1_000, page({}));
    expect(lane.rest(NOW + 2_000)).toBe(NOW + HOUR);
    lane.sweepIntervalMs = 5 * HOUR;
    lane.answer(NOW + HOUR, page({ A: '甲' }));
    expect(lane.rest(NOW + HOUR + 1)).toBe(NOW + 6 * HOUR);
  });

  it('whose calls the vendor does not count is walked each hour, however few are left', () => {
    const lane = new TableDriver();
    lane.isExempt = true;
    lane.sweepIntervalMs = 5 * HOUR;
    lane.answer(NOW, page({ A: '甲' }));
    expect(lane.rest(NOW + 1)).toBe(NOW + HOUR);
  });

  it('says again only what changed', () => {
    const lane = new TableDriver();
    lane.answer(NOW, page({ A: '甲', B: '乙' }));
    expect(lane.heard()).toBe('+A +B .');
    lane.answer(NOW + HOUR, page({ A: '甲', B: '乙二' }));
    expect(lane.heard()).toBe('+B .');
    lane.answer(NOW + 2 * HOUR, page({ B: '乙二', A: '甲' }));
    expect(lane.heard()).toBe('.');
  });

  it('of which two pages show one row says it once', () => {
    const lane = new TableDriver();
    lane.answer(NOW, page({ A: '甲', B: '乙' }, '2'));
    lane.answer(NOW + 1, page({ B: '乙', C: '丙' }));
    expect(lane.heard()).toBe('+A +B +C .');
  });

  it('says that a row is gone when two walks in a row did not show it, once, and that it is back', () => {
    const lane = new TableDriver();
    lane.answer(NOW, page({ A: '甲', B: '乙' }));
    lane.answer(NOW + HOUR, page({ A: '甲' }));
    expect(lane.heard()).toBe('+A +B . .');
    lane.answer(NOW + 2 * HOUR, page({ A: '甲' }));
    expect(lane.said[0]).toMatchObject({
      key: TABLE,
      data: {
        document: 'kingdee-galaxy/acct1/departments/B',
        missedAt: new Date(NOW + 2 * HOUR).toISOString(),
      },
    });
    expect(lane.heard()).toBe('-B .');
    lane.answer(NOW + 3 * HOUR, page({ A: '甲' }));
    expect(lane.heard()).toBe('.');
    lane.answer(NOW + 4 * HOUR, page({ A: '甲', B: '乙' }));
    expect(lane.heard()).toBe('+B .');
  });

  it('does not take a row that one walk missed for gone', () => {
    const lane = new TableDriver();
    for (const [hour, rows] of [{ A: '甲', B: '乙' }, { A: '甲' }, { A: '甲', B: '乙' }, { A: '甲' }].entries()) {
      lane.answer(NOW + hour * HOUR, page(rows as Record<string, string>));
    }
    expect(lane.heard()).toBe('+A +B . . . .');
  });

  it('takes no walk that was given up for one that missed a row', () => {
    const lane = new TableDriver();
    lane.answer(NOW, page({ A: '甲', B: '乙' }));
    for (const at of [HOUR, HOUR + 5_000]) {
      lane.answer(NOW + at, page({ A: '甲' }, '2'));
      lane.answer(NOW + at + 1, noPermission);
    }
    lane.mailbox = [released];
    lane.answer(NOW + 2 * HOUR, page({ A: '甲' }));
    expect(lane.heard()).not.toContain('-B');
    lane.answer(NOW + 3 * HOUR, page({ A: '甲' }));
    expect(lane.heard()).toBe('-B .');
  });

  it('asks for the same page again when a call failed, and nothing of the walk is lost', () => {
    const lane = new TableDriver();
    lane.answer(NOW, page({ A: '甲' }, '2'));
    lane.answer(NOW + 1, { kind: 'unavailable', detail: 'reset' });
    const again = lane.rest(NOW + 2) as number;
    expect(again).toBe(NOW + 1 + 1_000);
    lane.answer(again, { kind: 'unavailable', detail: 'reset' });
    const third = lane.rest(again + 1) as number;
    expect(third - again).toBe(2_000);
    lane.answer(third, page({ B: '乙' }));
    expect(lane.asked).toEqual([undefined, '2', '2', '2']);
    expect(lane.heard()).toBe('+A +B .');
    expect(lane.rest(third + 1)).toBe(NOW + HOUR);
  });

  it('goes on where it was after a restart: rows of earlier pages are neither said again nor missed', () => {
    const lane = new TableDriver();
    lane.answer(NOW, page({ A: '甲', B: '乙' }));
    lane.answer(NOW + HOUR, page({ A: '甲' }, '2'));
    const restarted = new TableDriver();
    restarted.state = lane.state;
    restarted.answer(NOW + HOUR + 60_000, page({ B: '乙' }));
    expect(restarted.asked).toEqual(['2']);
    restarted.answer(NOW + 2 * HOUR, page({ A: '甲', B: '乙' }));
    expect(restarted.heard()).toBe('. .');
  });

  it('that the vendor refuses is parked once with its owner, tried on from its first page, and resolved when it was read', () => {
    const lane = new TableDriver();
    lane.answer(NOW, page({ A: '甲' }, '2'));
    lane.answer(NOW + 1, noPermission);
    expect(lane.said.at(-1)).toMatchObject({ key: TABLE, data: { owner: 'administrator', connection: 'kingdee-hq' } });
    const again = lane.rest(NOW + 2) as number;
    lane.answer(again, noPermission);
    expect(lane.heard()).toBe('+A MessageParked masterdata.60011');
    lane.mailbox = [released];
    lane.answer(again + 1, page({ A: '甲', B: '乙' }));
    expect(lane.mailbox).toEqual([]);
    expect(lane.asked).toEqual([undefined, '2', undefined, undefined]);
    expect(lane.heard()).toBe('+B . ParkedResolved released');
  });

  it('of which a person discards the case is tried on', () => {
    const lane = new TableDriver();
    lane.answer(NOW, noPermission);
    const { parkedId } = lane.said.at(-1)?.data ?? {};
    lane.mailbox = [{ type: 'ParkedDiscarded', data: { parkedId } } as unknown as AnyMessage];
    const step = lane.plan(NOW + 1);
    if (step.kind !== 'commit') throw new Error(`expected a commit, got ${step.kind}`);
    lane.apply(step.change);
    expect(lane.heard()).toBe('MessageParked masterdata.60011 ParkedResolved discarded');
    expect(lane.rest(NOW + 2)).toBe(NOW + 1_000);
  });

  it('with more than 20 000 rows is parked, and read when it shows fewer', () => {
    const lane = new TableDriver();
    // As far as a walk may come, with its next page still to be asked.
    const rows = Array.from({ length: 20_000 }, (_, n) => [`c${n}`, 'print', 1] as const);
    lane.state = { kind: 'table', rows, begun: 1, completed: 0, walk: { startedAt: NOW, cursor: '2' }, tries: 0 };
    lane.answer(NOW + 1, page({ last: 'x' }, '3'));
    expect(lane.said).toMatchObject([{ data: { code: 'masterdata.too-large', owner: 'administrator' } }]);
    expect(lane.heard()).toBe('MessageParked masterdata.too-large');
    expect(lane.rest(NOW + 2)).toBe(NOW + HOUR);
    lane.mailbox = [released];
    lane.answer(NOW + 3, page({ last: 'x' }));
    expect(lane.asked).toEqual(['2', undefined]);
    expect(lane.heard()).toBe('+last . ParkedResolved released');
  });

  it.each(['ParkedReleased', 'PullRequested'])('is pulled at once for %s, also between two walks', (type) => {
    const lane = new TableDriver();
    lane.answer(NOW, page({ A: '甲' }));
    lane.mailbox = [{ type } as AnyMessage];
    lane.answer(NOW + 5, page({ A: '甲' }));
    expect(lane.rest(NOW + 6)).toBe(NOW + 5 + HOUR);
  });

  it('that its connection asks for no more ends quietly, and begins again when it is asked for again', () => {
    const lane = new TableDriver();
    lane.answer(NOW, page({ A: '甲', B: '乙' }, '2'));
    lane.answer(NOW + 1, noPermission);
    expect(lane.heard()).toBe('+A +B MessageParked masterdata.60011');
    lane.content = connection(['accounts']);
    expect(lane.rest(NOW + 10)).toBeUndefined();
    expect(lane.heard()).toBe('ParkedResolved discarded');
    expect(lane.rest(NOW + DAY)).toBeUndefined();
    lane.content = connection(['accounts', 'departments']);
    lane.mailbox = [published];
    lane.answer(NOW + DAY, page({ A: '甲', B: '乙' }));
    expect(lane.asked.at(-1)).toBeUndefined();
    expect(lane.heard()).toBe('.');
  });

  it('that is published again keeps its time', () => {
    const lane = new TableDriver();
    lane.answer(NOW, page({ A: '甲' }));
    lane.mailbox = [published];
    expect(lane.rest(NOW + 1)).toBe(NOW + HOUR);
    expect(lane.mailbox).toEqual([]);
  });
});

const DAY = 24 * HOUR;
