/** Calls of one connection in one month, as far as this service made them. */
export interface MonthlyUse {
  /** Absent: the vendor sets no monthly limit. */
  readonly perMonth?: number;
  readonly spent: number;
  /** Days until the month ends, in the connection's time zone; fractions count. */
  readonly daysLeft: number;
  /** Calls a day that finish work (hints, writes and their read-backs), as seen in the last days. */
  readonly finishPerDay: number;
}

/** Shortest and longest wait from one sweep to the next, in ms. */
export const SWEEP_INTERVAL = { shortestMs: 60_000, longestMs: 24 * 3_600_000 } as const;

const DAY_MS = 24 * 3_600_000;
/** Finishing work is counted on to grow by this factor before sweeps get the rest. */
const GROWTH = 1.25;

/** Calls left this month; Infinity without a limit. */
export function callsLeft(use: MonthlyUse): number {
  return use.perMonth === undefined ? Infinity : Math.max(0, use.perMonth - use.spent);
}

/** Calls left for sweeps once what finishing work will need until the month's end is set aside. */
export function callsLeftForSweeps(use: MonthlyUse): number {
  return Math.max(0, callsLeft(use) - Math.ceil(use.finishPerDay * GROWTH * use.daysLeft));
}

/**
 * How long to wait from one sweep to the next so that sweeps spend what is left for them evenly until the month ends.
 * @param callsPerSweep what one round of sweeps costs, at least 1
 * @returns ms, between {@link SWEEP_INTERVAL}'s bounds
 */
export function sweepIntervalFor(use: MonthlyUse, callsPerSweep: number): number {
  const left = callsLeftForSweeps(use);
  if (left === Infinity) return SWEEP_INTERVAL.shortestMs;
  if (left === 0) return SWEEP_INTERVAL.longestMs;
  const even = (Math.max(use.daysLeft, 1 / 24) * DAY_MS * Math.max(1, callsPerSweep)) / left;
  return Math.round(Math.min(SWEEP_INTERVAL.longestMs, Math.max(SWEEP_INTERVAL.shortestMs, even)));
}
