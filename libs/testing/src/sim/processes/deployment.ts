import type { Runner } from '@voucherline/platform';
import type { World } from '../world.js';
import { Injected, Process } from './process.js';
import { runnersOf, SERVICES, type Service, type Vendors } from './services.js';

interface Running {
  readonly process: Process;
  readonly runners: Runner[];
}

/** Processes of each service: up to two at a time, started again when they die or are stopped, until all is healed. */
export class Deployment {
  readonly #world: World;
  readonly #vendors: Vendors;
  readonly #running = new Map<string, Running>();
  #started = 0;
  #isHealed = false;

  constructor(world: World, vendors: Vendors) {
    this.#world = world;
    this.#vendors = vendors;
  }

  start(): void {
    const { fate, clock } = this.#world;
    for (const service of SERVICES) {
      const instances = fate.between(1, 2);
      for (let slot = 1; slot <= instances; slot++) clock.after(fate.below(2_000), () => this.#begin(service, slot));
    }
    clock.every(1_000, () => this.#disturb());
  }

  /** From now on nobody is paused or dies; one process of each service is left in the end. */
  heal(): void {
    this.#isHealed = true;
    for (const [place, running] of this.#running) {
      running.process.wake();
      if (place.endsWith('2')) void this.#stop(place, running);
    }
  }

  #begin(service: Service, slot: number): void {
    const { clock, chronicle } = this.#world;
    const process = new Process(`${service}-${++this.#started}`, this.#world);
    const running: Running = { process, runners: [] };
    const place = `${service}/${slot}`;
    chronicle.note(`${process.name} begins`);
    this.#running.set(place, running);
    process.life.onKilled = () => {
      if (this.#running.get(place) === running) {
        clock.after(this.#world.weather.between(100, 8_000), () => this.#begin(service, slot));
      }
    };
    void this.#run(service, running);
  }

  async #run(service: Service, { process, runners }: Running): Promise<void> {
    const end = (error: unknown) => this.#judge(process, error);
    try {
      for (const runner of await runnersOf(service, process, this.#world, this.#vendors)) {
        runners.push(runner);
        runner.failed?.catch(end);
        await runner.start();
      }
    } catch (error) {
      end(error);
    }
  }

  /** A process that gives up because of a fault is started again; one that gives up without any has a bug. */
  #judge(process: Process, error: unknown): void {
    if (process.life.isDead) return;
    if (error instanceof Injected) process.kill();
    else this.#world.fail(error);
  }

  /** What happens without anybody's doing, each second. */
  #disturb(): void {
    const { weather, log, fate } = this.#world;
    const [place, running] = fate.pick([...this.#running]) ?? [];
    if (place !== undefined && running?.process.life.isGoing) {
      if (weather.strikes('process stopped and started, a second')) void this.#stop(place, running);
    }
    const group = fate.pick([...log.groups.values()]);
    if (group !== undefined && weather.strikes('group rebalanced, a second')) group.rebalance();
    if (group !== undefined && weather.strikes('group offset moved, a second')) this.#moveOffset(group);
  }

  #moveOffset(group: { setOffset(topic: 'vouchers.commands.v1', partition: number, offset: bigint): void }): void {
    const { log, fate } = this.#world;
    const topics = [
      'documents.collected.v1',
      'approvals.events.v1',
      'vouchers.commands.v1',
      'vouchers.events.v1',
    ] as const;
    const topic = fate.pick(topics) as 'vouchers.commands.v1';
    const partition = fate.below(log.shards);
    group.setOffset(topic, partition, BigInt(fate.between(0, log.partition(topic, partition).length)));
  }

  /** Ends a process in the way its main does; another takes its place unless all is healed. */
  async #stop(place: string, running: Running): Promise<void> {
    const { chronicle, clock, weather } = this.#world;
    const { process, runners } = running;
    chronicle.note(`${process.name} is stopped`);
    try {
      for (let runner = runners.pop(); runner !== undefined; runner = runners.pop()) await runner.stop();
    } catch (error) {
      this.#judge(process, error);
    }
    chronicle.note(`${process.name} has stopped`);
    if (process.life.isDead) return;
    if (this.#isHealed) this.#running.delete(place);
    void clock.after(weather.between(0, 1_000), () => process.kill());
  }
}
