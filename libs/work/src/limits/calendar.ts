/** A day as vendors count their quotas: in the connection's time zone. */
export interface Day {
  /** `YYYY-MM-DD` */
  readonly day: string;
  /** `YYYY-MM` */
  readonly month: string;
  /** Days from now to the first instant of the next month (offset changes within the month neglected). */
  readonly daysLeft: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** The day at `now` (ms) in a time zone (IANA name). @throws {RangeError} for an unknown time zone. */
export function dayAt(now: number, timeZone: string): Day {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone,
      ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' },
      hourCycle: 'h23',
    } as Intl.DateTimeFormatOptions);
    formats.set(timeZone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(now).map(({ type, value }) => [type, value]));
  const [year, month, day] = [Number(parts.year), Number(parts.month), Number(parts.day)];
  const daysInMonth = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const passedToday = (Number(parts.hour) * 3600 + Number(parts.minute) * 60 + Number(parts.second)) / 86_400;
  return {
    day: `${parts.year}-${parts.month}-${parts.day}`,
    month: `${parts.year}-${parts.month}`,
    daysLeft: daysInMonth - day + 1 - passedToday,
  };
}
