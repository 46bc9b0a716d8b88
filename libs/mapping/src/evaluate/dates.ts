const formats = new Map<string, Intl.DateTimeFormat>();

/** The calendar day of an instant in a time zone, `yyyy-MM-dd`. @throws {RangeError} for an unknown time zone */
export function dayIn(timeZone: string, instant: string): string {
  let format = formats.get(timeZone);
  if (format === undefined) {
    // Formats are slow to make and fast to use; ISO parts because locales write the same day differently.
    format = new Intl.DateTimeFormat('en-US-u-ca-iso8601-nu-latn', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    });
    formats.set(timeZone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(Date.parse(instant)).map(({ type, value }) => [type, value]));
  return `${parts.year}-${parts.month}-${parts.day}`;
}

/** The day a form's date field holds, with or without a time (dingtalk.md §8, DDDateField); undefined for other text. */
export function dayOfField(text: string): string | undefined {
  const day = /^(\d{4}-\d\d-\d\d)(?:[ T]\d\d:\d\d(?::\d\d)?)?$/.exec(text)?.[1];
  if (day === undefined) return undefined;
  const instant = new Date(`${day}T00:00:00Z`);
  // Days that do not exist (31 April) roll over or are invalid.
  return !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(day) ? day : undefined;
}
