import { type AnyMessage, encode, type Message } from '@voucherline/contracts';
import { createMetrics, fakeClock, silentLogger } from '@voucherline/platform';
import { type CommitFault, MemoryStageStore, type StageCommit } from '@voucherline/store';
import { configurationOf } from '../configuration/configuration-of.js';
import { masterDataOf } from '../master-data/master-data-of.js';
import { MemoryBroker, MemoryLog } from '../memory/memory-broker.js';
import { stateHash } from '../runner/rebuild.js';
import type { StageRunnerOptions } from '../runner/stage-runner.js';
import { SimulatedProcess, settle } from './process.js';
import { readBySequence } from './reader.js';
import { EVENTS, type SampleState, SHARDS, type Switches, sampleStage } from './sample-stage.js';

/** One process that runs the sample stage, and what can be seen of it from outside. */
export class StageBench {
  readonly log: MemoryLog;
  readonly switches: Switches = { mended: false, unblocked: false };
  readonly stage = sampleStage(this.switches);
  fault: (commit: StageCommit) => CommitFault = () => undefined;
  readonly store = new MemoryStageStore((commit) => this.fault(commit));
  process: SimulatedProcess;
  #actions = 0;

  constructor(batchSize = 100) {
    this.log = new MemoryLog({ shards: SHARDS, batchSize });
    this.process = this.#newProcess();
  }

  /** Kills the process if there is one, and starts another. */
  async restart(): Promise<void> {
    this.process.kill();
    this.process = this.#newProcess();
    await this.process.runner.start();
    await settle();
  }

  /** What was said about a key, in words: steps by their name, others by their type. */
  said(key: string): string[] {
    return (readBySequence(this.log, EVENTS).get(key) ?? []).map(({ data, type }) =>
      'step' in data ? data.step : type,
    );
  }

  /** What the runner said about a key. */
  operations(key: string): AnyMessage[] {
    return readBySequence(this.log, 'operations.events.v1').get(key) ?? [];
  }

  /** Types of what the runner said, with code or resolution. */
  told(key: string): string[] {
    return this.operations(key).map(({ type, data }) => {
      if ('code' in data) return `${type} ${data.code}`;
      return 'resolution' in data ? `${type} ${data.resolution}` : type;
    });
  }

  /** Id of the case that was parked last. */
  parkedId(key: string): string {
    const parked = this.operations(key).filter(({ type }) => type === 'MessageParked') as Message<'MessageParked'>[];
    return parked.at(-1)?.data.parkedId ?? 'nothing is parked';
  }

  async act(
    type: 'ParkedReleased' | 'ParkedDiscarded',
    subject: string,
    parkedId = this.parkedId(subject),
  ): Promise<void> {
    const data = { parkedId, stage: this.stage.name, subject, by: 'someone', reason: 'because' };
    await this.request({ ...this.#action(), type, data });
  }

  async replay(data: Omit<Message<'ReplayRequested'>['data'], 'replay' | 'stage' | 'by'>): Promise<void> {
    const fixed = { replay: `replay-${this.#actions}`, stage: this.stage.name, by: 'someone' };
    await this.request({ ...this.#action(), type: 'ReplayRequested', data: { ...fixed, ...data } });
  }

  async replan(subject: string): Promise<void> {
    const data = { subject, by: 'someone', reason: 'because' };
    await this.request({ ...this.#action(), type: 'ReplanRequested', data });
  }

  async requestRebuild(): Promise<void> {
    const data = { rebuild: `rebuild-${this.#actions}`, stage: this.stage.name, by: 'someone' };
    await this.request({ ...this.#action(), type: 'RebuildRequested', data });
  }

  async request(message: AnyMessage): Promise<void> {
    this.log.append([{ topic: 'operations.actions.v1', partition: 0, record: encode(message) }]);
    await settle();
  }

  /** What the runner of the stage is made of, without the simulated process. */
  options(): StageRunnerOptions<SampleState> {
    const { stage, store, log } = this;
    const [broker, configuration, clock] = [new MemoryBroker(log), configurationOf(), fakeClock()];
    const metrics = createMetrics('bench');
    const masterData = masterDataOf();
    return { stage, store, broker, configuration, masterData, clock, timers: clock, logger: silentLogger, metrics };
  }

  hash(): Promise<string> {
    return stateHash(this.store, this.stage.name, SHARDS);
  }

  async rebuild(): Promise<void> {
    for (let shard = 0; shard < SHARDS; shard++) await this.process.runner.rebuild(shard);
    await settle();
  }

  #action() {
    this.#actions++;
    return { id: `action-${this.#actions}`, source: 'cli', key: 'action', time: '2026-02-02T00:00:00Z' };
  }

  #newProcess(): SimulatedProcess {
    const { log, store, stage } = this;
    return new SimulatedProcess({ log, store, stage, configuration: configurationOf() });
  }
}

/** A bench whose process runs. */
export async function startBench(batchSize?: number): Promise<StageBench> {
  const bench = new StageBench(batchSize);
  await bench.restart();
  return bench;
}
