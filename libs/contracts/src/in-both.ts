/**
 * What people read, in both languages: the English, then the Chinese, as one text. Finance and administrators work in the
 * language of their vendors, and what is parked or refused is read in the log and on the command line by both.
 */
export function inBoth(en: string, zh: string): string {
  return `${en} ${zh}`;
}
