/** The ids taken in last, oldest forgotten first. A producer that was not sure sends again within moments, never after days. */
export class RecentIds {
  readonly #ids = new Set<string>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  add(ids: readonly string[]): void {
    for (const id of ids) this.#ids.add(id);
    for (const id of this.#ids) {
      if (this.#ids.size <= this.#most) return;
      this.#ids.delete(id);
    }
  }
}
