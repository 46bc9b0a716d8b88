/** `yyyy-MM-dd HH:mm:ss` at a fixed distance from UTC: how the old API writes times. */
export function localTime(at: number, utcOffsetMinutes: number): string {
  return new Date(at + utcOffsetMinutes * 60_000).toISOString().slice(0, 19).replace('T', ' ');
}
