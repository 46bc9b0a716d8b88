import { forbiddenFaults, isForbidden } from './forbidden.js';

type Check = (value: unknown, place: string) => readonly string[];

/** A field of a payload: what it has to hold, and whether it may be left out. */
export interface FieldRule {
  readonly check: Check;
  readonly optional?: true;
}

/** Faults of an object against its fields. What it does not know is a fault; ids and switches are told apart from typos. */
export function fieldFaults(
  object: Readonly<Record<string, unknown>>,
  rules: Readonly<Record<string, FieldRule>>,
  path = '',
): string[] {
  const place = (name: string) => (path === '' ? name : `${path}.${name}`);
  const unknown = Object.keys(object)
    .filter((name) => !Object.hasOwn(rules, name))
    .flatMap((name) =>
      isForbidden(name) ? [] : [`${place(name)}: is no field here; known are ${Object.keys(rules).join(', ')}`],
    );
  const known = Object.entries(rules).flatMap(([name, { check, optional }]) => {
    const value = object[name];
    if (value === undefined || value === null) return optional ? [] : [`${place(name)}: is missing`];
    return check(value, place(name));
  });
  return path === '' ? [...forbiddenFaults(object), ...unknown, ...known] : [...unknown, ...known];
}

/** A text of 1 to `longest` characters. */
export const textOf =
  (longest: number): Check =>
  (value, place) => {
    if (typeof value !== 'string' || value.trim() === '') return [`${place}: must be a text`];
    return value.length > longest
      ? [`${place}: has ${value.length} characters, Kingdee takes ${longest}; shorten it`]
      : [];
  };

/**
 * A number of Kingdee (base data, bills): goes into look-ups, so only a checked character set is taken (kingdee.md §5.1). Modifier
 * letters are not in it: a database that narrows text to its code page makes a quote of U+02BC.
 */
export const numberText: Check = (value, place) =>
  typeof value === 'string' && NUMBER.test(value)
    ? []
    : [`${place}: must be a number of Kingdee, up to 80 letters, digits and . _ / - (no quotes, no spaces)`];

export const NUMBER = /^[\p{Lu}\p{Ll}\p{Lo}\p{N}][\p{Lu}\p{Ll}\p{Lo}\p{N}._/-]{0,79}$/u;

export const dateText: Check = (value, place) => {
  const date =
    typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) ? new Date(`${value}T00:00:00Z`) : undefined;
  // A day that does not exist comes back as another one.
  const real = date !== undefined && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value as string);
  return real ? [] : [`${place}: must be a day, written as 2024-03-31`];
};
