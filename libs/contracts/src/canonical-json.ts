/**
 * JSON with object members sorted by name, so that equal values give equal bytes. Used wherever a hash or a
 * comparison is taken over JSON (message contents, flows, payload fingerprints).
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_name, member: unknown) => {
    if (member === null || typeof member !== 'object' || Array.isArray(member)) return member;
    const sorted: [string, unknown][] = Object.entries(member).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return Object.fromEntries(sorted);
  });
}
