import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { StackFacts } from './start-test-stack.js';

/** What one process of a stack writes to its log from a moment on. */
export class ProcessLog {
  readonly #path: string;
  #from: number;

  constructor({ folder }: Pick<StackFacts, 'folder'>, name: string) {
    this.#path = join(folder, 'logs', `${name}.log`);
    this.#from = readFileSync(this.#path).length;
  }

  /** What was written since this was made. */
  text(): string {
    const file = openSync(this.#path, 'r');
    try {
      const bytes = Buffer.alloc(Math.max(0, fstatSync(file).size - this.#from));
      readSync(file, bytes, 0, bytes.length, this.#from);
      return bytes.toString('utf8');
    } finally {
      closeSync(file);
    }
  }
}
