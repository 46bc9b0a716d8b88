/** A day as vendors count their quotas: in the connection's time zone. */
export interface Day {
  /** `YYYY-MM-DD` */
  readonly day: string;
  /** `YYYY-MM` */
  readonly month: string;
  /** Days from now to the first instant of the next month (offset changes within the month neglected). */
  readonly daysLeft: number;
}

interface Zone {
  readonly format: Intl.DateTimeFormat;
  minute: number;
  day: Day | undefined;
}

const MINUTE_MS = 60_000;
const zones = new Map<string, Zone>();

/**
 * The day at `now` (ms) in a time zone (IANA name), to the minute: asked for every call, while formatting takes as long as
 * a small call. @throws {RangeError} for an unknown time zone.
 */
export function dayAt(now: number, timeZone: string): Day {
  const zone = zones.get(timeZone) ?? { format: formatOf(timeZone), minute: -1, day: undefined };
  zones.set(timeZone, zone);
  const minute = Math.floor(now / MINUTE_MS);
  if (zone.day === undefined || zone.minute !== minute) {
    zone.minute = minute;
    zone.day = dayOf(zone.format, minute * MINUTE_MS);
  }
  return zone.day;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const digits = '2-digit';
  return new Intl.DateTimeFormat('en-CA', {
    ...{ timeZone, year: 'numeric', month: digits, day: digits, hour: digits, minute: digits, hourCycle: 'h23' },
  });
}

function dayOf(format: Intl.DateTimeFormat, now: number): Day {
  const parts = Object.fromEntries(format.formatToParts(now).map(({ type, value }) => [type, value]));
  const [year, month, day] = [Number(parts.year), Number(parts.month), Number(parts.day)];
  const daysInMonth = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const passedToday = (Number(parts.hour) * 60 + Number(parts.minute)) / 1_440;
  return {
    day: `${parts.year}-${parts.month}-${parts.day}`,
    month: `${parts.year}-${parts.month}`,
    daysLeft: daysInMonth - day + 1 - passedToday,
  };
}
