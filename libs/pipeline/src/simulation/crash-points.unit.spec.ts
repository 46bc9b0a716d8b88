import type { Topic } from '@voucherline/contracts';
import { MemoryStageStore } from '@voucherline/store';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OutgoingRecord } from '../broker.js';
import { MemoryLog } from '../memory/memory-broker.js';
import { stateHash } from '../runner/rebuild.js';
import { type Blow, type Point, SimulatedProcess, settle } from './process.js';
import { readBySequence } from './reader.js';
import {
  DOCUMENTS,
  documentRecord,
  dueOf,
  EVENTS,
  SHARDS,
  sampleStage,
  VOUCHERS,
  voucherRecord,
} from './sample-stage.js';

const KEYS = ['a', 'b', 'c'];

/** Messages of three keys on two topics, each topic and key in order, interleaved by chance. */
const story = fc
  .array(fc.record({ key: fc.constantFrom(...KEYS), voucher: fc.boolean() }), { minLength: 1, maxLength: 25 })
  .map((facts) => {
    const counts = new Map<string, number>();
    return facts.map(({ key, voucher }): OutgoingRecord => {
      const n = (counts.get(key + voucher) ?? 0) + 1;
      counts.set(key + voucher, n);
      return voucher ? voucherRecord(key, n, `v${n}`) : documentRecord(key, n, `d${n}`);
    });
  });

const blows = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.constant<Blow>('none') },
    { weight: 4, arbitrary: fc.constantFrom<Blow>('crash', 'pause', 'fail', 'half') },
  ),
  { maxLength: 12 },
);

const doings = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant('write' as const), count: fc.integer({ min: 1, max: 6 }) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('repeat' as const),
        from: fc.nat({ max: 20 }),
        count: fc.integer({ min: 1, max: 5 }),
      }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('start' as const), blows }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('wake' as const, 'kill' as const) }) },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('lose-offset' as const),
        topic: fc.constantFrom<Topic>(DOCUMENTS, VOUCHERS),
        shard: fc.nat({ max: SHARDS - 1 }),
        part: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
    },
  ),
  { minLength: 2, maxLength: 14 },
);

describe('a stage whose processes are struck at any point', () => {
  it('says everything that is due, once, in an order that readers can follow', async () => {
    await fc.assert(
      fc.asyncProperty(story, doings, fc.integer({ min: 1, max: 7 }), async (messages, steps, batchSize) => {
        const log = new MemoryLog({ shards: SHARDS, batchSize });
        const store = new MemoryStageStore();
        const stage = sampleStage();
        const processes: SimulatedProcess[] = [];
        const start = async (script: readonly Blow[] = []) => {
          const left = [...script];
          const process = new SimulatedProcess({ log, store, stage }, (point) => blowAt(point, left.shift()));
          processes.push(process);
          await process.runner.start();
        };
        let written = 0;
        for (const step of steps) {
          if (step.do === 'write') {
            log.append(messages.slice(written, written + step.count));
            written += step.count;
          } else if (step.do === 'repeat')
            log.append(messages.slice(0, written).slice(step.from, step.from + step.count));
          else if (step.do === 'start') await start(step.blows);
          else if (step.do === 'lose-offset') loseOffset(log, stage.name, step);
          else if (step.do === 'wake') processes.find(({ paused }) => paused)?.wake();
          else processes.find(({ dead, paused }) => !dead && !paused)?.kill();
          await settle();
        }
        for (const process of processes) if (process.paused) process.wake();
        await settle();
        for (const process of processes) if (!process.dead) process.kill();
        log.append(messages.slice(written));
        await start();
        await settle();

        expectEverythingSaid(log, messages);
        const before = await stateHash(store, stage.name, SHARDS);
        for (let shard = 0; shard < SHARDS; shard++) await processes.at(-1)?.runner.rebuild(shard);
        expect(await stateHash(store, stage.name, SHARDS)).toBe(before);
        await settle();
        expectEverythingSaid(log, messages);
      }),
      { numRuns: 300 },
    );
  }, 60_000);
});

/** The group forgets how far it was, or believes too much; only the stored positions count. */
function loseOffset(log: MemoryLog, group: string, lost: { topic: Topic; shard: number; part: number }): void {
  const end = log.partition(lost.topic, lost.shard).length;
  log.groups.get(group)?.setOffset(lost.topic, lost.shard, BigInt(Math.round(end * lost.part)));
}

/** A blow that makes no sense at a point is none there. */
function blowAt(point: Point, blow: Blow = 'none'): Blow {
  return blow === 'half' && point !== 'before-send' ? 'none' : blow;
}

function expectEverythingSaid(log: MemoryLog, messages: readonly OutgoingRecord[]): void {
  const read = readBySequence(log, EVENTS);
  for (const key of KEYS) {
    const of = (start: string) =>
      messages
        .filter(({ record }) => record.key === key)
        .map(({ record }) => JSON.parse(String(record.value)).document as string)
        .filter((name) => name.startsWith(start));
    const due = dueOf(key, { documents: of('d'), vouchers: of('v') });
    const said = read.get(key) ?? [];
    expect(said.map(({ id }) => id).sort()).toEqual(due.map(({ id }) => id).sort());
    const steps = said.flatMap(({ data }) => ('step' in data ? [data.step] : []));
    expect(steps).toEqual(of('d'));
  }
}
