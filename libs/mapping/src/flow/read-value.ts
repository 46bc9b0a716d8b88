import type { Cursor } from '../file/cursor.js';
import { type DateRule, type OnMissing, PATHS, type Tree, type Value } from './flow.js';

/** The member that says what a value is. Names of the payload never stand on this level, so they may be any word. */
const KINDS = ['const', 'field', 'path', 'date', 'amount', 'text', 'rows', 'object'] as const;

/** Names in a payload may not reach for the prototype of the objects they end up in. */
const MEMBER = /(?!__proto__$)[A-Za-z_][A-Za-z0-9_.-]{0,99}/;

export function readTree(at: Cursor): Tree | undefined {
  const entries = at.entries()?.map(([name, value]) => {
    if (MEMBER.exec(name)?.[0] !== name)
      value.fault(`"${name}" can't be a payload name`, 'Use letters, digits, `_`, `.`, `-`.');
    return [name, readValue(value)] as const;
  });
  if (entries?.length === 0) at.fault('there is no member', 'Name at least one.');
  return entries && (Object.fromEntries(entries) as Tree);
}

/** Reads one value; a YAML list is a list of values. */
export function readValue(at: Cursor): Value | undefined {
  if (Array.isArray(at.value)) {
    const items = at.items()?.map(readValue);
    return items && { kind: 'list', items: items as Value[] };
  }
  const kinds = KINDS.filter((kind) => Object.hasOwn((at.value ?? {}) as object, kind));
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1) {
    return at.fault(
      kind === undefined ? 'this says no kind of value' : `this says ${kinds.join(' and ')}`,
      `Write one of ${KINDS.map((name) => `{${name}: …}`).join(', ')}, or a list of them.`,
    );
  }
  return readKind(kind, at);
}

function readKind(kind: (typeof KINDS)[number], at: Cursor): Value | undefined {
  switch (kind) {
    case 'const':
      return readConst(at);
    case 'field': {
      const { field, onMissing } = at.members(['field'], ['onMissing']) ?? {};
      return given({ kind, field: field?.text(), onMissing: readOnMissing(onMissing) });
    }
    case 'path': {
      const { path, onMissing } = at.members(['path'], ['onMissing']) ?? {};
      return given({ kind, path: path?.oneOf(PATHS), onMissing: readOnMissing(onMissing) });
    }
    case 'date': {
      const { date, onMissing } = at.members(['date'], ['onMissing']) ?? {};
      return given({ kind, rule: date && readDateRule(date), onMissing: readOnMissing(onMissing) });
    }
    case 'amount': {
      const { amount, onMissing } = at.members(['amount'], ['onMissing']) ?? {};
      return given({ kind, field: amount?.text(), onMissing: readOnMissing(onMissing) });
    }
    case 'text': {
      const { text } = at.members(['text']) ?? {};
      const parts = text?.items()?.map(readTextPart);
      return given({ kind, parts: parts as (string | Value)[] | undefined });
    }
    case 'rows': {
      const { rows, each, onMissing } = at.members(['rows', 'each'], ['onMissing']) ?? {};
      return given({ kind, table: rows?.text(), each: each && readTree(each), onMissing: readOnMissing(onMissing) });
    }
    case 'object': {
      const { object } = at.members(['object']) ?? {};
      return given({ kind, tree: object && readTree(object) });
    }
  }
}

function readTextPart(at: Cursor): string | Value | undefined {
  return typeof at.value === 'string' ? at.value : readSingleValue(at);
}

/** A value that is one text: no list, table or object. */
export function readSingleValue(at: Cursor): Value | undefined {
  const part = readValue(at);
  const isText = part === undefined || !['object', 'list', 'rows'].includes(part.kind);
  return isText ? part : at.fault('a list or object is no text', 'Name a single value.');
}

function readConst(at: Cursor): Value | undefined {
  const { const: constant } = at.members(['const']) ?? {};
  if (typeof constant?.value === 'number') {
    return constant.fault(
      `the constant ${constant.value} is a bare number`,
      'Put it into quotes: YAML drops leading zeros of codes and changes long or decimal numbers.',
    );
  }
  if (typeof constant?.value === 'boolean') return { kind: 'const', value: constant.value };
  return given({ kind: 'const', value: constant?.text() });
}

/** `approved`, or `{field: <date field>}`. */
export function readDateRule(at: Cursor): DateRule | undefined {
  if (at.value === 'approved') return { kind: 'approved' };
  if (typeof at.value === 'string')
    return at.fault(`"${at.value}" is no date`, 'Write `approved` or `{field: <date field>}`.');
  const { field } = at.members(['field']) ?? {};
  return given({ kind: 'field', field: field?.text() });
}

function readOnMissing(at: Cursor | undefined): OnMissing | undefined {
  return at === undefined ? 'error' : at.oneOf(['error', 'omit']);
}

type Given<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** The object when every member could be read; a member that could not has noted its fault. */
export function given<const T extends object>(read: T): Given<T> | undefined {
  return Object.values(read).includes(undefined) ? undefined : (read as Given<T>);
}
