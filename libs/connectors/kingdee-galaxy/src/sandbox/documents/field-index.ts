import type { StoredDocument } from './document.js';

/** Text as the database compares it: without regard to case and trailing blanks (SQL Server's usual collation). */
export const collated = (text: string): string => text.trimEnd().toLowerCase();

/** Documents of a form by the texts of some fields, of header and entries. */
export class FieldIndex {
  readonly #fields: ReadonlyMap<string, Map<string, Set<string>>>;
  readonly #names: readonly string[];
  readonly #keysOf = new Map<string, { ids: Set<string>; place: Map<string, Set<string>>; text: string }[]>();

  constructor(names: readonly string[]) {
    this.#names = names;
    this.#fields = new Map(names.map((name) => [name.toLowerCase(), new Map()]));
  }

  /** Ids of the documents that have this text; undefined when the field is not indexed. */
  find(field: string, text: string): ReadonlySet<string> | undefined {
    const place = this.#fields.get(field.toLowerCase());
    return place === undefined ? undefined : (place.get(collated(text)) ?? new Set());
  }

  set(document: StoredDocument): void {
    this.remove(document.id);
    const keys = this.#names.flatMap((name) => {
      const place = this.#fields.get(name.toLowerCase()) as Map<string, Set<string>>;
      return [...new Set(textsOf(document, name).map(collated))].map((text) => {
        const ids = place.get(text) ?? new Set();
        ids.add(document.id);
        place.set(text, ids);
        return { ids, place, text };
      });
    });
    this.#keysOf.set(document.id, keys);
  }

  remove(id: string): void {
    for (const { ids, place, text } of this.#keysOf.get(id) ?? []) {
      ids.delete(id);
      if (ids.size === 0) place.delete(text);
    }
    this.#keysOf.delete(id);
  }

  clear(): void {
    for (const place of this.#fields.values()) place.clear();
    this.#keysOf.clear();
  }
}

function textsOf(document: StoredDocument, name: string): string[] {
  if (name === 'FBillNo') return document.number === '' ? [] : [document.number];
  const header = document.fields[name];
  if (header !== undefined) return [header];
  return Object.values(document.entries).flatMap((rows) => rows.flatMap(({ fields }) => fields[name] ?? []));
}
