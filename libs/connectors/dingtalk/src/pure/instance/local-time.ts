const formats = new Map<string, Intl.DateTimeFormat>();

/** Formats are slow to make and fast to use. @throws {RangeError} for an unknown time zone */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' },
  });
  formats.set(timeZone, format);
  return format;
}

/** How far local time is ahead of UTC at an instant, in ms. */
function offsetAt(timeZone: string, instant: number): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatOf(timeZone).formatToParts(instant)) parts[type] = Number(value);
  const { year = 0, month = 1, day, hour, minute, second } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1000) * 1000;
}

/**
 * The instant (ms) that `yyyy-MM-dd HH:mm:ss`, the old API's form of time, means in a time zone; undefined for other text and
 * for days that do not exist. An hour that a zone has twice is its first one.
 */
export function instantOf(text: string, timeZone: string): number | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)$/.exec(text);
  if (match === null) return undefined;
  const utc = Date.parse(`${text.replace(' ', 'T')}Z`);
  // `Date.parse` takes 31 April for 1 May.
  if (Number.isNaN(utc) || new Date(utc).toISOString().slice(0, 19).replace('T', ' ') !== text) return undefined;
  const DAY = 86_400_000;
  const candidates = [offsetAt(timeZone, utc - DAY), offsetAt(timeZone, utc + DAY)].map((offset) => utc - offset);
  return candidates.find((instant) => instant + offsetAt(timeZone, instant) === utc) ?? candidates[0];
}
