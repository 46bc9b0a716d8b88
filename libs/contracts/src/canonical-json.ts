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
  const names = Object.keys(value).sort();
  // Only without a prototype is a member named `__proto__` one, but such objects are slow.
  const copy: Record<string, unknown> = names.includes('__proto__') ? Object.create(null) : {};
  for (const name of names) copy[name] = sorted((value as Record<string, unknown>)[name]);
  return copy;
}
