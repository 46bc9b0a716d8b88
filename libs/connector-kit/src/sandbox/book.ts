import { readFileSync } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';

/** One accepted change of one document of a sandbox, as its line in the book. Fields of the document stand beside these. */
export interface BookLine {
  readonly seq: number;
  /** RFC 3339, by the sandbox's clock. */
  readonly at: string;
  readonly form: string;
  readonly id: string;
  readonly deleted?: true;
  readonly [field: string]: unknown;
}

/**
 * The truth of a sandbox: an append-only JSONL file, one line a change. A promise of `append` resolves when its line is on
 * disk; changes that arrive during a sync share the next one. It knows no uniqueness, so doubles can show.
 */
export class Book {
  readonly path: string;
  readonly #file: FileHandle;
  #seq: number;
  #waiting: { text: string; done: () => void; failed: (error: unknown) => void }[] = [];
  #writing: Promise<void> | undefined;

  private constructor(path: string, file: FileHandle, seq: number) {
    this.path = path;
    this.#file = file;
    this.#seq = seq;
  }

  /** Opens or makes the file. Returns with it what a restarted sandbox has to know: the documents that exist. */
  static async open(path: string): Promise<{ book: Book; documents: readonly BookLine[] }> {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, 'a+');
    const { lines, wholeBytes } = parseBook(await file.readFile());
    // A crash inside a write leaves half a line, whose change was never answered.
    await file.truncate(wholeBytes);
    const book = new Book(path, file, lines.at(-1)?.seq ?? 0);
    return { book, documents: latest(lines).filter((line) => line.deleted === undefined) };
  }

  /** Writes a change. `document` is the whole document after it. */
  append(form: string, id: string, document: object, deleted = false): Promise<void> {
    this.#seq += 1;
    const head = { seq: this.#seq, at: new Date().toISOString(), form, id };
    const text = `${JSON.stringify({ ...document, ...head, ...(deleted && { deleted }) })}\n`;
    return new Promise((done, failed) => {
      this.#waiting.push({ text, done, failed });
      this.#writing ??= this.#write();
    });
  }

  /** Forgets everything. */
  async reset(): Promise<void> {
    await this.#writing;
    await this.#file.truncate(0);
    this.#seq = 0;
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#file.close();
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      try {
        await this.#file.appendFile(group.map(({ text }) => text).join(''));
        await this.#file.datasync();
        for (const { done } of group) done();
      } catch (error) {
        for (const { failed } of group) failed(error);
      }
    }
    this.#writing = undefined;
  }
}

/** The last line of every document in a book, deleted ones with `deleted: true`, in order of their first line. */
export function readBook(path: string): readonly BookLine[] {
  return latest(parseBook(readFileSync(path)).lines);
}

function latest(lines: readonly BookLine[]): BookLine[] {
  const byDocument = new Map<string, BookLine>();
  for (const line of lines) byDocument.set(`${line.form}\0${line.id}`, line);
  return [...byDocument.values()];
}

function parseBook(bytes: Buffer): { lines: BookLine[]; wholeBytes: number } {
  const wholeBytes = bytes.lastIndexOf('\n') + 1;
  const texts = bytes.toString('utf8', 0, wholeBytes).split('\n').slice(0, -1);
  return { lines: texts.map((text) => JSON.parse(text) as BookLine), wholeBytes };
}
