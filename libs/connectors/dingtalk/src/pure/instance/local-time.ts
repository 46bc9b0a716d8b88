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

const DAY_MS = 86_400_000;
/** By time zone and UTC day. The times of documents lie on few days, and a format takes 5 µs to answer. */
const steadyOffsets = new Map<string, number | undefined>();
const MOST_DAYS = 10_000;

/** The offset on a day around which the zone keeps it, as it does on nearly all; else undefined. */
function steadyOffset(timeZone: string, utc: number): number | undefined {
  const day = Math.floor(utc / DAY_MS);
  const place = `${timeZone} ${day}`;
  if (steadyOffsets.has(place)) return steadyOffsets.get(place);
  const before = offsetAt(timeZone, (day - 1) * DAY_MS);
  const steady = offsetAt(timeZone, (day + 2) * DAY_MS) === before ? before : undefined;
  if (steadyOffsets.size >= MOST_DAYS) steadyOffsets.clear();
  steadyOffsets.set(place, steady);
  return steady;
}

/**
 * The instant (ms) that `yyyy-MM-dd HH:mm:ss`, the old API's form of time, means in a time zone; undefined for other text and
 * for days that do not exist. An hour that a zone has twice is its first one.
 */
export function instantOf(text: string, timeZone: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text)) return undefined;
  const utc = Date.parse(`${text.replace(' ', 'T')}Z`);
  // `Date.parse` takes 31 April for 1 May.
  if (new Date(utc).getUTCDate() !== Number(text.slice(8, 10))) return undefined;
  const steady = steadyOffset(timeZone, utc);
  if (steady !== undefined) return utc - steady;
  const candidates = [utc - DAY_MS, utc + DAY_MS].map((near) => utc - offsetAt(timeZone, near));
  return candidates.find((instant) => instant + offsetAt(timeZone, instant) === utc) ?? candidates[0];
}
