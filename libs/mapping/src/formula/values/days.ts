/** Days are texts `yyyy-MM-dd` from year 1 to 9999 in the Gregorian calendar. No `Date`: a day has no time zone. */

const DAY = /^(\d{4})(?:-(\d\d?)-(\d\d?)|\/(\d\d?)\/(\d\d?)|年(\d\d?)月(\d\d?)日)(?:[ T]\d\d:\d\d(?::\d\d)?)?$/;
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** The day in a text as forms and people write it, with the year first and with or without a time; undefined for other text. */
export function dayIn(text: string): string | undefined {
  const found = DAY.exec(text);
  if (found === null) return undefined;
  const year = Number(found[1]);
  const month = Number(found[2] ?? found[4] ?? found[6]);
  const day = Number(found[3] ?? found[5] ?? found[7]);
  return isDay(year, month, day) ? written(year, month, day) : undefined;
}

function isDay(year: number, month: number, day: number): boolean {
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month);
}

export function yearOf(day: string): number {
  return Number(day.slice(0, 4));
}

export function monthOf(day: string): number {
  return Number(day.slice(5, 7));
}

export function dayOfMonth(day: string): number {
  return Number(day.slice(8));
}

export function startOfMonth(day: string): string {
  return `${day.slice(0, 8)}01`;
}

export function endOfMonth(day: string): string {
  return `${day.slice(0, 8)}${daysOf(yearOf(day), monthOf(day))}`;
}

/** Undefined outside of the years 1 to 9999. */
export function addDays(day: string, days: number): string | undefined {
  return dayOfNumber(numberOf(day) + days);
}

/** The same day of another month, its last where it has no such day (31 January + 1 month: 28 February); undefined outside of the years 1 to 9999. */
export function addMonths(day: string, months: number): string | undefined {
  const month = yearOf(day) * 12 + monthOf(day) - 1 + months;
  const year = Math.floor(month / 12);
  if (year < 1 || year > 9_999) return undefined;
  const ofYear = month - year * 12 + 1;
  return written(year, ofYear, Math.min(dayOfMonth(day), daysOf(year, ofYear)));
}

export function daysBetween(from: string, to: string): number {
  return numberOf(to) - numberOf(from);
}

function daysOf(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && leap ? 29 : (MONTH_DAYS[month - 1] ?? 0);
}

function written(year: number, month: number, day: number): string {
  return `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}`;
}

export function padded(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

/** Days since 1 March of year 0; years begin in March, so that a leap day is the last of its year. */
function numberOf(day: string): number {
  const month = monthOf(day);
  const year = yearOf(day) - (month <= 2 ? 1 : 0);
  const monthsSinceMarch = (month + 9) % 12;
  const dayOfYear = Math.floor((153 * monthsSinceMarch + 2) / 5) + dayOfMonth(day) - 1;
  return 365 * year + Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400) + dayOfYear;
}

const FOUR_CENTURIES = 146_097;

function dayOfNumber(number: number): string | undefined {
  const era = Math.floor(number / FOUR_CENTURIES);
  const inEra = number - era * FOUR_CENTURIES;
  const yearOfEra = Math.floor(
    (inEra - Math.floor(inEra / 1_460) + Math.floor(inEra / 36_524) - Math.floor(inEra / 146_096)) / 365,
  );
  const dayOfYear = inEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthsSinceMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = monthsSinceMarch < 10 ? monthsSinceMarch + 3 : monthsSinceMarch - 9;
  const year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0);
  if (year < 1 || year > 9_999) return undefined;
  return written(year, month, dayOfYear - Math.floor((153 * monthsSinceMarch + 2) / 5) + 1);
}
