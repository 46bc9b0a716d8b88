import {
  type AnyMessage,
  decode,
  encode,
  type LogRecord,
  type MessageType,
  partitionsOf,
  topicOf,
} from '@voucherline/contracts';
import { MemoryLog, shardOf } from '@voucherline/pipeline';
import { type FakeClock, fakeClock } from '@voucherline/platform';
import {
  type EffectsOfLane,
  type LedgerEffect,
  MemoryIntakeStore,
  MemoryLedger,
  MemoryRecoveryStore,
  MemoryStageStore,
  WorkMemory,
} from '@voucherline/store';
import { Chronicle } from './chronicle.js';
import { Fate } from './fate.js';
import { Weather } from './weather.js';

export const SHARDS = 2;

/** Half past four in the afternoon of a month's last day in Shanghai: a history that lasts long enough crosses the month. */
const START = Date.parse('2026-03-31T08:30:00Z');

/** The tables of one worker. */
export interface WorkTables {
  readonly memory: WorkMemory;
  readonly intake: MemoryIntakeStore;
  readonly recovery: MemoryRecoveryStore;
}

/** What all processes and people of one history share: the time, chance, the log, the databases. */
export class World {
  readonly clock: FakeClock;
  readonly fate: Fate;
  readonly chronicle: Chronicle;
  readonly weather: Weather;
  readonly log: MemoryLog;
  readonly stages = new MemoryStageStore();
  readonly read: WorkTables;
  readonly post: WorkTables;
  readonly note: WorkTables;
  readonly ledger = new MemoryLedger();
  /** What the ledger was told, in order. */
  readonly recorded: LedgerEffect[] = [];
  readonly start = START;
  readonly #messages = new WeakMap<LogRecord, AnyMessage>();
  #failure: { readonly error: unknown } | undefined;

  /** @param keepsLines whether the chronicle is kept to be read */
  constructor(seed: number, keepsLines: boolean) {
    this.fate = new Fate(seed);
    const scheduler = this.fate.fork();
    this.clock = fakeClock(START, () => scheduler.randomness.float());
    this.chronicle = new Chronicle(this.clock, keepsLines);
    this.weather = new Weather(this.fate.fork(), this.chronicle);
    this.log = new MemoryLog({ shards: SHARDS, batchSize: 5, now: () => this.clock.now() });
    this.read = this.#workTables();
    this.post = this.#workTables();
    this.note = this.#workTables();
  }

  /** Ends the history: something happened that no fault explains. */
  fail(error: unknown): void {
    this.#failure ??= { error };
  }

  throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Writes a message onto its topic, as whoever is outside of the simulation does. */
  say(message: AnyMessage): void {
    const topic = topicOf(message.type);
    const partition = partitionsOf(topic, SHARDS) === 1 ? 0 : shardOf(message.key, SHARDS);
    this.log.append([{ topic, partition, record: encode(message) }]);
  }

  /** The messages of a type in the order of the log, each once however often it was sent. */
  said<T extends MessageType>(...types: readonly T[]): readonly Extract<AnyMessage, { type: T }>[] {
    const seen = new Map<string, AnyMessage>();
    for (const topic of new Set(types.map(topicOf))) {
      for (let partition = 0; partition < partitionsOf(topic, SHARDS); partition++) {
        for (const record of this.log.partition(topic, partition)) {
          if (!types.includes(record.headers.ce_type as T)) continue;
          const id = `${record.headers.ce_source} ${record.headers.ce_id}`;
          if (!seen.has(id)) seen.set(id, this.#decoded(record));
        }
      }
    }
    return [...seen.values()] as unknown as readonly Extract<AnyMessage, { type: T }>[];
  }

  /** @throws {LedgerConflict} */
  record(changes: readonly EffectsOfLane<LedgerEffect>[]): void {
    this.ledger.applyNow(changes);
    for (const { effects } of changes) this.recorded.push(...effects);
  }

  #decoded(record: LogRecord): AnyMessage {
    const known = this.#messages.get(record) ?? decode(record);
    this.#messages.set(record, known);
    return known;
  }

  #workTables(): WorkTables {
    const memory = new WorkMemory(() => this.clock.now());
    const intake = new MemoryIntakeStore(memory);
    return { memory, intake, recovery: new MemoryRecoveryStore(memory, intake) };
  }
}
