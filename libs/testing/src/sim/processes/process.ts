import type { ShardListener } from '@voucherline/pipeline';
import { FakeLife, type Logger, silentLogger, type Timers } from '@voucherline/platform';
import type { Figure } from '../chronicle.js';
import type { Nemesis } from '../nemeses.js';
import type { World } from '../world.js';

/** A fault that the simulation made, as whoever meets it sees it: an error like any other. */
export class Injected extends Error {
  override readonly name = 'Injected';
}

/** What may go wrong with an exchange, beside the death of the process. */
export interface Faults {
  readonly before?: Nemesis;
  readonly after?: Nemesis;
  /** How often the process dies at it, compared with others; what is asked ten times a second must not kill them all. */
  readonly weight?: number;
}

interface Membership {
  readonly group: string;
  readonly listener: ShardListener;
}

/** A member of a group that is silent for so long is thought dead, ms. Never longer than the group's own session time-out. */
const SESSION_MS = 10_000;

/**
 * A process: everything it asks of database, log or vendor is an exchange, which takes a while, at which it may be killed or
 * paused, before and after, and which may fail with and without effect.
 */
export class Process {
  readonly life = new FakeLife();
  readonly timers: Timers;
  /** What it warns of is a part of the chronicle. */
  readonly logger: Logger;
  readonly #world: World;
  readonly #memberships: Membership[] = [];
  #isMember = true;

  constructor(
    readonly name: string,
    world: World,
  ) {
    this.#world = world;
    this.timers = this.life.timers(world.clock);
    const tell: Logger['warn'] = (message, fields) => {
      const { error } = fields ?? {};
      world.chronicle.note(`${name} says: ${message}${error instanceof Error ? ` (${error.message})` : ''}`);
    };
    this.logger = { ...silentLogger, warn: tell, error: tell, child: () => this.logger };
  }

  async exchange<T>(what: string, work: () => T | Promise<T>, faults: Faults = {}): Promise<T> {
    const { weather, chronicle } = this.#world;
    await this.#passes(what, faults);
    chronicle.note(`${this.name} ${what}`);
    if (faults.before !== undefined && weather.strikes(faults.before)) throw new Injected(faults.before);
    let answer: T;
    try {
      answer = await work();
    } catch (error) {
      await this.#passes(what, faults);
      throw error;
    }
    await this.#passes(what, faults);
    if (faults.after !== undefined && weather.strikes(faults.after)) throw new Injected(faults.after);
    return answer;
  }

  count(figure: Figure, by: number): void {
    this.#world.chronicle.count(figure, by);
  }

  /** Belongs to a group from now on, until it is stopped; a process that the group took for dead comes back. */
  joined(membership: Membership): void {
    this.#memberships.push(membership);
  }

  /** As by `kill -9`; its groups hear of it at once or only by its silence. */
  kill(): void {
    if (this.life.isDead) return;
    this.#world.chronicle.note(`${this.name} is dead`);
    this.life.kill();
    const { clock, weather } = this.#world;
    clock.after(weather.chance(0.5) ? 0 : weather.between(0, SESSION_MS), () => this.#leave());
  }

  /** As by SIGSTOP, for so many ms. When it wakes it does not know what happened meanwhile. */
  pause(ms: number): void {
    const { clock, chronicle } = this.#world;
    chronicle.note(`${this.name} is paused for ${ms} ms`);
    this.life.pause();
    if (ms > SESSION_MS) clock.after(SESSION_MS, () => !this.life.isGoing && this.#leave());
    clock.after(ms, () => this.wake());
  }

  wake(): void {
    if (this.life.isDead || this.life.isGoing) return;
    const { clock, chronicle, weather } = this.#world;
    chronicle.note(`${this.name} goes on`);
    this.life.resume();
    if (!this.#isMember) clock.after(weather.between(0, 3_000), () => this.#comeBack());
  }

  async #passes(what: string, { weight = 1 }: Faults): Promise<void> {
    const { weather, clock } = this.#world;
    if (weight === 1 && weather.chance(0.3)) await clock.sleep(weather.between(1, 5));
    await this.life.going();
    if (weather.strikes('process killed', weight)) {
      this.#world.chronicle.note(`${this.name} dies at ${what}`);
      this.kill();
    } else if (weather.strikes('process paused', weight)) this.pause(weather.between(100, 90_000));
    await this.life.going();
  }

  #leave(): void {
    this.#isMember = false;
    for (const { group, listener } of this.#memberships) this.#world.log.groups.get(group)?.evict(listener);
  }

  #comeBack(): void {
    if (this.life.isDead || this.#isMember) return;
    this.#isMember = true;
    for (const { group, listener } of this.#memberships) {
      // One that it joined since it went on is left first: nobody is a member twice.
      this.#world.log.groups.get(group)?.evict(listener);
      const member = this.#world.log.groups.get(group)?.add(listener);
      member?.failed.catch((error: unknown) => this.#world.fail(error));
    }
  }
}
