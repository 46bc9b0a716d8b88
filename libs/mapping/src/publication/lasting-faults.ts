import type { Members, Template } from '../flow/flow.js';

/** Faults of a payload, each beginning with its place and a colon (`TargetOperation.checkPayload` in connector-kit). */
type Check = (payload: Readonly<Record<string, unknown>>) => readonly string[];

/** What formulas may give, of each kind that targets tell apart. */
const POSSIBLE = ['1.00', '2026-01-31', 'CNY', '文字'];

/** Of members and objects with `$if`, so many are tried alone. */
const TRIED_ALONE = 8;

/** Whether the n-th member with `$if` is there. Items of lists always are: what is wrong in one is wrong whenever it is. */
type IsThere = (condition: number) => boolean;

/**
 * Faults that a target finds in a flow's payload whatever an approval says: ids and switches that are not for flows, unknown
 * and missing fields, wrong constants. A fault that some value would mend is for the day an approval brings the value.
 */
export function lastingFaults(payload: Members, check: Check): readonly string[] {
  const alone = Array.from({ length: TRIED_ALONE }, (_, condition) => only(condition));
  const choices: readonly IsThere[] = [() => true, () => false, ...alone];
  const payloads = choices.flatMap((isThere) => POSSIBLE.map((text) => new Filler(text, isThere).members(payload)));
  const [first = [], ...others] = payloads.map(check);
  return first.filter((fault) => others.every((faults) => faults.some((other) => placeOf(other) === placeOf(fault))));
}

function only(one: number): IsThere {
  return (condition) => condition === one;
}

function placeOf(fault: string): string {
  return fault.split(':', 1)[0] ?? '';
}

/** Fills a payload with one text. */
class Filler {
  readonly #text: string;
  readonly #isThere: IsThere;
  #conditions = 0;

  constructor(text: string, isThere: IsThere) {
    this.#text = text;
    this.#isThere = isThere;
  }

  members(members: Members): Record<string, unknown> {
    const filled = members.map(([name, template]) => [name, this.#fill(template)] as const);
    return Object.fromEntries(filled.filter(([, value]) => value !== undefined));
  }

  #fill(template: Template): unknown {
    switch (template.kind) {
      case 'literal':
        return template.value;
      case 'formula':
        return template.formula.type === 'boolean'
          ? true
          : template.formula.type === 'list'
            ? [this.#text]
            : this.#text;
      case 'object':
        return this.members(template.members);
      case 'list':
        return template.items.flatMap((item) => this.#items(item));
      case 'block':
        return template.condition === undefined || this.#isThere(this.#conditions++)
          ? this.#fill(template.body)
          : undefined;
    }
  }

  /** Two of each row, because a target may ask for at least two lines. */
  #items(item: Template): readonly unknown[] {
    if (item.kind !== 'block') return [this.#fill(item)];
    return item.rows === undefined ? [this.#fill(item.body)] : [this.#fill(item.body), this.#fill(item.body)];
  }
}
