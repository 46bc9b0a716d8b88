const formats = new Map<string, Intl.DateTimeFormat>();

/** The calendar day of an instant in a time zone, `yyyy-MM-dd`. @throws {RangeError} for an unknown time zone */
export function dayIn(timeZone: string, instant: string): string {
  let format = formats.get(timeZone);
  if (format === undefined) {
    // Formats are slow to make and fast to use. Canada writes days as ISO 8601 does.
    format = new Intl.DateTimeFormat('en-CA-u-ca-iso8601-nu-latn', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    });
    formats.set(timeZone, format);
  }
  return format.format(Date.parse(instant));
}
