/** Something planned for a time; of those planned for the same time the lower `rank` goes first, then the older. */
export interface Planned {
  readonly due: number;
  readonly rank: number;
  readonly order: number;
  readonly fn: () => void;
  cancelled: boolean;
}

/** What a fake clock has planned, the next one first: a heap, since simulations plan a lot. */
export class Agenda {
  readonly #heap: Planned[] = [];
  /** How many are planned and not cancelled. */
  size = 0;

  add(planned: Planned): void {
    this.#heap.push(planned);
    this.size++;
    this.#rise(this.#heap.length - 1);
  }

  /** Cancelling twice, or what has been taken, changes nothing. */
  cancel(planned: Planned): void {
    if (planned.cancelled) return;
    planned.cancelled = true;
    this.size--;
  }

  /** The next one; it stays planned. */
  peek(): Planned | undefined {
    while (this.#heap[0]?.cancelled) this.#removeFirst();
    return this.#heap[0];
  }

  /** Takes what {@link peek} shows. */
  take(): void {
    const [first] = this.#heap;
    if (first === undefined) return;
    this.#removeFirst();
    this.cancel(first);
  }

  #removeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink(0);
  }

  #rise(start: number): void {
    for (let at = start; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #sink(start: number): void {
    for (let at = start; ; ) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      let first = at;
      if (left < this.#heap.length && this.#isBefore(left, first)) first = left;
      if (right < this.#heap.length && this.#isBefore(right, first)) first = right;
      if (first === at) return;
      this.#swap(at, first);
      at = first;
    }
  }

  #isBefore(i: number, j: number): boolean {
    const [a, b] = [this.#heap[i] as Planned, this.#heap[j] as Planned];
    return (a.due - b.due || a.rank - b.rank || a.order - b.order) < 0;
  }

  #swap(i: number, j: number): void {
    const kept = this.#heap[i] as Planned;
    this.#heap[i] = this.#heap[j] as Planned;
    this.#heap[j] = kept;
  }
}
