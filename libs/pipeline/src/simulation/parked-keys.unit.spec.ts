import { type AnyMessage, decode, encode, type Message } from '@voucherline/contracts';
import { MemoryStageStore } from '@voucherline/store';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OutgoingRecord } from '../broker.js';
import { MemoryLog } from '../memory/memory-broker.js';
import { stateHash } from '../runner/rebuild.js';
import { type Blow, SimulatedProcess, settle } from './process.js';
import { readBySequence } from './reader.js';
import { documentRecord, EVENTS, SHARDS, type Switches, sampleStage } from './sample-stage.js';

const KEYS = ['a', 'b', 'c'];

/** Documents of three keys, some of them poison; two neighbours may have changed places, never the first of a key. */
const story = fc
  .array(fc.record({ key: fc.constantFrom(...KEYS), poison: fc.boolean(), late: fc.boolean() }), { maxLength: 24 })
  .map((facts) => {
    const counts = new Map<string, number>();
    const records = facts.map(({ key, poison, late }) => {
      const n = (counts.get(key) ?? 0) + 1;
      counts.set(key, n);
      return { late: late && n > 2, key, n, name: `${poison ? 'poison' : 'd'}${n}@` };
    });
    for (let at = 1; at < records.length; at++) {
      const [before, one] = [records[at - 1], records[at]];
      if (!one?.late || before?.key !== one.key) continue;
      records[at - 1] = one;
      records[at] = before;
    }
    return records.map(({ key, n, name }) => ({ key, n, name }));
  });

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('write' as const), count: fc.integer({ min: 1, max: 6 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('release' as const, 'discard' as const), which: fc.nat({ max: 9 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('restart' as const),
      blows: fc.array(fc.constantFrom<Blow>('none', 'none', 'crash', 'fail', 'half'), { maxLength: 8 }),
    }),
  },
);

describe('parked keys', () => {
  it('lose, repeat and reorder nothing, whatever people do and whichever process is struck', async () => {
    await fc.assert(
      fc.asyncProperty(
        story,
        fc.array(step, { maxLength: 14 }),
        fc.integer({ min: 1, max: 7 }),
        async (documents, steps, size) => {
          const all = documents.map(({ key, n, name }) => documentRecord(key, n, name));
          const world = new World(size);
          await world.restart([]);
          let written = 0;
          for (const one of steps) {
            if (one.do === 'write') {
              world.log.append(all.slice(written, written + one.count));
              written += one.count;
            } else if (one.do === 'restart') await world.restart(one.blows);
            else world.act(one.do, one.which);
            await settle();
          }
          world.log.append(all.slice(written));
          await world.restart([]);
          await world.expectRebuildFindsTheSame();

          world.switches.mended = true;
          while (world.parked().length > 0) {
            world.act('release', 0);
            await settle();
          }
          await world.expectRebuildFindsTheSame();
          world.expectSaid(all);
        },
      ),
      { numRuns: 120 },
    );
  }, 60_000);
});

class World {
  readonly log: MemoryLog;
  readonly store = new MemoryStageStore();
  readonly switches: Switches = { mended: false, unblocked: false };
  /** No document makes another needless here; that has tests of its own. */
  readonly stage = { ...sampleStage(this.switches), supersedes: () => false };
  #process: SimulatedProcess | undefined;
  #actions = 0;

  constructor(batchSize: number) {
    this.log = new MemoryLog({ shards: SHARDS, batchSize });
  }

  async restart(blows: readonly Blow[]): Promise<void> {
    this.#process?.kill();
    const left = [...blows];
    this.#process = new SimulatedProcess(this, (point) => {
      const blow = left.shift() ?? 'none';
      return blow === 'half' && point !== 'before-send' ? 'none' : blow;
    });
    await this.#process.runner.start();
    await settle();
    if (this.#process.dead) await this.restart([]);
  }

  operations(): AnyMessage[] {
    return [...readBySequence(this.log, 'operations.events.v1').values()].flat();
  }

  /** Messages that are parked now; gaps close by themselves. */
  parked(): Message<'MessageParked'>[] {
    const open = new Map<string, Message<'MessageParked'>>();
    for (const message of this.operations()) {
      if (message.type === 'MessageParked' && message.data.code !== 'sequence.gap')
        open.set(message.data.parkedId, message);
      else if (message.type === 'ParkedResolved') open.delete(message.data.parkedId);
    }
    return [...open.values()];
  }

  act(what: 'release' | 'discard', which: number): void {
    const parked = this.parked();
    const one = parked[which % Math.max(1, parked.length)];
    if (one === undefined) return;
    const action = {
      id: `action-${this.#actions++}`,
      source: 'cli',
      key: 'action',
      time: '2026-02-02T00:00:00Z',
      type: what === 'release' ? 'ParkedReleased' : 'ParkedDiscarded',
      data: { parkedId: one.data.parkedId, stage: this.stage.name, subject: one.key, by: 'x', reason: 'y' },
    } as const;
    this.log.append([{ topic: 'operations.actions.v1', partition: 0, record: encode(action) }]);
  }

  async expectRebuildFindsTheSame(): Promise<void> {
    const hash = () => stateHash(this.store, this.stage.name, SHARDS);
    const before = await hash();
    for (let shard = 0; shard < SHARDS; shard++) await this.#process?.runner.rebuild(shard);
    expect(await hash()).toBe(before);
    await settle();
  }

  expectSaid(all: readonly OutgoingRecord[]): void {
    const discarded = this.#discarded();
    const said = readBySequence(this.log, EVENTS);
    for (const key of KEYS) {
      const names = all
        .filter(({ record }) => record.key === key)
        .map(({ record }) => JSON.parse(String(record.value)).document as string)
        .filter((name) => !discarded.has(`${key} ${name}`))
        .sort((a, b) => numberOf(a) - numberOf(b));
      expect((said.get(key) ?? []).flatMap(({ data }) => ('step' in data ? [data.step] : []))).toEqual(names);
    }
  }

  /** Key and name of the documents that were discarded. */
  #discarded(): Set<string> {
    const operations = this.operations();
    const ids = new Set(
      operations.flatMap(({ data }) =>
        'resolution' in data && data.resolution === 'discarded' ? [data.parkedId] : [],
      ),
    );
    const names = operations.flatMap((message) => {
      if (message.type !== 'MessageParked' || !ids.has(message.data.parkedId)) return [];
      const { topic, partition, offset } = message.data.origin ?? { topic: '', partition: 0, offset: '' };
      const record = this.log.partition(topic as 'documents.collected.v1', partition)[Number(offset)];
      const document = record && decode(record);
      return document?.type === 'DocumentCollected' ? [`${message.key} ${document.data.document}`] : [];
    });
    return new Set(names);
  }
}

function numberOf(name: string): number {
  return Number(name.replace(/\D/g, ''));
}
