import { createMetrics, fakeClock, type Logger, type Metrics, silentLogger, type Timers } from '@voucherline/platform';
import type { MemoryStageStore, StageStore } from '@voucherline/store';
import type { OutgoingRecord, Producer, ShardListener } from '../broker.js';
import type { LiveConfiguration } from '../configuration/configuration.js';
import { configurationOf } from '../configuration/configuration-of.js';
import type { LiveMasterData } from '../master-data/live.js';
import { masterDataOf } from '../master-data/master-data-of.js';
import { MemoryBroker, type MemoryLog } from '../memory/memory-broker.js';
import { createStageRunner, type StageRunner } from '../runner/stage-runner.js';
import type { Stage } from '../stage.js';

/** A place where a process may be struck. */
export type Point = 'before-commit' | 'after-commit' | 'before-send' | 'after-send';

/**
 * What happens there. `crash`: nothing is ever heard of the process again. `pause`: it stands still until it is woken.
 * `fail`: the commit or send fails, without effect before it, with its effect after it. `half`: a send writes a half.
 */
export type Blow = 'none' | 'crash' | 'pause' | 'fail' | 'half';

export interface SimulatedWorld {
  readonly log: MemoryLog;
  readonly store: MemoryStageStore;
  readonly stage: Stage;
  readonly configuration?: LiveConfiguration;
  readonly masterData?: LiveMasterData;
  readonly logger?: Logger;
}

const loop = fakeClock();

/** One turn of the event loop. */
const turn = (): Promise<void> => loop.advance(0);

/** Waits end in the next turn of the event loop; what is done regularly is not done at all. */
const instantTimers: Timers = {
  sleep: async (_ms, signal) => {
    signal?.throwIfAborted();
    await turn();
  },
  after: () => () => {},
  every: () => () => {},
};

const never = new Promise<never>(() => {});

/** One metrics registry for all simulated processes: they are many, and nobody reads it. */
let metrics: Metrics | undefined;

/** A process that runs a stage, on a log and a database that others share, and that a test strikes. */
export class SimulatedProcess {
  readonly runner: StageRunner;
  dead = false;
  paused = false;
  readonly #world: SimulatedWorld;
  readonly #strike: (point: Point) => Blow;
  #woken = Promise.withResolvers<void>();

  constructor(world: SimulatedWorld, strike: (point: Point) => Blow = () => 'none') {
    this.#world = world;
    this.#strike = strike;
    metrics ??= createMetrics('simulation');
    this.runner = createStageRunner({
      stage: world.stage,
      broker: this.#broker(),
      store: this.#store(),
      configuration: world.configuration ?? configurationOf(),
      masterData: world.masterData ?? masterDataOf(),
      clock: { now: () => 0 },
      timers: instantTimers,
      logger: world.logger ?? silentLogger,
      metrics,
    });
  }

  /** Ends the process as `kill -9` does. */
  kill(): void {
    this.dead = true;
    this.#leave();
  }

  /** Lets a paused process go on, unaware of what happened meanwhile. */
  wake(): void {
    this.paused = false;
    this.#woken.resolve();
    this.#woken = Promise.withResolvers();
  }

  /** Its group takes it for dead. */
  #leave(): void {
    this.#world.log.groups.get(this.#world.stage.name)?.evict(this.runner as unknown as ShardListener);
  }

  async #pass(point: Point): Promise<Blow> {
    if (this.dead) return never;
    if (this.paused) await this.#woken.promise;
    const blow = this.#strike(point);
    if (blow === 'crash') {
      this.kill();
      return never;
    }
    if (blow === 'pause') {
      this.paused = true;
      this.#leave();
      await this.#woken.promise;
    }
    return this.dead ? never : blow;
  }

  #store(): StageStore {
    const { store } = this.#world;
    // The dead neither ask nor hear.
    const alive = async <T>(ask: () => Promise<T>): Promise<T> => {
      const answer = this.dead ? never : await ask();
      return this.dead ? never : answer;
    };
    return {
      takeOver: (unit, survived) => alive(() => store.takeOver(unit, survived)),
      beginAttempt: (owner, at) => alive(() => store.beginAttempt(owner, at)),
      states: (unit, keys) => alive(() => store.states(unit, keys)),
      held: (unit, keys) => alive(() => store.held(unit, keys)),
      waiting: (unit) => alive(() => store.waiting(unit)),
      allStates: (unit) => store.allStates(unit),
      commit: async (commit) => {
        if ((await this.#pass('before-commit')) === 'fail') throw new Error('lost on the way to the database');
        await store.commit(commit);
        if ((await this.#pass('after-commit')) === 'fail') throw new Error('lost on the way back');
      },
    };
  }

  #broker(): MemoryBroker {
    const pass = (point: Point) => this.#pass(point);
    return new (class extends MemoryBroker {
      override async producer(): Promise<Producer> {
        const producer = await super.producer();
        return { send: (records) => send(producer, records, pass) };
      }
    })(this.#world.log);
  }
}

async function send(
  producer: Producer,
  records: readonly OutgoingRecord[],
  pass: (point: Point) => Promise<Blow>,
): Promise<void> {
  const before = await pass('before-send');
  if (before === 'fail') throw new Error('the broker is away');
  await producer.send(before === 'half' ? records.slice(0, Math.ceil(records.length / 2)) : records);
  const after = await pass('after-send');
  if (before === 'half' || after === 'fail') throw new Error('the broker went away');
}

/** Lets everything happen that can happen without anybody's doing. */
export async function settle(): Promise<void> {
  for (let turns = 0; turns < 60; turns++) await turn();
}
