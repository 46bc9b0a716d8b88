import { canonicalJson } from '@voucherline/contracts';
import type { Path } from '@voucherline/mapping';

/** A place where two values are not the same; undefined where one has nothing. */
export interface Difference {
  readonly path: Path;
  readonly before: unknown;
  readonly after: unknown;
}

/** Where two values of JSON differ, as deep as both have the same shape. Lists are compared place by place. */
export function differencesOf(before: unknown, after: unknown, path: Path = []): readonly Difference[] {
  if (isObject(before) && isObject(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...names].flatMap((name) => differencesOf(before[name], after[name], [...path, name]));
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const length = Math.max(before.length, after.length);
    return Array.from({ length }, (_, index) => index).flatMap((index) =>
      differencesOf(before[index], after[index], [...path, index]),
    );
  }
  return same(before, after) ? [] : [{ path, before, after }];
}

/** Every single value in a value of JSON, with its path; an empty object or list is one. */
export function leavesOf(value: unknown, path: Path = []): readonly { readonly path: Path; readonly value: unknown }[] {
  const members: readonly (readonly [string | number, unknown])[] = Array.isArray(value)
    ? value.map((item, index) => [index, item] as const)
    : isObject(value)
      ? Object.entries(value)
      : [];
  return members.length === 0
    ? [{ path, value }]
    : members.flatMap(([part, member]) => leavesOf(member, [...path, part]));
}

/** A value on a line. Texts stand without quotes unless that hides something. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value !== 'string') return JSON.stringify(value);
  return value === '' || value !== value.trim() || /[\n"]|^(true|false|null|nothing)$/.test(value)
    ? JSON.stringify(value)
    : value;
}

function same(a: unknown, b: unknown): boolean {
  if (a === undefined || b === undefined) return a === b;
  return canonicalJson(a) === canonicalJson(b);
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
