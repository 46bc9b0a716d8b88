/**
 * Milliseconds since the epoch of a local time as Kingdee writes it (`2024-01-10T08:30:00.123`, no zone); undefined for
 * other text. In the hour that a change of summer time repeats, the earlier moment.
 */
export function momentOf(local: string, timeZone: string): number | undefined {
  const text = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d{1,7})?$/.test(local) ? local.replace(' ', 'T') : undefined;
  const asUtc = text === undefined ? Number.NaN : Date.parse(`${text.slice(0, 23)}Z`);
  if (Number.isNaN(asUtc)) return undefined;
  // The offset at the guess is that at the moment itself, except near a change; a second look settles that.
  const guess = asUtc - offsetAt(asUtc, timeZone);
  return asUtc - offsetAt(guess, timeZone);
}

/** Offsets of a time zone change on the quarter of an hour, and working one out takes as long as a small call. */
const QUARTER_MS = 15 * 60_000;
const MOST_OFFSETS = 1_000;
const offsets = new Map<string, number>();

/** How far local time is ahead of UTC, in ms. */
function offsetAt(moment: number, timeZone: string): number {
  const quarter = Math.floor(moment / QUARTER_MS);
  const name = `${timeZone} ${quarter}`;
  const known = offsets.get(name);
  if (known !== undefined) return known;
  if (offsets.size >= MOST_OFFSETS) offsets.clear();
  const offset = workedOut(quarter * QUARTER_MS, timeZone);
  offsets.set(name, offset);
  return offset;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function workedOut(moment: number, timeZone: string): number {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
    formats.set(timeZone, format);
  }
  const name = format.formatToParts(moment).find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT';
  const [, sign, hours, minutes] = /^GMT([+-])(\d{2}):(\d{2})$/.exec(name) ?? [];
  if (sign === undefined) return 0;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}
