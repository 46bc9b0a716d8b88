import type { Cursor } from '../file/cursor.js';
import { compileFormula } from '../formula/compile.js';
import type { Formula, Names, ValueType } from '../formula/formula.js';
import { RESERVED } from '../formula/syntax/parse.js';
import { isMasterData } from '../lookups/lookups.js';
import type { Tables } from '../tables/tables.js';
import type { Named, NamedValues, PlacedUse } from './flow.js';
import { readSingle } from './read-single.js';

const NAME = /[\p{L}_][\p{L}\p{N}_]*/u;
const NAME_WORDS = 'a name of letters, digits and `_`';
/** What formulas know without `let`. */
const KNOWN: readonly string[] = ['approval', 'originator', 'accountingDate', 'row', 'form'];
/** Names that use names that use …: each level is a call inside another when it is evaluated. */
const MAX_DEPTH = 32;

/** What all formulas of a flow share while they are compiled. */
export interface Surroundings {
  readonly tables: Tables;
  /** What formulas look up, as they are found. */
  readonly lookups: PlacedUse[];
}

interface Entry {
  readonly at: Cursor;
  state: 'new' | 'compiling' | 'done';
  /** Until it is known, and where it has faults: what fits everywhere, so that one fault is not shown twice. */
  type: ValueType;
  value?: Named['value'];
  depth: number;
  /** Whether it can only be had once the accounting date is known. */
  dated: boolean;
}

/**
 * The names that formulas at one place may use: those of its own `let`, and those around it. A name is compiled when a formula first
 * uses it, because its type has to be known then; so names may stand in any order.
 */
export class NameSpace {
  readonly inRow: boolean;
  readonly #outer: NameSpace | undefined;
  readonly #surroundings: Surroundings;
  readonly #own: ReadonlyMap<string, Entry>;
  readonly #types: ReadonlyMap<string, ValueType>;
  readonly #way: string[] = [];

  private constructor(
    at: Cursor | undefined,
    inRow: boolean,
    outer: NameSpace | undefined,
    surroundings: Surroundings,
  ) {
    this.inRow = inRow;
    this.#outer = outer;
    this.#surroundings = surroundings;
    const entries = at?.entries() ?? [];
    this.#own = new Map(entries.flatMap(([name, value]) => (this.#isFree(name, value) ? [[name, entry(value)]] : [])));
    this.#types = new LazyTypes(this);
  }

  static ofFlow(at: Cursor | undefined, surroundings: Surroundings): NameSpace {
    return new NameSpace(at, false, undefined, surroundings);
  }

  /** For what stands inside, with a `let` of its own or in a row. */
  inside(at: Cursor | undefined, inRow: boolean): NameSpace {
    return new NameSpace(at, inRow, this, this.#surroundings);
  }

  #isFree(name: string, at: Cursor): boolean {
    const taken = KNOWN.includes(name) || RESERVED.has(name);
    if (NAME.exec(name)?.[0] !== name) at.fault(`"${name}" is not ${NAME_WORDS}`, `Write ${NAME_WORDS}.`);
    else if (taken) at.fault(`"${name}" means something already`, 'Take another name.');
    else if (this.#outer?.entry(name) !== undefined)
      at.fault(`"${name}" is a name around this one`, 'Take another name.');
    else return true;
    return false;
  }

  entry(name: string): Entry | undefined {
    return this.#own.get(name) ?? this.#outer?.entry(name);
  }

  /**
   * Compiles the formula that stands at a cursor. Its first character is the `=`.
   * @param dated whether it may use the accounting date
   */
  formula(at: Cursor, expected?: readonly ValueType[], dated = true): Formula | undefined {
    const formula = compileFormula(String(at.value).slice(1), at, this.#names(dated), expected);
    if (formula === undefined) return undefined;
    for (const use of formula.lookups) this.#surroundings.lookups.push({ ...use, path: at.path });
    const undated = dated ? undefined : formula.names.find((name) => this.entry(name)?.dated);
    if (undated === undefined) return formula;
    return at.fault(
      `"${undated}" needs the accounting date, which this is to give`,
      'Use `approval.approvedOn` or a field there.',
    );
  }

  #names(dated: boolean): Names {
    return {
      defined: this.#types,
      sourceOf: (name) => this.#sourceOf(name),
      inRow: this.inRow,
      tables: this.#surroundings.tables.names,
      columnsOf: (table) => this.#columnsOf(table),
      dated,
    };
  }

  #sourceOf(name: string): string | undefined {
    const value = this.entry(name)?.value;
    return value?.kind === 'formula' ? value.formula.source : undefined;
  }

  #columnsOf(table: string): readonly string[] | 'later' | undefined {
    if (isMasterData(table)) return 'later';
    const columns = this.#surroundings.tables.table(table)?.columns;
    // A file without columns has a fault of its own, which is the one to mend.
    return columns?.length === 0 ? 'later' : columns;
  }

  names(): readonly string[] {
    return [...(this.#outer?.names() ?? []), ...this.#own.keys()];
  }

  /** The type of a name; compiles it where that has not been done. */
  typeOf(name: string): ValueType | undefined {
    const own = this.#own.get(name);
    if (own === undefined) return this.#outer?.typeOf(name);
    if (own.state === 'compiling') {
      const circle = [...this.#way.slice(this.#way.indexOf(name)), name].join(' → ');
      own.at.fault(`"${name}" needs itself: ${circle}`, 'Take one of them out.');
    } else if (own.state === 'new') this.#compile(name, own);
    return own.type;
  }

  #compile(name: string, own: Entry): void {
    own.state = 'compiling';
    this.#way.push(name);
    const value = this.#way.length > MAX_DEPTH ? tooDeep(own) : readSingle(own.at, this, { gaps: ['standIn'] });
    this.#way.pop();
    own.state = 'done';
    if (value === undefined) return;
    own.value = value;
    own.type = value.kind === 'formula' ? value.formula.type : 'text';
    if (value.kind === 'formula') this.#measure(value.formula, own);
  }

  #measure(formula: Formula, own: Entry): void {
    const used = formula.names.flatMap((name) => this.entry(name) ?? []);
    own.depth = 1 + Math.max(0, ...used.map(({ depth }) => depth));
    own.dated = formula.dated || used.some(({ dated }) => dated);
    if (own.depth <= MAX_DEPTH) return;
    tooDeep(own);
    // What uses it further is not at fault.
    own.depth = 1;
  }

  /** The names of its own; all are compiled, so that what nobody uses has its faults too. */
  named(): NamedValues {
    for (const name of this.#own.keys()) this.typeOf(name);
    return new Map(
      [...this.#own].flatMap(([name, { type, value }]) => (value === undefined ? [] : [[name, { type, value }]])),
    );
  }
}

function tooDeep({ at }: Entry): undefined {
  return at.fault(`names use each other through more than ${MAX_DEPTH} levels`, 'Put some of them together.');
}

function entry(at: Cursor): Entry {
  return { at, state: 'new', type: 'field', depth: 1, dated: false };
}

/** The types of names, as formulas ask for them. */
class LazyTypes extends Map<string, ValueType> {
  readonly #space: NameSpace;

  constructor(space: NameSpace) {
    super(space.names().map((name) => [name, 'field']));
    this.#space = space;
  }

  override get(name: string): ValueType | undefined {
    return this.#space.typeOf(name);
  }
}
