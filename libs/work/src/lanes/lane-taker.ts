import type { LiveConfiguration } from '@voucherline/pipeline';
import { type Cancel, type Clock, crashPoint, type Logger, type Timers } from '@voucherline/platform';
import type { Lease, TakenLane, WorkStore } from '@voucherline/store';
import type { Exclusive } from '../commit/exclusive.js';
import type { Desk } from '../connections/desk.js';
import type { Desks } from '../connections/desks.js';
import { MAIL_PER_LANE } from './progress.js';

export interface LaneTakerPorts {
  readonly store: Pick<WorkStore<never>, 'take'>;
  readonly turn: Exclusive;
  readonly desks: Desks;
  readonly configuration: LiveConfiguration;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  lease(connection: string): Lease | undefined;
  /** Connections that no lane may be taken of now. */
  publishing(): readonly string[];
  /** More is said than the log takes: lanes at work come to their end, and no other is begun. */
  isLogBehind(): boolean;
  /** Works on the lane; never rejects. */
  run(lane: TakenLane, desk: Desk): Promise<void>;
  /** Keeps the connection's lanes from being taken for `ms`; 0 ends the rest. */
  persistRest(lease: Lease, ms: number): void;
  /** A desk that was asked to close has nothing under way any more. */
  onClosed(connection: string): void;
}

/** Lanes in memory, and lanes worked on, of all connections. */
const MOST_IN_MEMORY = 2_000;
const MOST_ACTIVE = 512;
/** Lanes taken of one connection at a time; fewer when many connections have work. */
const TAKEN_AT_ONCE = 400;
/** Below this many lanes that wait in memory, a connection's next ones are taken. */
const LOW_WATER = 200;
/** Mail that another process delivered is found after this, in ms. */
const LOOK_EVERY_MS = 100;
/** With the memory full, what was freed meanwhile is filled after this: not one lane at a time. */
const FULL_LOOK_MS = 20;
const TROUBLE_MS = 1_000;
/** Lanes of a connection that nobody has published wait; looked at again when configuration arrives. */
const UNPUBLISHED_REST_MS = 3_600_000;

/** Takes due lanes into memory and works on as many of each connection as it may. */
export class LaneTaker {
  readonly #ports: LaneTakerPorts;
  readonly #hungry = new Set<Desk>();
  readonly #unpublished = new Map<string, Lease>();
  readonly #running = new Set<Promise<void>>();
  #isTaking = false;
  #isStopped = false;
  #wantsMore = false;
  #isFull = false;
  #planned: { readonly at: number; readonly cancel: Cancel } | undefined;

  constructor(ports: LaneTakerPorts) {
    this.#ports = ports;
  }

  /** Looks for due lanes in so many ms, or before. */
  look(inMs: number): void {
    if (this.#isStopped) return;
    if (inMs <= 0) {
      this.#take();
      return;
    }
    const at = this.#ports.clock.now() + inMs;
    if (this.#planned !== undefined && this.#planned.at <= at) return;
    this.#planned?.cancel();
    const cancel = this.#ports.timers.after(inMs, () => {
      this.#planned = undefined;
      this.#take();
    });
    this.#planned = { at, cancel };
  }

  /** These lanes were left with a commit. */
  left(lanes: readonly { readonly connection: string; readonly key: string }[]): void {
    for (const { connection, key } of lanes) this.#ports.desks.get(connection)?.inMemory.delete(key);
  }

  /** Something was published: connections that waited for it are worked on. */
  configurationChanged(): void {
    for (const [connection, lease] of this.#unpublished) {
      if (this.#ports.configuration.connection(connection) === undefined) continue;
      this.#unpublished.delete(connection);
      this.#ports.persistRest(lease, 0);
      this.look(0);
    }
  }

  /** Takes nothing more; resolves when all lanes in memory have come to where they can be left. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#planned?.cancel();
    for (const desk of this.#ports.desks.all()) desk.close();
    await Promise.all(this.#running);
  }

  #take(): void {
    if (this.#isTaking) {
      this.#wantsMore = true;
      return;
    }
    this.#isTaking = true;
    void this.#ports.turn
      .run(() => this.#takeInTurn())
      .catch((error: unknown) => {
        this.#ports.logger.warn('due work could not be looked up', { error });
        return TROUBLE_MS;
      })
      .then((nextMs) => {
        this.#isTaking = false;
        const wantsMore = this.#wantsMore;
        this.#wantsMore = false;
        this.look(wantsMore ? 0 : nextMs);
      });
  }

  /** Gives when to look again, in ms. */
  async #takeInTurn(): Promise<number> {
    if (this.#isStopped || this.#ports.isLogBehind()) return LOOK_EVERY_MS;
    this.#startHungry();
    const inMemory: { connection: string; key: string }[] = [];
    const busy = [...this.#ports.publishing()];
    for (const desk of this.#ports.desks.all()) {
      for (const key of desk.inMemory.keys()) inMemory.push({ connection: desk.connection, key });
      if (desk.ready.length >= LOW_WATER || desk.isClosing) busy.push(desk.connection);
    }
    const room = MOST_IN_MEMORY - inMemory.length;
    this.#isFull = room <= 0;
    if (this.#isFull) return LOOK_EVERY_MS;
    const want = { lanes: room, perConnection: TAKEN_AT_ONCE, mailPerLane: MAIL_PER_LANE, busy, inMemory };
    crashPoint('before-lane.take');
    const { lanes, nextDueMs } = await this.#ports.store.take(want);
    if (lanes.length > 0) crashPoint('after-lane.take');
    await this.#place(lanes);
    // There may be more connections with work; of those just met, the next lanes are taken when these run low.
    if (lanes.length > 0) return lanes.length < room / 2 ? LOOK_EVERY_MS : 0;
    return Math.min(LOOK_EVERY_MS, Math.max(1, Math.ceil(nextDueMs ?? LOOK_EVERY_MS)));
  }

  async #place(lanes: readonly TakenLane[]): Promise<void> {
    const byConnection = Map.groupBy(lanes, (lane) => lane.connection);
    const wanted = [...byConnection.keys()].flatMap((connection) => {
      const lease = this.#ports.lease(connection);
      const published = this.#ports.configuration.connection(connection);
      if (lease !== undefined && published === undefined) this.#setUnpublished(lease);
      return lease === undefined || published === undefined ? [] : [{ lease, published }];
    });
    await this.#ports.desks.open(wanted, ({ connection, epoch }) => this.#ports.lease(connection)?.epoch === epoch);
    for (const { lease } of wanted) {
      const desk = this.#ports.desks.get(lease.connection);
      if (desk !== undefined) this.#fill(desk, byConnection.get(lease.connection) ?? []);
    }
  }

  #setUnpublished(lease: Lease): void {
    if (!this.#unpublished.has(lease.connection)) {
      this.#ports.logger.warn('work waits for a connection that is not published', { connection: lease.connection });
    }
    this.#unpublished.set(lease.connection, lease);
    this.#ports.persistRest(lease, UNPUBLISHED_REST_MS);
  }

  #fill(desk: Desk, lanes: readonly TakenLane[]): void {
    if (desk.isClosing) return;
    for (const lane of lanes.filter(({ epoch, key }) => epoch === desk.lease.epoch && !desk.inMemory.has(key))) {
      desk.inMemory.set(lane.key, lane);
      desk.ready.push(lane);
    }
    if (desk.isResting) desk.repeatRest();
    else this.startReady(desk);
  }

  get #mayStart(): boolean {
    return this.#running.size < MOST_ACTIVE && !this.#ports.isLogBehind();
  }

  /** Starts lanes of a desk that has room for them. */
  startReady(desk: Desk): void {
    this.#hungry.delete(desk);
    while (desk.hasRoom) {
      if (desk.ready.length > 0 && !this.#mayStart) return void this.#hungry.add(desk);
      const lane = desk.ready.shift();
      if (lane === undefined) return;
      if (desk.ready.length === LOW_WATER - 1) this.look(0);
      this.#start(lane, desk);
    }
  }

  #start(lane: TakenLane, desk: Desk): void {
    desk.active += 1;
    const run = this.#ports.run(lane, desk).then(() => {
      this.#running.delete(run);
      desk.active -= 1;
      this.#ended(lane, desk);
    });
    this.#running.add(run);
  }

  #ended(lane: TakenLane, desk: Desk): void {
    // A lane that was left with a commit may have been taken again since.
    if (desk.inMemory.get(lane.key) === lane) desk.inMemory.delete(lane.key);
    if (!desk.isLost && desk.isClosing && desk.active === 0) this.#ports.onClosed(desk.connection);
    this.startReady(desk);
    this.#startHungry();
    if (this.#isFull) this.look(FULL_LOOK_MS);
  }

  #startHungry(): void {
    for (const hungry of this.#hungry) {
      if (!this.#mayStart) break;
      this.startReady(hungry);
    }
  }
}
