const DAY_MS = 86_400_000;

/** The day before a day, both `yyyy-MM-dd`. */
export function dayBefore(day: string): string {
  return new Date(Date.parse(day) - DAY_MS).toISOString().slice(0, 10);
}
