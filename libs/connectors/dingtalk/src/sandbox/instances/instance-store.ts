import { randomUUID } from 'node:crypto';
import { Book, type BookLine } from '@voucherline/connector-kit/sandbox';
import type { Comment, Instance } from './instance.js';

/** All instances and comments, in memory and in the book: a line for each change of an instance, and for each comment. */
export class InstanceStore {
  readonly #book: Book;
  readonly #instances = new Map<string, Instance>();
  readonly #comments = new Map<string, Comment[]>();
  /** Ids by process code, in order of creation. */
  readonly #byForm = new Map<string, string[]>();
  #counter = 0;

  private constructor(book: Book) {
    this.#book = book;
  }

  static async open(bookPath: string): Promise<InstanceStore> {
    const { book, documents } = await Book.open(bookPath);
    const store = new InstanceStore(book);
    for (const line of documents) {
      if (line.form === 'instance') store.#keep(fromLine<Instance>(line));
      else store.#keepComment(fromLine<Comment>(line));
    }
    return store;
  }

  /** A new instance's id and human-visible number. */
  nextNumber(at: number, utcOffsetMinutes: number): { id: string; businessId: string } {
    this.#counter += 1;
    const day = new Date(at + utcOffsetMinutes * 60_000).toISOString().replace(/\D/g, '').slice(0, 14);
    return { id: randomUUID(), businessId: `${day}${String(this.#counter).padStart(6, '0')}` };
  }

  get(id: string): Instance | undefined {
    return this.#instances.get(id);
  }

  all(): IterableIterator<Instance> {
    return this.#instances.values();
  }

  commentsOf(id: string): readonly Comment[] {
    return this.#comments.get(id) ?? [];
  }

  /** Instances of a form in order of creation. */
  *ofForm(processCode: string): Generator<Instance> {
    for (const id of this.#byForm.get(processCode) ?? []) yield this.#instances.get(id) as Instance;
  }

  /** Keeps an instance as it is now; resolves when that is on disk. */
  put(instance: Instance): Promise<void> {
    this.#keep(instance);
    return this.#book.append('instance', instance.id, instance);
  }

  comment(comment: Omit<Comment, 'id'>): Promise<void> {
    const kept = { ...comment, id: randomUUID() };
    this.#keepComment(kept);
    return this.#book.append('comment', kept.id, { ...kept, writtenAt: kept.at });
  }

  async reset(): Promise<void> {
    this.#instances.clear();
    this.#comments.clear();
    this.#byForm.clear();
    await this.#book.reset();
  }

  close(): Promise<void> {
    return this.#book.close();
  }

  #keep(instance: Instance): void {
    if (!this.#instances.has(instance.id)) {
      this.#counter = Math.max(this.#counter, Number(instance.businessId.slice(14)));
      const ids = this.#byForm.get(instance.processCode) ?? [];
      this.#byForm.set(instance.processCode, ids);
      ids.push(instance.id);
    }
    this.#instances.set(instance.id, instance);
  }

  #keepComment(comment: Comment): void {
    const known = this.#comments.get(comment.instanceId) ?? [];
    this.#comments.set(comment.instanceId, known);
    known.push(comment);
  }
}

/** The book's own members stand beside those of the document. */
function fromLine<T>({ seq: _seq, form: _form, at, writtenAt, ...document }: BookLine): T {
  return { ...document, ...(writtenAt !== undefined && { at: writtenAt }) } as T;
}
