import type { AnyMessage, LogRecord } from '@voucherline/contracts';
import type { LiveConfiguration } from '@voucherline/pipeline';
import { type Clock, crashPoint, type Randomness } from '@voucherline/platform';
import {
  type Chain,
  ChangeRefused,
  encodeUnnumbered,
  type IntakeCase,
  type IntakeCommit,
  type IntakeStore,
  type Outgoing,
  packRecords,
  runsOf,
  type TakenUnit,
  type Unsequenced,
  unpackRecords,
  withNumbers,
} from '@voucherline/store';
import { Exclusive } from '../commit/exclusive.js';
import { stamped } from '../messages.js';
import type { ReplayPart } from '../replay/replay.js';
import type { Route } from '../worker.js';
import { chainId, type Reading, read } from './reading.js';
import { RecentIds } from './recent-ids.js';
import { TakingIn } from './taking-in.js';

export interface IntakeShardPorts {
  readonly worker: string;
  readonly store: IntakeStore;
  readonly configuration: LiveConfiguration;
  readonly clock: Clock;
  readonly randomness: Randomness;
  route(message: AnyMessage): readonly Route[];
  publish(entry: { readonly records: readonly Outgoing[] }): Promise<void>;
  /** Mail was put into lanes. */
  onDelivered(messages: number, mail: number): void;
}

const RECENT_IDS = 2_000;
/** Records of a chain that a person's decision may set free at a time. */
const MOST_FOLLOWERS = 10_000;

/** One shard of a worker's intake, for as long as this process owns it. After any error but a refusal it is to be taken over again. */
export class IntakeShard {
  readonly #shard: number;
  readonly #unit: TakenUnit;
  readonly #ports: IntakeShardPorts;
  readonly #turn = new Exclusive();
  readonly #recent = new RecentIds(RECENT_IDS);
  readonly #positions: Map<string, bigint>;
  readonly #lastIds: Map<string, string>;
  readonly #cases: Map<string, IntakeCase>;
  #seq: number;
  #published: number;

  private constructor(shard: number, unit: TakenUnit, cases: readonly IntakeCase[], ports: IntakeShardPorts) {
    this.#unit = unit;
    this.#shard = shard;
    this.#ports = ports;
    this.#seq = unit.seq;
    this.#published = unit.seq;
    this.#positions = new Map(
      Object.entries(JSON.parse(unit.positions) as Record<string, string>).map(([topic, at]) => [topic, BigInt(at)]),
    );
    this.#lastIds = new Map(Object.entries(JSON.parse(unit.lastIds) as Record<string, string>));
    this.#cases = new Map(cases.map((one) => [one.parkedId, one]));
  }

  /** Takes the shard over: the predecessor's commits are void from now on, and what it left unsaid is said first. */
  static async takeOver(shard: number, ports: IntakeShardPorts): Promise<IntakeShard> {
    const name = `${ports.worker}/intake/${shard}`;
    crashPoint('before-intake.take-over');
    const unit = await ports.store.takeOver(name, false);
    crashPoint('after-intake.take-over');
    for (const { records } of unit.left) await ports.publish({ records: unpackRecords(records) });
    return new IntakeShard(shard, unit, await ports.store.cases(name), ports);
  }

  /** Where a topic is to be read next; undefined before its first record. */
  position(topic: string): bigint | undefined {
    return this.#positions.get(topic);
  }

  /** Id of the last record taken in from a topic; empty when it had none. */
  lastId(topic: string): string {
    return this.#lastIds.get(topic) ?? '';
  }

  /** Takes in records of one topic, the next ones in order. */
  take(records: readonly LogRecord[]): Promise<void> {
    return this.#turn.run(async () => {
      crashPoint('before-intake.decode');
      const readings = records.map(read);
      crashPoint('after-intake.decode');
      const known = Math.max(-1, ...readings.map(({ message }) => message?.configuration ?? -1));
      if (known > this.#ports.configuration.position) await this.#ports.configuration.upTo(known);
      await this.#takeReadings(readings);
    });
  }

  /** Puts mail into lanes and says something, without a record having been read. */
  bring({ deliveries, said }: ReplayPart): Promise<void> {
    return this.#turn.run(async () => {
      const step = await this.#begin([]);
      step.deliveries.push(...deliveries);
      step.said.push(...said);
      await this.#commit(step);
    });
  }

  /** Applies what people have decided about the cases of this shard. */
  applyDecisions(): Promise<void> {
    return this.#turn.run(async () => {
      if (this.#cases.size === 0) return;
      for (const decision of await this.#ports.store.decisions([...this.#cases.keys()])) {
        const parked = this.#cases.get(decision.parkedId);
        if (parked === undefined) continue;
        const step = await this.#begin(parked.place === undefined ? [] : [parked.place]);
        step.decide(decision, parked, await this.#heldFor(parked));
        await this.#commit(step);
      }
    });
  }

  async #heldFor({ place, topic, offset }: IntakeCase) {
    const { store } = this.#ports;
    if (place !== undefined) return store.heldOfChain(this.#unit.unit, place, MOST_FOLLOWERS);
    const held = offset === undefined ? undefined : await store.heldAt(this.#unit.unit, topic, offset);
    return held === undefined ? [] : [held];
  }

  /** A batch that the database refuses is halved until the bad record is alone and set aside. */
  async #takeReadings(readings: readonly Reading[]): Promise<void> {
    const step = await this.#begin(readings.flatMap(({ place }) => place ?? []));
    for (const reading of readings) step.take(reading);
    try {
      await this.#commit(step, readings);
    } catch (error) {
      if (!(error instanceof ChangeRefused)) throw error;
      if (readings.length > 1) {
        const middle = Math.ceil(readings.length / 2);
        await this.#takeReadings(readings.slice(0, middle));
        return this.#takeReadings(readings.slice(middle));
      }
      const alone = await this.#begin([]);
      for (const reading of readings) alone.refuse(reading);
      await this.#commit(alone, readings);
    }
  }

  async #begin(chains: readonly Chain[]): Promise<TakingIn> {
    const { worker, store, clock } = this.#ports;
    const different = [...new Map(chains.map((chain) => [chainId(chain), chain])).values()];
    const context = {
      worker,
      shard: this.#shard,
      now: clock.now(),
      route: (message: AnyMessage) => this.#ports.route(message),
      hasSeen: (id: string) => this.#recent.has(id),
    };
    return new TakingIn(context, await store.positions(different), this.#cases.values());
  }

  async #commit(step: TakingIn, readings: readonly Reading[] = []): Promise<void> {
    const { randomness, configuration } = this.#ports;
    const messages = step.said.map((draft) =>
      stamped(draft, { source: this.#unit.unit, configuration: configuration.position, cause: undefined, randomness }),
    );
    const { records, chains } = await this.#encoded(messages);
    const positions = new Map(this.#positions);
    const lastIds = new Map(this.#lastIds);
    for (const { record } of readings) {
      positions.set(record.topic, record.offset + 1n);
      lastIds.set(record.topic, record.headers.ce_id ?? '');
    }
    const { deliveries, hold, unhold, opened: open, closed: close, decided, applied } = step;
    const commit: IntakeCommit = {
      ...{ unit: this.#unit.unit, epoch: this.#unit.epoch, seq: this.#seq, published: this.#published },
      positions: JSON.stringify(Object.fromEntries([...positions].map(([topic, at]) => [topic, String(at)]))),
      lastIds: JSON.stringify(Object.fromEntries(lastIds)),
      ...(records.length > 0 && { outbox: packRecords(records) }),
      ...{ deliveries, hold, unhold, open, close, decided, applied, chains: [...step.moved, ...chains] },
    };
    crashPoint('before-intake.commit');
    await this.#ports.store.commit(commit);
    crashPoint('after-intake.commit');
    this.#seq += 1;
    for (const [topic, at] of positions) this.#positions.set(topic, at);
    for (const [topic, id] of lastIds) this.#lastIds.set(topic, id);
    for (const parkedId of close) this.#cases.delete(parkedId);
    for (const one of open) this.#cases.set(one.parkedId, one);
    this.#recent.add(step.seenIds);
    this.#publish(records, this.#seq);
    this.#ports.onDelivered(readings.length, deliveries.length);
  }

  /** Only this shard's owner numbers what the intake says, so the numbers are read before and set with the commit. */
  async #encoded(messages: readonly Unsequenced[]) {
    const records = encodeUnnumbered(messages);
    const runs = runsOf(records);
    const known = new Map(
      (await this.#ports.store.positions(runs)).map((position) => [chainId(position), position.seq]),
    );
    const chains = runs.map((run) => ({ ...run, seq: (known.get(chainId(run)) ?? 0) + run.count }));
    return { chains, records: withNumbers(records, chains) };
  }

  #publish(records: readonly Outgoing[], seq: number): void {
    if (records.length === 0) return;
    void this.#ports.publish({ records }).then(() => {
      this.#published = Math.max(this.#published, seq);
    });
  }
}
