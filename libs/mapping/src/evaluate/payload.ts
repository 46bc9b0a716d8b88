import type { Path } from '../file/fault.js';
import type { Members, Template } from '../flow/flow.js';
import type { Fields } from '../formula/formula.js';
import { LIMITS, limitProblem } from '../formula/limits.js';
import { MappingProblem } from './problem.js';
import type { FlowScope } from './run.js';
import { rowScopes, scopeOf } from './scope.js';
import { valueAt } from './single.js';
import type { Writer } from './writer.js';

type Block = Template & { readonly kind: 'block' };

/** Makes the payload. @throws {MappingProblem} also when it becomes larger than a message may be */
export class PayloadMaker {
  readonly #write: Writer;
  /** Of names and values, without signs between them: what is made is at least as long. */
  #characters = 0;

  constructor(write: Writer) {
    this.#write = write;
  }

  members(members: Members, scope: FlowScope, path: Path): Record<string, unknown> {
    const made: Record<string, unknown> = {};
    for (const [name, template] of members) {
      const value = this.#value(template, scope, [...path, name]);
      if (value === undefined) continue;
      this.#count(name.length, scope, path);
      made[name] = value;
    }
    return made;
  }

  /** Undefined where it is left out. */
  #value(template: Template, scope: FlowScope, path: Path): unknown {
    switch (template.kind) {
      case 'object': {
        const made = this.members(template.members, scope, path);
        // An empty reference would clear what the target holds, so it is only written where the author wrote it.
        return template.members.length > 0 && Object.keys(made).length === 0 ? undefined : made;
      }
      case 'list': {
        const made: unknown[] = [];
        for (const item of template.items) this.#addItems(item, scope, { path, made });
        return template.items.length > 0 && made.length === 0 ? undefined : made;
      }
      case 'block':
        return this.#blockValue(template, this.#inside(template, scope), path);
      default: {
        const value = this.#write(template, scope, path);
        this.#count(typeof value === 'string' ? value.length : JSON.stringify(value ?? null).length, scope, path);
        return value;
      }
    }
  }

  #addItems(item: Template, scope: FlowScope, { path, made }: { readonly path: Path; readonly made: unknown[] }): void {
    const add = (value: unknown) => {
      if (value !== undefined) made.push(value);
    };
    if (item.kind !== 'block' || item.rows === undefined) {
      add(this.#value(item, scope, [...path, made.length]));
      return;
    }
    const rows = this.#rows(item.rows, scope, [...path, made.length]);
    for (const row of rowScopes(scope, rows, item.named)) add(this.#blockValue(item, row, [...path, made.length]));
  }

  /** @param inside the scope with the block's own names */
  #blockValue({ condition, body }: Block, inside: FlowScope, path: Path): unknown {
    if (condition !== undefined && valueAt(condition, inside, path) !== true) return undefined;
    return this.#value(body, inside, path);
  }

  #rows({ table, optional }: NonNullable<Block['rows']>, scope: FlowScope, path: Path): readonly Fields[] {
    try {
      return valueAt(table, scope, path) as readonly Fields[];
    } catch (error) {
      if (optional && error instanceof MappingProblem && error.isMissing) return [];
      throw error;
    }
  }

  #inside({ named }: Block, scope: FlowScope): FlowScope {
    if (named.size === 0) return scope;
    const { evaluation, fields, row } = scope;
    return scopeOf(evaluation, { fields, ...(row && { row }), named, outer: scope });
  }

  /** Early, so that a large form does not become a larger payload first. */
  #count(characters: number, { evaluation }: FlowScope, path: Path): void {
    evaluation.step();
    this.#characters += characters;
    if (this.#characters > LIMITS.output) throw limitProblem(path, 'the output is too large', 'output');
  }
}
