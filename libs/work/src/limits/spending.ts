import type { CallsSpent } from '@voucherline/store';
import type { MonthlyUse } from './budget.js';
import { callsLeftForSweeps, sweepIntervalFor } from './budget.js';
import { dayAt } from './calendar.js';
import type { Priority } from './gate.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** How many days before today tell what finishing work needs. */
const LOOK_BACK_DAYS = 7;
/** Over how long the rate of sweep calls is averaged. */
const RATE_WINDOW_MS = 6 * HOUR_MS;

interface DayUse {
  finish: number;
  sweep: number;
}

/** First day whose calls matter at `now`: the month so far, and a week for the estimate. */
export function firstDayThatCounts(now: number): string {
  return new Date(now - 32 * DAY_MS).toISOString().slice(0, 10);
}

/** Counts the calls of one connection and tells what its month leaves for them. */
export class Spending {
  readonly #timeZone: string;
  readonly #days = new Map<string, DayUse>();
  #unsaved = new Map<string, DayUse>();
  #thisMonth: { readonly month: string; spent: number } | undefined;
  #sweepRate = { perWindow: 0, at: 0 };
  #intervalMs: number | undefined;

  constructor(timeZone: string, known: readonly CallsSpent[]) {
    this.#timeZone = timeZone;
    for (const { day, finish, sweep } of known) this.#days.set(day, { finish, sweep });
  }

  count(priority: Priority, now: number): void {
    const { day, month } = dayAt(now, this.#timeZone);
    if (this.#thisMonth?.month === month) this.#thisMonth.spent += 1;
    for (const days of [this.#days, this.#unsaved]) {
      const use = days.get(day) ?? { finish: 0, sweep: 0 };
      use[priority] += 1;
      days.set(day, use);
    }
    if (priority === 'sweep') this.#sweepRate = { perWindow: this.#sweepsPerWindow(now) + 1, at: now };
  }

  /** Calls not handed over yet, to be added to what is stored. */
  takeUnsaved(connection: string): readonly CallsSpent[] {
    const rows = [...this.#unsaved].map(([day, use]) => ({ connection, day, ...use }));
    this.#unsaved = new Map();
    return rows;
  }

  use(now: number, perMonth: number | undefined): MonthlyUse {
    const { day: today, month, daysLeft } = dayAt(now, this.#timeZone);
    const past = [...this.#days].filter(([day]) => day < today).slice(-LOOK_BACK_DAYS);
    const finished = past.reduce((sum, [, use]) => sum + use.finish, 0);
    return {
      ...(perMonth !== undefined && { perMonth }),
      spent: this.#spentIn(month),
      daysLeft,
      finishPerDay: past.length === 0 ? 0 : finished / past.length,
    };
  }

  /** Whether the month leaves a call of this priority. */
  allows(priority: Priority, now: number, perMonth: number | undefined): boolean {
    if (perMonth === undefined) return true;
    // Asked several times a call: what finishing work needs is worked out for sweeps only.
    if (priority === 'finish') return this.#spentIn(dayAt(now, this.#timeZone).month) < perMonth;
    return callsLeftForSweeps(this.use(now, perMonth)) > 0;
  }

  /** How long to wait from one sweep to the next, in ms; what a round costs is taken from the last hours. */
  sweepIntervalMs(now: number, perMonth: number | undefined): number {
    const before = this.#intervalMs ?? HOUR_MS;
    const callsPerSweep = (this.#sweepsPerWindow(now) * before) / RATE_WINDOW_MS;
    this.#intervalMs = sweepIntervalFor(this.use(now, perMonth), callsPerSweep);
    return this.#intervalMs;
  }

  #spentIn(month: string): number {
    if (this.#thisMonth?.month !== month) {
      const days = [...this.#days].filter(([day]) => day.startsWith(month));
      this.#thisMonth = { month, spent: days.reduce((sum, [, use]) => sum + use.finish + use.sweep, 0) };
    }
    return this.#thisMonth.spent;
  }

  /** Sweep calls of the last hours, older ones weighing less. */
  #sweepsPerWindow(now: number): number {
    return this.#sweepRate.perWindow * Math.exp(-Math.max(0, now - this.#sweepRate.at) / RATE_WINDOW_MS);
  }
}
