import { silentLogger } from '@voucherline/platform';
import { MemoryStageStore } from '@voucherline/store';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { followMasterData } from '../master-data/live.js';
import { MemoryBroker, MemoryLog } from '../memory/memory-broker.js';
import { stateHash } from '../runner/rebuild.js';
import { type Blow, SimulatedProcess, settle } from './process.js';
import { readBySequence } from './reader.js';
import { EVENTS, SHARDS } from './sample-stage.js';
import { pulledTable, timedDocument, waitingStage } from './waiting-stage.js';

const KEYS = ['a', 'b', 'c', 'd'];
const TABLES = ['oa/users', 'oa/roles'];

const story = fc
  .array(fc.record({ key: fc.constantFrom(...KEYS), waits: fc.constantFrom(...TABLES, undefined) }), { maxLength: 16 })
  .map((facts) => {
    const counts = new Map<string, number>();
    return facts.map(({ key, waits }) => {
      const n = (counts.get(key) ?? 0) + 1;
      counts.set(key, n);
      return timedDocument(key, n, `${waits ?? 'd'}@${n}`);
    });
  });

const blows = fc.array(fc.constantFrom<Blow>('none', 'none', 'none', 'crash', 'pause', 'fail', 'half'), {
  maxLength: 12,
});
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('write' as const), count: fc.integer({ min: 1, max: 5 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('pull' as const), table: fc.constantFrom(...TABLES) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('start' as const), blows }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('wake' as const, 'kill' as const) }) },
);

describe('decisions that wait for tables', () => {
  it('are made once, by whichever process, however it is struck', async () => {
    await fc.assert(
      fc.asyncProperty(
        story,
        fc.array(step, { maxLength: 14 }),
        fc.integer({ min: 1, max: 7 }),
        async (documents, steps, batchSize) => {
          const log = new MemoryLog({ shards: SHARDS, batchSize });
          const [store, stage] = [new MemoryStageStore(), waitingStage()];
          const processes: SimulatedProcess[] = [];
          const start = async (script: readonly Blow[] = []) => {
            const left = [...script];
            const masterData = await followMasterData(new MemoryBroker(log), silentLogger);
            const process = new SimulatedProcess({ log, store, stage, masterData }, (point) => {
              const blow = left.shift() ?? 'none';
              return blow === 'half' && point !== 'before-send' ? 'none' : blow;
            });
            processes.push(process);
            await process.runner.start();
          };
          let written = 0;
          const pulled = new Set<string>();
          const waitingFor = async () => {
            const units = Array.from({ length: SHARDS }, (_, shard) => store.waiting(`${stage.name}/${shard}`));
            return (await Promise.all(units)).flat().map(({ waitsFor }) => waitsFor);
          };
          for (const one of steps) {
            if (one.do === 'write') {
              log.append(documents.slice(written, written + one.count));
              written += one.count;
            } else if (one.do === 'pull') {
              pulled.add(one.table);
              log.append(pulledTable(one.table));
            } else if (one.do === 'start') await start(one.blows);
            else if (one.do === 'wake') processes.find(({ paused }) => paused)?.wake();
            else processes.find(({ dead, paused }) => !dead && !paused)?.kill();
            await settle();
          }
          log.append(documents.slice(written));
          for (const process of processes) if (process.paused) process.wake();
          await settle();
          for (const process of processes) if (!process.dead) process.kill();
          await start();
          await settle();
          for (const table of await waitingFor()) expect(pulled).not.toContain(table);
          const hash = () => stateHash(store, stage.name, SHARDS);
          const before = await hash();
          for (let shard = 0; shard < SHARDS; shard++) await processes.at(-1)?.runner.rebuild(shard);
          expect(await hash()).toBe(before);

          log.append(TABLES.flatMap(pulledTable));
          await settle();
          const said = readBySequence(log, EVENTS);
          for (const key of KEYS) {
            const names = documents
              .filter(({ record }) => record.key === key)
              .map(({ record }) => JSON.parse(String(record.value)).document as string);
            const steps = (said.get(key) ?? []).flatMap(({ data }) => ('step' in data ? [data.step] : []));
            expect([...steps].sort()).toEqual(names.sort());
          }
          expect(await waitingFor()).toEqual([]);
        },
      ),
      { numRuns: 200 },
    );
  }, 60_000);
});
