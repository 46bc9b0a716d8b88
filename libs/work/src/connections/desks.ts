import type { ConnectionContent } from '@voucherline/contracts';
import type { Published } from '@voucherline/pipeline';
import type { CallsSpent, Lease, WorkStore } from '@voucherline/store';
import { firstDayThatCounts, Spending } from '../limits/spending.js';
import { Desk, type DeskPorts } from './desk.js';

/** A desk that had no work for so long is put away; the next lane makes a new one. */
const IDLE_MS = 15 * 60_000;

/** A connection that work was found for. */
export interface Wanted {
  readonly lease: Lease;
  readonly published: Published<ConnectionContent>;
}

/** The desks of the leased connections that have had work lately. */
export class Desks {
  readonly #byConnection = new Map<string, Desk>();
  readonly #store: Pick<WorkStore<never>, 'spent'>;
  readonly #ports: DeskPorts;
  #leftBehind: CallsSpent[] = [];

  constructor(store: Pick<WorkStore<never>, 'spent'>, ports: DeskPorts) {
    this.#store = store;
    this.#ports = ports;
  }

  all(): Iterable<Desk> {
    return this.#byConnection.values();
  }

  get(connection: string): Desk | undefined {
    return this.#byConnection.get(connection);
  }

  /** Something was published: desks go on with the newest version of their connection, resting ones too. */
  refresh(newest: (connection: string) => Published<ConnectionContent> | undefined): void {
    for (const desk of this.all()) {
      const published = newest(desk.connection);
      if (published !== undefined) desk.refresh(published);
    }
  }

  /**
   * Makes the desks that are missing, with what their connections have spent this month: one look-up for all.
   * @param isHeld asked after the look-up: for a lease that was lost meanwhile nobody would ever put the desk away
   */
  async open(wanted: readonly Wanted[], isHeld: (lease: Lease) => boolean): Promise<void> {
    const missing = wanted.filter(({ lease }) => !this.#byConnection.has(lease.connection));
    if (missing.length === 0) return;
    const connections = missing.map(({ lease }) => lease.connection);
    const rows = await this.#store.spent(connections, firstDayThatCounts(this.#ports.clock.now()));
    const byConnection = Map.groupBy(rows, (row) => row.connection);
    for (const { lease, published } of missing) {
      if (!isHeld(lease)) continue;
      const spending = new Spending(published.content.timeZone, byConnection.get(lease.connection) ?? []);
      this.#byConnection.set(lease.connection, new Desk(lease, published, spending, this.#ports));
    }
  }

  /** The lease is gone. */
  lose(connection: string): void {
    const desk = this.#byConnection.get(connection);
    if (desk === undefined) return;
    this.#leftBehind.push(...desk.spending.takeUnsaved(connection));
    this.#byConnection.delete(connection);
    desk.lose();
  }

  /** Calls made since this was asked last. */
  takeSpent(): readonly CallsSpent[] {
    const rows = [
      ...this.#leftBehind,
      ...[...this.all()].flatMap((desk) => desk.spending.takeUnsaved(desk.connection)),
    ];
    this.#leftBehind = [];
    return rows;
  }

  /** To be called each second. */
  tick(): void {
    const now = this.#ports.clock.now();
    for (const desk of this.all()) {
      desk.tick();
      if (desk.inMemory.size > 0) desk.idleSince = now;
      else if (now - desk.idleSince > IDLE_MS && !desk.isResting) this.lose(desk.connection);
    }
  }
}
