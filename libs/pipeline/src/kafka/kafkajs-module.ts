import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * A module inside kafkajs of which there is a faster one of ours. kafkajs loads such a module when it first needs it, so ours has
 * to be put in its place before. Written for kafkajs 2.2.4, whose version is pinned; tests compare each pair.
 */
export class KafkajsModule<T> {
  /** kafkajs' own. */
  readonly own: T;
  readonly #path: string;

  /** @param name below `kafkajs/src` */
  constructor(name: string) {
    this.#path = require.resolve(`kafkajs/src/${name}`);
    this.own = require(this.#path) as T;
  }

  /** From now on kafkajs gets ours. */
  replaceBy(ours: T): void {
    const loaded = require.cache[this.#path];
    if (loaded === undefined)
      throw new Error(`kafkajs did not load ${this.#path}; install kafkajs 2.2.4, for which ours was written`);
    loaded.exports = ours;
  }
}
