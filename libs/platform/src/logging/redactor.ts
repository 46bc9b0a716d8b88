/** Takes out of free text what must not be logged (I14; security.md §6). */
export interface Redactor {
  /** From now on `secret` is masked, as it is and as it looks in a URL. Values under 6 characters are not: they would mask half of every line. */
  remember(secret: string): void;
  /** Masks the remembered secrets. */
  secrets(text: string): string;
  /** Masks the remembered secrets and all but the last four digits of long numbers. */
  text(text: string): string;
}

const SHORTEST = 6;

/** Bank accounts and identity numbers have 12 digits or more, often in groups. */
const LONG_NUMBER = /\d(?:[ -]?\d){11,}/g;

export function createRedactor(): Redactor {
  const known = new Set<string>();
  const secrets = (text: string) => {
    let masked = text;
    for (const secret of known) masked = masked.replaceAll(secret, '[secret]');
    return masked;
  };
  return {
    remember: (secret) => {
      for (const form of [secret, encodeURIComponent(secret)]) if (form.length >= SHORTEST) known.add(form);
    },
    secrets,
    text: (text) => secrets(text).replace(LONG_NUMBER, (number) => `****${number.replace(/\D/g, '').slice(-4)}`),
  };
}
