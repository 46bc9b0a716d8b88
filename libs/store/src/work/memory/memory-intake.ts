import type { TakenUnit } from '../../units/unit.js';
import { StaleOwner } from '../../units/unit.js';
import type {
  Chain,
  ChainPosition,
  Decision,
  HeldMail,
  IntakeCase,
  IntakeCommit,
  IntakeStore,
  KnownLane,
  Place,
} from '../intake-store.js';
import type { ShardPosition } from '../recovery-store.js';
import type { WorkMemory } from './work-memory.js';

interface Unit {
  epoch: number;
  seq: number;
  positions: string;
  lastIds: string;
  outbox: { seq: number; records: Buffer }[];
  held: HeldMail[];
  cases: IntakeCase[];
}

const chainId = ({ source, topic, key }: Chain) => JSON.stringify([source, topic, key]);

/** The intake store in memory, for tests: on the same lanes as the memory work store. */
export class MemoryIntakeStore implements IntakeStore {
  readonly #memory: WorkMemory;
  readonly #units = new Map<string, Unit>();
  readonly #decisions = new Map<string, Decision>();

  constructor(memory: WorkMemory) {
    this.#memory = memory;
  }

  async takeOver(name: string): Promise<TakenUnit> {
    const unit = this.#unit(name);
    unit.epoch += 1;
    const { epoch, seq, positions, lastIds } = unit;
    return { unit: name, epoch, seq, positions, lastIds, left: [...unit.outbox], attempts: 0, attemptAt: null };
  }

  async cases(unit: string): Promise<readonly IntakeCase[]> {
    return [...this.#unit(unit).cases];
  }

  async positions(chains: readonly Chain[]): Promise<readonly ChainPosition[]> {
    return chains.flatMap((chain) => {
      const seq = this.#memory.sequences.get(chainId(chain));
      return seq === undefined ? [] : [{ ...chain, seq }];
    });
  }

  async heldOfChain(unit: string, chain: Chain, atMost: number): Promise<readonly HeldMail[]> {
    return this.#unit(unit)
      .held.filter(({ place }) => place !== undefined && chainId(place) === chainId(chain))
      .sort((a, b) => (a.place?.seq ?? 0) - (b.place?.seq ?? 0))
      .slice(0, atMost);
  }

  async heldAt(unit: string, topic: string, offset: bigint): Promise<HeldMail | undefined> {
    return this.#unit(unit).held.find(({ record }) => record.topic === topic && record.offset === offset);
  }

  async decisions(parkedIds: readonly string[]): Promise<readonly Decision[]> {
    return parkedIds.flatMap((parkedId) => this.#decisions.get(parkedId) ?? []);
  }

  async lanes(places: readonly Place[]): Promise<readonly KnownLane[]> {
    return places.flatMap(({ connection, key }) => {
      const lane = this.#memory.lanes.get(connection)?.get(key);
      return lane === undefined
        ? []
        : [{ connection, key, state: lane.state, mail: lane.mail.map(({ message }) => message) }];
    });
  }

  /** Where each shard that was ever owned stands; all units are taken for shards of one worker. */
  shards(): readonly ShardPosition[] {
    return [...this.#units].map(([name, { positions, lastIds }]) => ({
      shard: Number(name.slice(name.lastIndexOf('/') + 1)),
      positions: new Map(
        Object.entries(JSON.parse(positions) as Record<string, string>).map(([t, at]) => [t, BigInt(at)]),
      ),
      lastIds: new Map(Object.entries(JSON.parse(lastIds) as Record<string, string>)),
    }));
  }

  async commit(commit: IntakeCommit): Promise<void> {
    const unit = this.#unit(commit.unit);
    if (unit.epoch !== commit.epoch || unit.seq !== commit.seq) throw new StaleOwner([commit.unit]);
    unit.seq += 1;
    unit.positions = commit.positions;
    unit.lastIds = commit.lastIds;
    unit.outbox = unit.outbox.filter(({ seq }) => seq > commit.published);
    if (commit.outbox !== undefined) unit.outbox.push({ seq: unit.seq, records: commit.outbox });
    for (const chain of commit.chains) this.#memory.sequences.set(chainId(chain), chain.seq);
    const isGone = ({ record }: HeldMail) =>
      commit.unhold.some(({ topic, offset }) => record.topic === topic && record.offset === offset);
    unit.held = [...unit.held.filter((mail) => !isGone(mail)), ...commit.hold];
    unit.cases = [...unit.cases.filter(({ parkedId }) => !commit.close.includes(parkedId)), ...commit.open];
    for (const decision of commit.decided) this.#decisions.set(decision.parkedId, decision);
    for (const parkedId of commit.applied) this.#decisions.delete(parkedId);
    for (const { connection, key, message } of commit.deliveries) this.#memory.deliver(connection, key, message);
  }

  #unit(name: string): Unit {
    const fresh = { epoch: 0, seq: 0, positions: '{}', lastIds: '{}', outbox: [], held: [], cases: [] };
    const unit = this.#units.get(name) ?? fresh;
    this.#units.set(name, unit);
    return unit;
  }
}
