import type { Tree, Value } from '../flow/flow.js';

/** Faults of a payload, each beginning with its place and a colon (`TargetOperation.checkPayload` in connector-kit, for one connection). */
export type CheckPayload = (payload: Readonly<Record<string, unknown>>) => readonly string[];

/** What a form may hold, of each kind that targets tell apart. */
const POSSIBLE = ['1.00', '2026-01-31', 'CNY', '文字'];

/**
 * Faults that a target finds in a flow's payload whatever an approval says: ids and switches that are not for flows, unknown
 * and missing fields, wrong constants. A fault that some value would mend is for the day an approval brings the value.
 */
export function lastingFaults(payload: Tree, checkPayload: CheckPayload): readonly string[] {
  const [first = [], ...others] = POSSIBLE.map((text) => checkPayload(filled(payload, text)));
  return first.filter((fault) => others.every((faults) => faults.some((other) => placeOf(other) === placeOf(fault))));
}

function placeOf(fault: string): string {
  return fault.split(':', 1)[0] ?? '';
}

function filled(tree: Tree, text: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(tree).map(([name, value]) => [name, fill(value, text)]));
}

function fill(value: Value, text: string): unknown {
  switch (value.kind) {
    case 'const':
      return value.value;
    case 'object':
      return filled(value.tree, text);
    case 'list':
      return value.items.map((item) => fill(item, text));
    case 'rows':
      // Two, because a target may ask for at least two lines.
      return [filled(value.each, text), filled(value.each, text)];
    default:
      return text;
  }
}
