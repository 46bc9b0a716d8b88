import type { Fault, Path } from './fault.js';

type Members<N extends string> = { readonly [M in N]?: Cursor };

/**
 * Reads untyped content member by member and notes every fault instead of stopping at the first, so that a person mends a
 * file once. A read that noted a fault gives undefined.
 */
export class Cursor {
  readonly value: unknown;
  readonly path: Path;
  readonly #faults: Fault[];

  constructor(value: unknown, faults: Fault[], path: Path = []) {
    this.value = value;
    this.path = path;
    this.#faults = faults;
  }

  fault(fault: string, mend: string, where: { readonly path?: Path; readonly offset?: number } = {}): undefined {
    this.#faults.push({ path: this.path, ...where, fault, mend });
    return undefined;
  }

  /** How many faults were noted so far, here and elsewhere: whether a read noted any shows by comparing. */
  get faults(): number {
    return this.#faults.length;
  }

  /** The same place with another value, e.g. after variables were put in. */
  with(value: unknown): Cursor {
    return new Cursor(value, this.#faults, this.path);
  }

  #at(part: string | number, value: unknown): Cursor {
    return new Cursor(value, this.#faults, [...this.path, part]);
  }

  /** Every member of an object, whatever its name. */
  entries(): readonly (readonly [string, Cursor])[] | undefined {
    if (!isObject(this.value))
      return this.fault(`expected members, found ${kindOf(this.value)}`, 'Write `name: value`.');
    return Object.entries(this.value).map(([name, value]) => [name, this.#at(name, value)] as const);
  }

  /** The members of an object that may have only these names. */
  members<N extends string>(required: readonly N[], optional: readonly N[] = []): Members<N> | undefined {
    const entries = this.entries();
    if (entries === undefined) return undefined;
    const known: readonly string[] = [...required, ...optional];
    for (const [name, at] of entries) {
      if (!known.includes(name)) at.fault(`"${name}" is not known here`, `Known are ${known.join(', ')}.`);
    }
    const members = Object.fromEntries(entries.filter(([name]) => known.includes(name))) as Members<N>;
    for (const name of required) {
      if (members[name] === undefined)
        this.fault(`"${name}" is missing`, `Add \`${name}\`.`, { path: [...this.path, name] });
    }
    return members;
  }

  items(): readonly Cursor[] | undefined {
    if (!Array.isArray(this.value))
      return this.fault(`expected a list, found ${kindOf(this.value)}`, 'Write `[a, b]`.');
    return this.value.map((item: unknown, index) => this.#at(index, item));
  }

  /** Text that is not empty and matches as a whole. `words` says what is expected. */
  text(pattern = /.+/s, words = 'text'): string | undefined {
    if (typeof this.value !== 'string') {
      return this.fault(
        `expected ${words}, found ${kindOf(this.value)}`,
        'Put text into quotes where YAML takes it for something else.',
      );
    }
    const whole = new RegExp(`^(?:${pattern.source})$`, pattern.flags);
    if (!whole.test(this.value) || this.value.trim() === '') {
      return this.fault(`"${this.value}" is not ${words}`, `Write ${words}.`);
    }
    return this.value;
  }

  texts(pattern?: RegExp, words?: string): readonly string[] | undefined {
    const items = this.items();
    if (items?.length === 0) this.fault('the list is empty', 'Name at least one.');
    return items?.map((item) => item.text(pattern, words)).filter((text) => text !== undefined);
  }

  oneOf<C extends string>(choices: readonly C[]): C | undefined {
    const found = choices.find((choice) => choice === this.value);
    return found ?? this.fault(`${shown(this.value)} is no choice`, `Choose one of ${choices.join(', ')}.`);
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return (
    { object: 'members', number: `the number ${String(value)}`, boolean: String(value) }[typeof value as string] ??
    'text'
  );
}

function shown(value: unknown): string {
  return typeof value === 'string' ? `"${value}"` : kindOf(value);
}
