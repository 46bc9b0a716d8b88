import type { ReadOutcome, SourceCalls, WriteOutcome } from '@voucherline/connector-kit';
import type { AnyMessage } from '@voucherline/contracts';
import { beforeEach, describe, expect, it } from 'vitest';
import { LaneRunner } from '../testing/lane-runner.js';
import type { NoteLane } from './note-lane.js';
import { noteWorker } from './note-worker.js';

const DOCUMENT = 'dingtalk/corp1/approval/inst-1';

/** A source in memory that keeps notes. */
class FakeSource {
  readonly notes: string[] = [];
  readonly calls: string[] = [];
  /** Scripted writes: an outcome instead of the write, or the write with its reply lost. */
  script: (WriteOutcome | 'replyLost')[] = [];
  finds: ReadOutcome<boolean>[] = [];

  async findNote({ key }: { key: string }): Promise<ReadOutcome<boolean>> {
    this.calls.push('find');
    return this.finds.shift() ?? { kind: 'read', value: this.notes.includes(key) };
  }

  async addNote({ key }: { key: string }): Promise<WriteOutcome> {
    this.calls.push('add');
    const fault = this.script.shift();
    if (fault !== undefined && fault !== 'replyLost') return fault;
    this.notes.push(key);
    return fault === 'replyLost' ? { kind: 'inDoubt', reason: 'timeout' } : { kind: 'done' };
  }
}

let source: FakeSource;
let lane: LaneRunner<NoteLane, never>;

const writeBack = (writeBackKey = 'w1'): Partial<AnyMessage> => ({
  type: 'WriteBack',
  id: `command-${writeBackKey}`,
  data: { writeBackKey, connection: 'dingtalk-main', document: DOCUMENT, text: 'Voucher FKD1' },
});

beforeEach(() => {
  source = new FakeSource();
  const worker = noteWorker((product) => (product === 'dingtalk' ? (source as unknown as SourceCalls) : undefined));
  lane = new LaneRunner(worker, 'dingtalk-main', 'dingtalk');
});

describe('a note', () => {
  it('is looked up, written once and told of', async () => {
    lane.send(writeBack());
    await lane.settle();
    expect(source.calls).toEqual(['find', 'add']);
    expect(lane.types).toEqual(['WriteBackDone']);
    expect(lane.last('WriteBackDone')).toMatchObject({
      key: 'subject-1',
      data: { writeBackKey: 'w1', document: DOCUMENT },
    });
    expect(lane.dropped).toBe(true);
  });

  it('is not written when it is there', async () => {
    source.notes.push('w1');
    lane.send(writeBack());
    await lane.settle();
    expect(source.calls).toEqual(['find']);
    expect(lane.types).toEqual(['WriteBackDone']);
  });

  it('is found after its reply was lost', async () => {
    source.script = ['replyLost'];
    lane.send(writeBack());
    await lane.settle();
    expect(source.notes).toEqual(['w1']);
    expect(source.calls).toEqual(['find', 'add', 'find']);
    expect(lane.types).toEqual(['WriteBackDone']);
  });

  it('is written again only after it was looked for long enough', async () => {
    source.script = [{ kind: 'inDoubt', reason: 'reset' }];
    lane.send(writeBack());
    await lane.settle(59_000);
    expect(source.calls.filter((call) => call === 'add')).toHaveLength(1);
    await lane.settle();
    expect(source.calls.filter((call) => call === 'add')).toHaveLength(2);
    expect(source.notes).toEqual(['w1']);
  });

  it.each(['neverMade', 'answerLost'] as const)('is written once when the process dies (%s)', async (call) => {
    lane.send(writeBack());
    const find = lane.plan();
    if (find.kind === 'call') await lane.take(find);
    await lane.dieBeforeSettling(call);
    await lane.settle();
    expect(source.notes).toEqual(['w1']);
    expect(lane.types).toEqual(['WriteBackDone']);
  });

  it('is parked when the source refuses, holds the next, and goes on when released', async () => {
    source.script = [
      { kind: 'rejected', code: '400', words: 'no', owner: 'administrator', nextStep: 'grant the right' },
    ];
    lane.send(writeBack());
    lane.send(writeBack('w2'));
    await lane.settle();
    expect(lane.types).toEqual(['MessageParked']);
    const { parkedId, stage } = lane.last('MessageParked').data;
    const data = { parkedId, stage, connection: 'dingtalk-main', subject: 'subject-1', by: 'zhang', reason: 'granted' };
    lane.send({ type: 'ParkedReleased', id: 'a1', data } as Partial<AnyMessage>);
    await lane.settle();
    expect(lane.types).toEqual(['MessageParked', 'ParkedResolved', 'WriteBackDone', 'WriteBackDone']);
    expect(source.notes).toEqual(['w1', 'w2']);
  });

  it('waits with growing gaps while the source does not answer', async () => {
    source.finds = Array.from({ length: 5 }, () => ({ kind: 'unavailable', detail: 'down' }) as const);
    lane.send(writeBack());
    await lane.settle();
    expect(lane.now - Date.parse('2026-03-31T08:00:00Z')).toBe(31_000);
    expect(source.notes).toEqual(['w1']);
  });
});
