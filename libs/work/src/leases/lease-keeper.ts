import { type Cancel, crashPoint, type Logger, type Timers } from '@voucherline/platform';
import type { Claimed, Lease, WorkStore } from '@voucherline/store';
import type { Exclusive } from '../commit/exclusive.js';
import type { WorkMetrics } from '../metrics.js';

export interface LeaseKeeperPorts {
  readonly store: Pick<WorkStore<never>, 'renew' | 'leave' | 'census' | 'claim' | 'giveUp' | 'giveUpAll'>;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly metrics: WorkMetrics;
  /** Shared with whoever takes lanes. */
  readonly turn: Exclusive;
  /** Milliseconds that only ever grow, however the time of day is set. */
  steadyMs(): number;
  /** Leases are held now, and their predecessors' words are in the log. */
  publishLeft(claimed: Claimed): Promise<void>;
  /** The lease is gone or to be thought of as gone. */
  onLost(connection: string): void;
  /** Asked to end the work for so many connections; gives those that are free to be given up at once. */
  shed(count: number): readonly Lease[];
  onGained(): void;
}

/**
 * Times of a lease, in ms. A process acts on its leases for `actMs` after it began its last renewal; by the database's clock
 * others may take them after `ttlMs`. The margin between is for a call's last check and for clocks of unequal speed.
 */
export const LEASE = { renewMs: 2_000, actMs: 10_000, ttlMs: 15_000 } as const;

/** Leases of one statement, so that a start with very many connections does not hold rows for long. */
const CLAIM_AT_ONCE = 500;
const CLAIMS_A_TICK = 20;

/** Keeps this process's row fresh, takes its fair share of the leases and hands back what is too much. */
export class LeaseKeeper {
  readonly #ports: LeaseKeeperPorts;
  readonly #held = new Map<string, Lease>();
  readonly #publishing = new Set<string>();
  #toGiveUp: Lease[] = [];
  #renewedAt = -Infinity;
  /** What is held here may not be what is held by the database. */
  #isUnsure = false;
  #cancel: Cancel | undefined;
  #ticking: Promise<void> = Promise.resolve();
  #isTicking = false;

  constructor(ports: LeaseKeeperPorts) {
    this.#ports = ports;
  }

  get count(): number {
    return this.#held.size;
  }

  get leases(): readonly Lease[] {
    return [...this.#held.values()];
  }

  /** The lease of a connection, if it is held. */
  get(connection: string): Lease | undefined {
    return this.#held.get(connection);
  }

  /** Connections whose predecessor's words are still on their way: nothing may be done for them. */
  get publishing(): readonly string[] {
    return [...this.#publishing];
  }

  /** Whether this process may still act on its leases. Asked right before a call, since the process may have been paused. */
  mayAct(): boolean {
    const may = this.#ports.steadyMs() - this.#renewedAt < LEASE.actMs;
    if (!may) this.#isUnsure = true;
    return may;
  }

  /** Rejects when the database can't be reached; takes the first leases. */
  async start(): Promise<void> {
    await this.#tick();
    this.#cancel = this.#ports.timers.every(LEASE.renewMs, () => this.#tickSoon());
  }

  /** Gives up all leases. What was under way must have ended. */
  async stop(): Promise<void> {
    this.#cancel?.();
    await this.#ticking;
    this.#held.clear();
    await this.#ports.store.leave();
  }

  /** The lease is thought of as gone; where it may still be ours by the database, it is given up to be claimed afresh. */
  drop({ connection, epoch }: Lease, why: 'stale' | 'unknown'): void {
    const lease = this.#held.get(connection);
    // What was begun under an older lease says nothing about the one that was claimed since.
    if (lease?.epoch !== epoch) return;
    this.#held.delete(connection);
    if (why === 'unknown') this.#toGiveUp.push(lease);
    this.#ports.onLost(connection);
  }

  /** The work for this connection has ended, as `shed` asked. */
  release(connection: string): void {
    const lease = this.#held.get(connection);
    if (lease !== undefined) this.drop(lease, 'unknown');
  }

  #tickSoon(): void {
    if (this.#isTicking) return;
    this.#ticking = this.#tick().catch((error: unknown) => {
      this.#ports.logger.warn('leases could not be renewed', { error });
    });
  }

  async #tick(): Promise<void> {
    this.#isTicking = true;
    try {
      const startedAt = this.#ports.steadyMs();
      crashPoint('before-lease.renew');
      await this.#ports.store.renew();
      crashPoint('after-lease.renew');
      // Unsure until that has succeeded: leases that stay ours without our knowing would be worked for by nobody.
      this.#isUnsure ||= this.#held.size > 0 && startedAt - this.#renewedAt >= LEASE.actMs;
      if (this.#isUnsure) await this.#startAfresh();
      this.#isUnsure = false;
      this.#renewedAt = startedAt;
      await this.#giveUp();
      await this.#balance();
    } finally {
      this.#isTicking = false;
    }
  }

  /** Others may have taken leases that we think are ours, or the other way round: gives up all and begins anew, with new epochs. */
  async #startAfresh(): Promise<void> {
    this.#ports.logger.warn('leases are given up and claimed afresh', { count: this.#held.size });
    for (const connection of [...this.#held.keys()]) {
      this.#held.delete(connection);
      this.#ports.onLost(connection);
    }
    this.#toGiveUp = [];
    await this.#ports.store.giveUpAll();
  }

  async #giveUp(): Promise<void> {
    const leases = this.#toGiveUp;
    if (leases.length === 0) return;
    await this.#ports.store.giveUp(leases);
    this.#toGiveUp = this.#toGiveUp.filter((lease) => !leases.includes(lease));
  }

  async #balance(): Promise<void> {
    const { leases, processes } = await this.#ports.store.census(LEASE.ttlMs);
    const share = Math.ceil(leases / Math.max(1, processes));
    if (this.#held.size > share) {
      for (const { connection } of this.#ports.shed(this.#held.size - share)) this.release(connection);
      await this.#giveUp();
    }
    for (let claims = 0; this.#held.size < share && claims < CLAIMS_A_TICK; claims += 1) {
      const wanted = Math.min(CLAIM_AT_ONCE, share - this.#held.size);
      if ((await this.#ports.turn.run(() => this.#claim(wanted))) === 0) return;
    }
  }

  /**
   * Gives how many leases were got. In turn with the taking of lanes: a lease is ours in the database before we hear of it, and
   * lanes that were taken in between would be nobody's until their connection gets mail again.
   */
  async #claim(wanted: number): Promise<number> {
    crashPoint('before-lease.claim');
    const claimed = await this.#ports.store.claim(wanted, LEASE.ttlMs).catch((error: unknown) => {
      // Leases may be ours without our knowing.
      this.#isUnsure = true;
      throw error;
    });
    crashPoint('after-lease.claim');
    if (claimed.length > 0) this.#gain(claimed);
    return claimed.length;
  }

  #gain(claimed: readonly Claimed[]): void {
    const takenOver = claimed.filter((one) => one.takenOver).length;
    if (takenOver > 0) {
      this.#ports.metrics.tookOver(takenOver);
      this.#ports.logger.info('leases were taken over', { count: takenOver });
    }
    for (const one of claimed) {
      this.#held.set(one.connection, { connection: one.connection, epoch: one.epoch });
      if (one.left.length === 0) continue;
      this.#publishing.add(one.connection);
      void this.#ports.publishLeft(one).then(() => {
        this.#publishing.delete(one.connection);
        this.#ports.onGained();
      });
    }
    this.#ports.onGained();
  }
}
