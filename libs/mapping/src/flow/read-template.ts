import { type Cursor, isObject } from '../file/cursor.js';
import type { Members, NamedValues, Single, Template } from './flow.js';
import { given, givenAll } from './given.js';
import type { NameSpace } from './name-space.js';
import { readBare, readSingle, type SingleRules, type Ways } from './read-single.js';

/** Names in a payload may not reach for the prototype of the objects they end up in. */
const MEMBER = /(?!__proto__$)[A-Za-z_][A-Za-z0-9_.-]{0,99}/;

const DIRECTIVES = ['$rows', '$let', '$if', '$value', '$onMissing', '$onMultiple'] as const;
type Directive = (typeof DIRECTIVES)[number];

/** Objects and lists inside each other: no target asks for more, and evaluating goes as deep. */
const MAX_DEPTH = 32;

/** A leaf of the payload: a field is read as its text. */
const LEAF: SingleRules = {
  expected: ['text', 'number', 'boolean', 'date', 'list'],
  gaps: ['omit', 'null', 'standIn'],
  booleans: true,
};

/** The members of the payload. */
export function readPayload(at: Cursor, space: NameSpace): Members | undefined {
  const entries = at.entries();
  if (entries?.length === 0) at.fault('there is no member', 'Name at least one.');
  return entries && readMembers(entries, space, 1);
}

function readMembers(
  entries: readonly (readonly [string, Cursor])[],
  space: NameSpace,
  depth: number,
): Members | undefined {
  const members = entries.map(([name, value]) => {
    if (MEMBER.exec(name)?.[0] !== name) return refusedMember(name, value);
    const template = readTemplate(value, space, { inList: false, depth });
    return template && ([name, template] as const);
  });
  return givenAll(members);
}

function refusedMember(name: string, at: Cursor): undefined {
  if (!name.startsWith('$')) {
    return at.fault(`"${name}" can't be a payload name`, 'Use letters, digits, `_`, `.`, `-`.');
  }
  const known = DIRECTIVES.some((one) => one === name);
  return at.fault(
    known ? `"${name}" says nothing here` : `"${name}" is not known`,
    known ? 'Put it onto an object inside.' : `Known are ${DIRECTIVES.join(', ')}.`,
  );
}

interface Place {
  readonly inList: boolean;
  readonly depth: number;
}

function readTemplate(at: Cursor, space: NameSpace, place: Place): Template | undefined {
  if (place.depth > MAX_DEPTH) return at.fault(`more than ${MAX_DEPTH} levels`, 'Take some out.');
  const depth = place.depth + 1;
  if (Array.isArray(at.value)) {
    const items = givenAll(at.items()?.map((item) => readTemplate(item, space, { inList: true, depth })));
    return items && { kind: 'list', items };
  }
  if (!isObject(at.value)) return readSingle(at, space, LEAF);
  const entries = at.entries() ?? [];
  const directives = Object.fromEntries(
    entries.filter(([name]) => DIRECTIVES.some((one) => one === name)),
  ) as Directives;
  const members = entries.filter(([name]) => !(name in directives));
  return Object.keys(directives).length === 0
    ? readObject(members, space, depth)
    : readBlock({ at, directives, members }, space, { ...place, depth });
}

function readObject(
  entries: readonly (readonly [string, Cursor])[],
  space: NameSpace,
  depth: number,
): Template | undefined {
  const members = readMembers(entries, space, depth);
  return members && { kind: 'object', members };
}

type Directives = { readonly [D in Directive]?: Cursor };

interface Block {
  readonly at: Cursor;
  readonly directives: Directives;
  readonly members: readonly (readonly [string, Cursor])[];
}

function readBlock(block: Block, outer: NameSpace, place: Place): Template | undefined {
  const { $rows, $let, $if } = block.directives;
  const rows = $rows && readRows(block, $rows, outer, place);
  const space =
    $rows === undefined && $let === undefined ? outer : outer.inside($let, outer.inRow || $rows !== undefined);
  const condition = $if && readCondition($if, space);
  const body = readBody(block, space, place.depth);
  const named = space === outer ? NOTHING_NAMED : space.named();
  if (body === undefined || ($rows && !rows) || ($if && !condition)) return undefined;
  return { kind: 'block', ...(rows && { rows }), named, ...(condition && { condition }), body };
}

const NOTHING_NAMED: NamedValues = new Map();

function readRows({ directives }: Block, at: Cursor, outer: NameSpace, { inList }: Place) {
  if (!inList) return at.fault('only an item of a list can stand for several', 'Write `- $rows: …` under the name.');
  const { $value, $onMissing } = directives;
  const optional = $value !== undefined || $onMissing === undefined ? 'error' : $onMissing.oneOf(['error', 'omit']);
  return given({ table: outer.formula(at, ['table']), optional: optional && optional === 'omit' });
}

/** A formula that is true or false. */
export function readCondition(at: Cursor, space: NameSpace) {
  if (typeof at.value === 'string' && at.value.startsWith('=')) return space.formula(at, ['boolean']);
  return at.fault('this is no condition', 'Write a formula that is true or false, such as `=[金额] > 0`.');
}

function readBody({ directives, members }: Block, space: NameSpace, depth: number): Template | undefined {
  const { $value, $onMissing, $onMultiple, $rows } = directives;
  if ($value !== undefined) {
    for (const [name, at] of members) at.fault(`"${name}" stands beside $value`, 'Write either a value or members.');
    return readValue($value, space, { $onMissing, $onMultiple });
  }
  const stray = $onMultiple ?? ($rows === undefined ? $onMissing : undefined);
  if (stray !== undefined) return stray.fault('there is no value it could be about', 'Write `$value` beside it.');
  return readObject(members, space, depth);
}

function readValue(at: Cursor, space: NameSpace, ways: Ways): Single | undefined {
  if (!isObject(at.value) && !Array.isArray(at.value)) return readBare(at, space, LEAF, ways);
  return at.fault('this is no single value', 'Write members, or `$if` and `$let`, on the object itself.');
}
