import type { CallContext } from '@voucherline/connector-kit';
import { type AnyMessage, type ConnectionContent, encode, partitionsOf, topicOf } from '@voucherline/contracts';
import {
  type Broker,
  type LiveConfiguration,
  MemoryBroker,
  MemoryLog,
  type OutgoingRecord,
  type Published,
  type ShardListener,
  shardOf,
} from '@voucherline/pipeline';
import {
  createMetrics,
  type FakeClock,
  FakeLife,
  fakeClock,
  type Randomness,
  seededRandomness,
  silentLogger,
} from '@voucherline/platform';
import {
  createMemoryWorkStore,
  type EffectsOfLane,
  type IntakeStore,
  MemoryIntakeStore,
  MemoryRecoveryStore,
  WorkMemory,
  type WorkStore,
} from '@voucherline/store';
import { OneWorker, type WorkerRunner } from '../runner.js';
import type { Outcome, Worker } from '../worker.js';

/** Names a step of a process from outside: `<what>` before it took place, `<what> done` after. */
export type Step = string;

/** A process that can be killed or paused between any two of its steps. */
export interface SimulatedProcess {
  readonly runner: WorkerRunner;
  /** As by `kill -9`: whatever it asked for last may have taken place, but it does not hear of it. */
  kill(): void;
  /** As by SIGSTOP: nothing moves, and what it has under way outside goes on. */
  pause(): void;
  resume(): void;
}

const SHARDS = 2;

/** Tables, log, vendor and clock that simulated processes share. */
export class SimulatedWork {
  readonly clock: FakeClock = fakeClock();
  readonly memory = new WorkMemory(() => this.clock.now());
  readonly topics = new MemoryLog({ shards: SHARDS, batchSize: 3 });
  readonly intake = new MemoryIntakeStore(this.memory);
  readonly recovery = new MemoryRecoveryStore(this.memory, this.intake);
  /** Everything that processes have written, in order. */
  readonly log: OutgoingRecord[] = [];
  readonly connections = new Map<string, Published<ConnectionContent>>();
  /** Steps of all processes so far, for tests that crash at each of them. */
  readonly steps: Step[] = [];
  /** Asked at each step; the process that takes it is killed when this says so. */
  killAt: (step: Step, index: number, process: string) => boolean = () => false;
  /** What a commit does instead of what it is asked, e.g. to throw before or after it. */
  aroundCommit: <T>(process: string, commit: () => Promise<T>) => Promise<T> = (_, commit) => commit();
  /** Sabotage: commits count whoever holds the lease by now. Tests that pass with it prove nothing. */
  ignoreLeases = false;
  /** What a claim does instead of what it is asked, e.g. to hear of its leases late. */
  aroundClaim: <T>(claim: () => Promise<T>) => Promise<T> = (claim) => claim();
  applyEffects: ((changes: readonly EffectsOfLane<unknown>[]) => void) | undefined;
  /** What the log does with a send. */
  send: (records: readonly OutgoingRecord[]) => Promise<void> = async (records) => this.append(records);
  readonly #listeners = new Set<() => void>();
  readonly #random: Randomness;

  /** @param seed of how long each exchange with database, log and vendor takes */
  constructor(connections: readonly string[] = ['c1'], limits: Partial<ConnectionContent['limits']> = {}, seed = 1) {
    this.#random = seededRandomness(seed);
    for (const connection of connections) this.publish(connection, limits);
  }

  publish(name: string, limits: Partial<ConnectionContent['limits']> = {}): void {
    const content: ConnectionContent = {
      name,
      product: 'acme',
      account: name,
      timeZone: 'Asia/Shanghai',
      settings: {},
      secrets: {},
      limits: { perSecond: 1000, concurrency: 4, ...limits },
    };
    const offset = this.connections.size + (this.connections.get(name)?.offset ?? 0) + 1;
    this.connections.set(name, { name, hash: String(offset), offset, publishedAt: 0, content });
    for (const listener of this.#listeners) listener();
  }

  append(records: readonly OutgoingRecord[]): void {
    this.log.push(...records);
    this.topics.append(records);
  }

  /** Writes a message onto its topic, as another service does. */
  say(message: AnyMessage): void {
    const topic = topicOf(message.type);
    const partition = partitionsOf(topic, SHARDS) === 1 ? 0 : shardOf(message.key, SHARDS);
    this.topics.append([{ topic, partition, record: encode(message) }]);
  }

  /** Puts a letter into a lane's mailbox, past any intake. */
  deliver(connection: string, key: string, id: string): void {
    this.memory.deliver(connection, key, JSON.stringify(letter(connection, key, id)));
  }

  /** Starts a process; rejects when it can't start. */
  async start<S, E>(process: string, worker: Worker<S, E>): Promise<SimulatedProcess> {
    const life = new FakeLife();
    const step = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
      await this.#step(life, process, name);
      const result = await work();
      await this.#step(life, process, `${name} done`);
      return result;
    };
    const memberships: ShardListener[] = [];
    const runner = new OneWorker<S, E>(
      {
        worker: livingWorker(worker, life, step),
        broker: this.#broker(life, step, memberships),
        configuration: this.#configuration(),
        contextFor: (content) =>
          ({ connection: { content, secrets: {} }, http: { close: async () => {} } }) as CallContext,
        clock: this.clock,
        timers: life.timers(this.clock),
        randomness: seededRandomness(7),
        logger: silentLogger,
        metrics: createMetrics('test'),
        service: 's',
        processId: process,
      },
      {
        work: this.#store(process, step) as WorkStore<E>,
        intake: this.#intakeStore(step),
        recovery: this.recovery,
        steadyMs: () => this.clock.now(),
      },
    );
    const kill = () => {
      life.kill();
      for (const listener of memberships) this.topics.groups.get(worker.name)?.evict(listener);
    };
    life.onKilled = kill;
    await this.#whileTimePasses(runner.start());
    return { runner, kill, pause: () => life.pause(), resume: () => life.resume() };
  }

  /** Lets the time pass until the work is done, or for ten seconds when it does not come to an end (its process was killed). */
  async #whileTimePasses(work: Promise<void>): Promise<void> {
    let isDone = false;
    const ended = work.finally(() => {
      isDone = true;
    });
    for (let ms = 0; !isDone && ms < 10_000; ms += 10) await this.clock.advance(10);
    if (isDone) await ended;
  }

  async #step(life: FakeLife, process: string, name: string): Promise<void> {
    // There and back take a while, during which everything else goes on. Only a call is on its way as soon as it is made.
    if (name !== 'call') await this.clock.sleep(Math.floor(this.#random.float() * 5));
    await life.going();
    this.steps.push(name);
    if (this.killAt(name, this.steps.length - 1, process)) life.kill();
    await life.going();
  }

  #store(process: string, step: <T>(name: string, work: () => Promise<T>) => Promise<T>): WorkStore<unknown> {
    const store = createMemoryWorkStore<unknown>(this.memory, { process, service: 's' }, (changes) =>
      this.applyEffects?.(changes),
    );
    return {
      renew: () => step('renew', () => store.renew()),
      leave: () => step('leave', () => store.leave()),
      giveUpAll: () => step('giveUpAll', () => store.giveUpAll()),
      census: (ttlMs) => store.census(ttlMs),
      claim: (atMost, ttlMs) => step('claim', () => this.aroundClaim(() => store.claim(atMost, ttlMs))),
      giveUp: (leases) => step('giveUp', () => store.giveUp(leases)),
      rest: (lease, ms) => step('rest', () => store.rest(lease, ms)),
      take: (want) => step('take', () => store.take(want)),
      commit: (changes) =>
        step('commit', () => this.aroundCommit(process, () => this.#commit(process, store, changes))),
      note: (calls, acknowledged) => store.note(calls, acknowledged),
      spent: (connections, since) => store.spent(connections, since),
      backlog: () => store.backlog(),
    };
  }

  async #commit(process: string, store: WorkStore<unknown>, changes: Parameters<WorkStore<unknown>['commit']>[0]) {
    if (!this.ignoreLeases) return store.commit(changes);
    const rows = changes.map(({ connection, epoch }) => ({ row: this.memory.leases.get(connection), epoch }));
    const holders = rows.map(({ row }) => ({ ...row }));
    for (const { row, epoch } of rows) Object.assign(row ?? {}, { process, epoch });
    const committed = store.commit(changes);
    // The memory store has done all it does by now.
    for (const [i, { row }] of rows.entries()) {
      Object.assign(row ?? {}, { process: holders[i]?.process, epoch: holders[i]?.epoch });
    }
    return committed;
  }

  #intakeStore(step: <T>(name: string, work: () => Promise<T>) => Promise<T>): IntakeStore {
    const { intake } = this;
    return {
      takeOver: (unit) => step('takeOver', () => intake.takeOver(unit)),
      cases: (unit) => intake.cases(unit),
      positions: (chains) => intake.positions(chains),
      heldOfChain: (unit, chain, atMost) => intake.heldOfChain(unit, chain, atMost),
      heldAt: (unit, topic, offset) => intake.heldAt(unit, topic, offset),
      decisions: (parkedIds) => intake.decisions(parkedIds),
      lanes: (places) => intake.lanes(places),
      commit: (commit) => step('intake commit', () => intake.commit(commit)),
    };
  }

  #broker(
    life: FakeLife,
    step: <T>(name: string, work: () => Promise<T>) => Promise<T>,
    memberships: ShardListener[],
  ): Broker {
    const broker = new MemoryBroker(this.topics);
    return Object.assign(Object.create(broker) as Broker, {
      producer: async () => ({
        send: (records: readonly OutgoingRecord[]) => step('send', () => this.send(records)),
      }),
      offsets: broker.offsets.bind(broker),
      read: broker.read.bind(broker),
      join: (group: string, topics: Parameters<Broker['join']>[1], listener: ShardListener) => {
        const living: ShardListener = {
          assigned: async (shards) => {
            await life.going();
            return listener.assigned(shards);
          },
          batch: async (batch, signal) => {
            await life.going();
            return listener.batch(batch, signal);
          },
        };
        memberships.push(living);
        return broker.join(group, topics, living);
      },
    });
  }

  #configuration(): LiveConfiguration {
    return {
      position: 0,
      flowVersions: () => [],
      flowNames: () => [],
      connection: (name) => this.connections.get(name),
      connections: () => [...this.connections.values()],
      upTo: async () => {},
      onChange: (listener) => {
        this.#listeners.add(listener);
        return () => void this.#listeners.delete(listener);
      },
    };
  }
}

/** The vendor answers whether or not the caller still lives; only a caller that goes on hears it. */
function livingWorker<S, E>(
  worker: Worker<S, E>,
  life: FakeLife,
  step: <T>(name: string, work: () => Promise<T>) => Promise<T>,
): Worker<S, E> {
  return {
    ...worker,
    probe: async (context) => {
      const outcome = await worker.probe(context);
      await life.going();
      return outcome;
    },
    plan: (lane, context) => {
      const planned = worker.plan(lane, context);
      if (planned.kind !== 'call') return planned;
      return { ...planned, run: (call) => step<Outcome>('call', () => planned.run(call)) };
    },
  };
}

/** A message for a lane. */
export function letter(connection: string, key: string, id: string): AnyMessage {
  const data = { writeBackKey: id, connection, document: key, text: '' };
  return { id, source: 'test', type: 'WriteBack', key, time: '2026-01-01T00:00:00Z', data };
}

/**
 * What a reader makes of the log who ignores what it has seen: ids by source and key, in order. Fails on a gap and on a number that was
 * used for two messages.
 */
export function readDownstream(log: readonly OutgoingRecord[]): Map<string, readonly string[]> {
  const seen = new Map<string, string[]>();
  for (const { record } of log) {
    const id = `${record.headers.ce_source} ${record.key}`;
    const ids = seen.get(id) ?? [];
    seen.set(id, ids);
    const sequence = Number(record.headers.ce_sequence);
    const own = record.headers.ce_id ?? '';
    if (sequence > ids.length + 1)
      throw new Error(`${id}: ${own} has number ${sequence}, but ${ids.length + 1} is missing`);
    if (sequence === ids.length + 1) ids.push(own);
    else if (ids[sequence - 1] !== own) throw new Error(`${id}: number ${sequence} is ${ids[sequence - 1]} and ${own}`);
  }
  return seen;
}
