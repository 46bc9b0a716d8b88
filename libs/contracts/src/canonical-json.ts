/**
 * JSON with object members sorted by name, so that equal values give equal bytes. Used wherever a hash or a
 * comparison is taken over JSON (message contents, flows, payload fingerprints). The value is JSON's own: nothing in it has a
 * `toJSON`. Sorting a copy and writing that took half as long as sorting in a replacer.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(sorted);
  // Without a prototype, so that a member named `__proto__` is one.
  const copy = { __proto__: null } as unknown as Record<string, unknown>;
  for (const name of Object.keys(value).sort()) copy[name] = sorted((value as Record<string, unknown>)[name]);
  return copy;
}
