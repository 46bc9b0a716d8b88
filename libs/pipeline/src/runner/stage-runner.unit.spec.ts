import { encode } from '@voucherline/contracts';
import { describe, expect, it } from 'vitest';
import type { OutgoingRecord } from '../broker.js';
import { settle } from '../simulation/process.js';
import { DOCUMENTS, documentRecord, outgoing, VOUCHERS, voucherRecord } from '../simulation/sample-stage.js';
import { type StageBench, startBench } from '../simulation/stage-bench.js';
import { rebuildStage } from './stage-runner.js';

const partitionOfK = documentRecord('k', 1, 'd1').partition;

/** Appends and lets the stage work; a rebuild afterwards must find the same states. */
async function write(bench: StageBench, ...records: OutgoingRecord[]): Promise<void> {
  bench.log.append(records);
  await settle();
}

async function expectRebuildFindsTheSame(bench: StageBench): Promise<void> {
  const operations = () => [0, 1].map((shard) => bench.log.partition('operations.events.v1', shard).length);
  const [before, said] = [await bench.hash(), operations()];
  await bench.rebuild();
  expect(await bench.hash()).toBe(before);
  expect(operations()).toEqual(said);
}

describe('what a stage decides', () => {
  it('is said once it is committed, and not before', async () => {
    const bench = await startBench();
    bench.fault = () => 'not-committed';
    await write(bench, documentRecord('k', 1, 'd1'));
    expect(bench.said('k')).toEqual([]);
    bench.fault = () => undefined;
    await bench.restart();
    expect(bench.said('k')).toEqual(['d1']);
  });
});

describe('a message that cannot be folded', () => {
  it('is parked with its place; its key waits on that topic, and nothing else does', async () => {
    const bench = await startBench();
    await write(bench, documentRecord('k', 1, 'poison'), documentRecord('k', 2, 'd2'), documentRecord('l', 1, 'd1'));
    await write(bench, voucherRecord('k', 1, 'v1'));
    expect(bench.said('k')).toEqual(['ApprovalRejected']);
    expect(bench.said('l')).toEqual(['d1']);
    const { data } = bench.operations('k')[0] ?? {};
    expect(data).toMatchObject({ code: 'message.unhandled', reason: "can't fold poison", stage: 'sample/stage' });
    expect(data).toMatchObject({ origin: { topic: DOCUMENTS, offset: '0' } });
    expect(bench.told('k')).toHaveLength(1);
    await expectRebuildFindsTheSame(bench);
  });

  it('is handled when it is released, and what waited follows in order', async () => {
    const bench = await startBench();
    await write(bench, documentRecord('k', 1, 'poison'), documentRecord('k', 2, 'd2'), documentRecord('k', 3, 'd3'));
    bench.switches.mended = true;
    await bench.act('ParkedReleased', 'k');
    expect(bench.said('k')).toEqual(['poison', 'd2', 'd3']);
    expect(bench.told('k')).toEqual(['MessageParked message.unhandled', 'ParkedResolved released']);
    await write(bench, documentRecord('k', 4, 'd4'));
    expect(bench.said('k')).toEqual(['poison', 'd2', 'd3', 'd4']);
    await expectRebuildFindsTheSame(bench);
  });

  it('is parked again, visibly, when it was released too early', async () => {
    const bench = await startBench();
    await write(bench, documentRecord('k', 1, 'poison'), documentRecord('k', 2, 'd2'));
    await bench.act('ParkedReleased', 'k');
    expect(bench.told('k').slice(1)).toEqual(['ParkedResolved released', 'MessageParked message.unhandled']);
    expect(new Set(bench.operations('k').map(({ id }) => id)).size).toBe(3);
    await expectRebuildFindsTheSame(bench);
    bench.switches.mended = true;
    await bench.act('ParkedReleased', 'k');
    expect(bench.said('k')).toEqual(['poison', 'd2']);
  });

  it('is passed over for ever when it is discarded', async () => {
    const bench = await startBench();
    await write(bench, documentRecord('k', 1, 'poison'), documentRecord('k', 2, 'd2'));
    await bench.act('ParkedDiscarded', 'k');
    expect(bench.said('k')).toEqual(['d2']);
    expect(bench.operations('k')[1]).toMatchObject({ data: { resolution: 'discarded', action: 'action-1' } });
    bench.switches.mended = true;
    await expectRebuildFindsTheSame(bench);
    expect(bench.said('k')).toEqual(['d2']);
  });

  it('is superseded by a newer one of the same thing', async () => {
    const bench = await startBench();
    await write(bench, documentRecord('k', 1, 'poison@1'), documentRecord('k', 2, 'd2'));
    bench.switches.mended = true;
    await write(bench, documentRecord('k', 3, 'poison@2'));
    expect(bench.said('k')).toEqual(['d2', 'poison@2']);
    expect(bench.told('k')[1]).toBe('ParkedResolved superseded');
    await expectRebuildFindsTheSame(bench);
  });

  it('stays parked over a restart, with those behind it', async () => {
    const bench = await startBench();
    await write(bench, documentRecord('k', 1, 'poison'), documentRecord('k', 2, 'd2'));
    await bench.restart();
    await write(bench, documentRecord('k', 3, 'd3'));
    bench.switches.mended = true;
    await bench.act('ParkedReleased', 'k');
    expect(bench.said('k')).toEqual(['poison', 'd2', 'd3']);
  });

  it('parks each of several in turn', async () => {
    const bench = await startBench();
    await write(bench, ...[1, 2, 3].map((n) => documentRecord('k', n, `poison${n}`)), documentRecord('k', 4, 'd4'));
    await bench.act('ParkedDiscarded', 'k');
    await bench.act('ParkedDiscarded', 'k');
    expect(bench.said('k')).toEqual([]);
    await expectRebuildFindsTheSame(bench);
    await bench.act('ParkedDiscarded', 'k');
    expect(bench.said('k')).toEqual(['d4']);
    await expectRebuildFindsTheSame(bench);
  });

  it('leaves alone what an action names that is not parked', async () => {
    const bench = await startBench();
    await write(bench, documentRecord('k', 1, 'd1'));
    await bench.act('ParkedReleased', 'k', 'unknown');
    await bench.act('ParkedDiscarded', 'nobody', 'unknown');
    expect(bench.told('k')).toEqual([]);
    await write(bench, documentRecord('k', 2, 'd2'));
    expect(bench.said('k')).toEqual(['d1', 'd2']);
  });
});

describe('a record that cannot be read', () => {
  const broken = (key: string, sequence: number): OutgoingRecord => {
    const whole = documentRecord(key, sequence, 'd');
    return { ...whole, record: { ...whole.record, value: Buffer.from('{"half') } };
  };

  it('is parked under its key, and discarding it leaves no gap', async () => {
    const bench = await startBench();
    await write(bench, documentRecord('k', 1, 'd1'), broken('k', 2), documentRecord('k', 3, 'd3'));
    expect(bench.told('k')).toEqual(['MessageParked record.unreadable']);
    expect(bench.said('k')).toEqual(['d1']);
    await bench.act('ParkedDiscarded', 'k');
    expect(bench.said('k')).toEqual(['d1', 'd3']);
    await expectRebuildFindsTheSame(bench);
  });

  it('is parked under its partition when it has no key that can be kept', async () => {
    const bench = await startBench();
    const record = documentRecord('k', 1, 'd1');
    const keys = ['a\0b', '', 'x'.repeat(1_001)];
    await write(bench, ...keys.map((key) => ({ ...record, partition: 0, record: { ...record.record, key } })));
    expect(bench.told(`${DOCUMENTS}/0`)).toEqual(['MessageParked record.unreadable']);
    for (const _ of keys) await bench.act('ParkedDiscarded', `${DOCUMENTS}/0`);
    expect(bench.told(`${DOCUMENTS}/0`).filter((told) => told === 'ParkedResolved discarded')).toHaveLength(3);
    await write(bench, documentRecord('l', 1, 'd1'));
    expect(bench.said('l')).toEqual(['d1']);
  });
});

describe('a message whose predecessor is missing', () => {
  it('waits for it, with its followers; messages of other sources pass', async () => {
    const bench = await startBench();
    await write(bench, documentRecord('k', 1, 'd1'), documentRecord('k', 3, 'd3'), documentRecord('k', 4, 'd4'));
    await write(bench, documentRecord('k', 1, 'e1', 'collector/b'));
    expect(bench.said('k')).toEqual(['d1', 'e1']);
    expect(bench.told('k')).toEqual(['MessageParked sequence.gap']);
    await expectRebuildFindsTheSame(bench);
    await write(bench, documentRecord('k', 2, 'd2'));
    expect(bench.said('k')).toEqual(['d1', 'e1', 'd2', 'd3', 'd4']);
    expect(bench.told('k')).toEqual(['MessageParked sequence.gap', 'ParkedResolved released']);
    await expectRebuildFindsTheSame(bench);
  });

  it('tells of each gap where there are several', async () => {
    const bench = await startBench();
    await write(bench, ...[1, 3, 5].map((n) => documentRecord('k', n, `d${n}`)));
    await write(bench, documentRecord('k', 2, 'd2'));
    expect(bench.said('k')).toEqual(['d1', 'd2', 'd3']);
    expect(bench.told('k').slice(1)).toEqual(['ParkedResolved released', 'MessageParked sequence.gap']);
    await expectRebuildFindsTheSame(bench);
    await write(bench, documentRecord('k', 4, 'd4'));
    expect(bench.said('k')).toEqual(['d1', 'd2', 'd3', 'd4', 'd5']);
    await expectRebuildFindsTheSame(bench);
  });

  it('goes on without it when a person says so', async () => {
    const bench = await startBench();
    await write(bench, documentRecord('k', 1, 'd1'), documentRecord('k', 3, 'd3'));
    await bench.act('ParkedDiscarded', 'k');
    expect(bench.said('k')).toEqual(['d1', 'd3']);
    await write(bench, documentRecord('k', 2, 'late'), documentRecord('k', 4, 'd4'));
    expect(bench.said('k')).toEqual(['d1', 'd3', 'd4']);
    await expectRebuildFindsTheSame(bench);
  });

  it('is taken as the base by who starts inside a log', async () => {
    const bench = await startBench();
    await write(bench, documentRecord('k', 7, 'd7'), documentRecord('k', 8, 'd8'));
    expect(bench.said('k')).toEqual(['d7', 'd8']);
  });

  it('stays in order when the missing one itself is parked', async () => {
    const bench = await startBench();
    await write(bench, documentRecord('k', 1, 'd1'), documentRecord('k', 3, 'd3'), documentRecord('k', 2, 'poison2'));
    await write(bench, documentRecord('k', 4, 'd4'));
    expect(bench.said('k')).toEqual(['d1']);
    await expectRebuildFindsTheSame(bench);
    bench.switches.mended = true;
    await bench.act('ParkedReleased', 'k');
    expect(bench.said('k')).toEqual(['d1', 'poison2', 'd3', 'd4']);
    await expectRebuildFindsTheSame(bench);
  });
});

describe('a decision that is blocked', () => {
  it('is parked once, whatever comes, and resolved when it can be made', async () => {
    const bench = await startBench();
    await write(bench, documentRecord('k', 1, 'block1'), documentRecord('k', 2, 'd2'));
    expect(bench.told('k')).toEqual(['MessageParked sample.blocked']);
    await expectRebuildFindsTheSame(bench);
    bench.switches.unblocked = true;
    await write(bench, documentRecord('k', 3, 'd3'));
    expect(bench.told('k')).toEqual(['MessageParked sample.blocked', 'ParkedResolved superseded']);
    await expectRebuildFindsTheSame(bench);
  });

  it('is decided again on release, and parked again if it is still blocked', async () => {
    const bench = await startBench();
    await write(bench, documentRecord('k', 1, 'block1'));
    await bench.act('ParkedReleased', 'k');
    expect(bench.told('k').slice(1)).toEqual(['ParkedResolved released', 'MessageParked sample.blocked']);
    bench.switches.unblocked = true;
    await bench.act('ParkedReleased', 'k');
    expect(bench.told('k').at(-1)).toBe('ParkedResolved released');
    await expectRebuildFindsTheSame(bench);
  });

  it('is not parked again after it was discarded', async () => {
    const bench = await startBench();
    await write(bench, documentRecord('k', 1, 'block1'));
    await bench.act('ParkedDiscarded', 'k');
    await write(bench, documentRecord('k', 2, 'd2'));
    expect(bench.told('k')).toEqual(['MessageParked sample.blocked', 'ParkedResolved discarded']);
    await expectRebuildFindsTheSame(bench);
  });

  it('is blocked by a message that the log would not take', async () => {
    const bench = await startBench();
    await write(bench, documentRecord('k', 1, `d${'x'.repeat(900_000)}`), documentRecord('l', 1, 'd1'));
    expect(bench.told('k')).toEqual(['MessageParked message.too-large']);
    expect(bench.said('l')).toEqual(['d1']);
  });
});

describe('a message that kills the process', () => {
  it('is found and parked at the fourth death; the others are handled', async () => {
    const bench = await startBench();
    const { fold } = bench.stage;
    const killer = (state: never, message: never): never => {
      const { data } = message as { data: { document?: string } };
      if (data.document === 'killer') bench.process.kill();
      return fold(state, message) as never;
    };
    Object.assign(bench.stage, { fold: killer });
    await write(bench, documentRecord('k', 1, 'd1'), documentRecord('k', 2, 'killer'), documentRecord('l', 1, 'd1'));
    for (let death = 1; death <= 4; death++) {
      expect(bench.process.dead).toBe(true);
      await bench.restart();
    }
    expect(bench.process.dead).toBe(false);
    expect(bench.told('k')).toEqual(['MessageParked message.crashes']);
    expect([bench.said('k'), bench.said('l')]).toEqual([['d1'], ['d1']]);
  });
});

describe('a message that the database refuses', () => {
  it('is found by halving and parked; the others are committed', async () => {
    const bench = await startBench();
    const hasBad = (state: string) => state.includes('bad') && !state.includes('"parked"');
    bench.fault = ({ states }) => (states.some(({ state }) => hasBad(state)) ? 'refused' : undefined);
    const others = [...'abcdefg'].map((key) => documentRecord(key, 1, 'd1'));
    await write(bench, ...others.slice(0, 4), documentRecord('k', 1, 'bad'), ...others.slice(4));
    expect(bench.told('k')).toEqual(['MessageParked state.refused']);
    expect(others.map(({ record }) => bench.said(record.key))).toEqual(others.map(() => ['d1']));
  });
});

describe('the configuration of a message', () => {
  it('is read before it; a message that names one that is not published is parked', async () => {
    const bench = await startBench();
    const whole = documentRecord('k', 1, 'd1');
    const headers = { ...whole.record.headers, ce_configuration: '99' };
    await write(bench, { ...whole, record: { ...whole.record, headers } }, documentRecord('l', 1, 'd1'));
    expect(bench.told('k')).toEqual(['MessageParked configuration.missing']);
    expect(bench.said('l')).toEqual(['d1']);
  });
});

describe('the offset of the group', () => {
  it.each([0n, 1n, 3n])('counts for nothing: where it says %s, the stored position is read', async (offset) => {
    const bench = await startBench();
    await write(bench, documentRecord('k', 1, 'd1'));
    bench.process.kill();
    await write(bench, documentRecord('k', 2, 'd2'), documentRecord('k', 3, 'd3'));
    bench.log.groups.get(bench.stage.name)?.setOffset(DOCUMENTS, partitionOfK, offset);
    await bench.restart();
    expect(bench.said('k')).toEqual(['d1', 'd2', 'd3']);
    await write(bench, documentRecord('k', 4, 'd4'));
    expect(bench.said('k')).toEqual(['d1', 'd2', 'd3', 'd4']);
  });

  it('counts for nothing in the midst of work either', async () => {
    const bench = await startBench(1);
    await write(bench, documentRecord('k', 1, 'd1'));
    const group = bench.log.groups.get(bench.stage.name);
    group?.setOffset(DOCUMENTS, partitionOfK, 2n);
    await write(bench, documentRecord('k', 2, 'd2'), documentRecord('k', 3, 'd3'));
    expect(bench.said('k')).toEqual(['d1', 'd2', 'd3']);
  });
});

describe('a position that the log does not have', () => {
  it('stops the stage and names the ways out', async () => {
    const bench = await startBench();
    await write(bench, documentRecord('k', 1, 'd1'), documentRecord('k', 2, 'd2'));
    const { partition } = documentRecord('k', 1, 'd1');
    bench.log.partition(DOCUMENTS, partition).pop();
    await bench.restart();
    await expect(bench.process.runner.failed).rejects.toThrow(
      /does not fit the log .* run its main once with the word `rebuild`/s,
    );
  });

  it('is left behind by a rebuild that a person asks for', async () => {
    const bench = await startBench();
    await write(bench, documentRecord('k', 1, 'd1'), documentRecord('k', 2, 'd2'), documentRecord('l', 1, 'd1'));
    bench.log.partition(DOCUMENTS, partitionOfK).splice(1);
    bench.process.kill();
    await rebuildStage(bench.options());
    await bench.restart();
    await write(bench, documentRecord('k', 2, 'd2'), documentRecord('k', 3, 'd3'));
    expect(bench.said('k')).toEqual(['d1', 'd2', 'd3']);
  });

  it('is noticed by the last message when the log is another one', async () => {
    const bench = await startBench();
    await write(bench, documentRecord('k', 1, 'd1'));
    const { partition } = documentRecord('k', 1, 'd1');
    bench.log.partition(DOCUMENTS, partition).pop();
    bench.log.append([documentRecord('k', 2, 'another')]);
    await bench.restart();
    await expect(bench.process.runner.failed).rejects.toThrow('its last message is');
  });
});

describe('what a stage says', () => {
  it('names source, cause, place in the order and trace', async () => {
    const bench = await startBench();
    const whole = voucherRecord('k', 1, 'v1');
    const traceparent = '00-11111111111111111111111111111111-2222222222222222-01';
    await write(bench, { ...whole, record: { ...whole.record, headers: { ...whole.record.headers, traceparent } } });
    const record = bench.log.partition('approvals.events.v1', whole.partition)[0];
    expect(record?.key).toBe('k');
    expect(record?.headers).toMatchObject({
      ce_source: 'sample/stage',
      ce_sequence: '1',
      ce_causation: whole.record.headers.ce_id,
      traceparent,
    });
  });

  it('goes on with the numbers of the log where the database is new', async () => {
    const bench = await startBench();
    await write(bench, documentRecord('k', 1, 'd1'), documentRecord('k', 2, 'poison'));
    const said = { id: 'x', source: 'someone/else', key: 'k', time: '2026-01-01T00:00:00Z', sequence: 9 };
    await write(bench, outgoing({ ...said, type: 'ApprovalRejected', data: { rejectedAt: 'x' } }));
    const { log } = bench;
    const fresh = await startBench();
    for (const topic of [DOCUMENTS, VOUCHERS, 'approvals.events.v1', 'operations.events.v1'] as const) {
      for (const shard of [0, 1]) {
        const records = log.partition(topic, shard).filter(({ headers }) => headers.ce_source !== 'someone/else');
        fresh.log.append(records.map((one) => ({ topic, partition: shard, record: encodedOf(one) })));
      }
    }
    await fresh.restart();
    await write(fresh, documentRecord('l', 1, 'd1'));
    expect(fresh.said('k')).toEqual(['d1']);
  });
});

function encodedOf({ key, value, headers }: { key: string | null; value: Buffer | null; headers: object }) {
  return {
    key: key ?? '',
    value: value ?? Buffer.alloc(0),
    headers: { ...headers } as ReturnType<typeof encode>['headers'],
  };
}
