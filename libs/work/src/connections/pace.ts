/** Length and number of the pieces of time that are looked back upon: a minute in all. */
const PIECE_MS = 10_000;
const PIECES = 6;

/** How fast the due lanes of a connection get done, from what got done in the last minute. */
export class Pace {
  readonly #done = new Map<number, number>();
  readonly #since: number;

  constructor(now: number) {
    this.#since = now;
  }

  /** A lane that was due is done for now. */
  note(now: number): void {
    const piece = Math.floor(now / PIECE_MS);
    this.#done.set(piece, (this.#done.get(piece) ?? 0) + 1);
    for (const old of this.#done.keys()) if (old <= piece - PIECES) this.#done.delete(old);
  }

  /** How long the backlog will take at this pace, in s; null while nothing gets done. */
  drainSeconds(backlog: number, now: number): number | null {
    if (backlog === 0) return 0;
    const from = Math.max(this.#since, (Math.floor(now / PIECE_MS) - PIECES + 1) * PIECE_MS);
    let done = 0;
    for (const [piece, count] of this.#done) if ((piece + 1) * PIECE_MS > from) done += count;
    return done === 0 ? null : Math.ceil((backlog / done) * Math.max(1, (now - from) / 1000));
  }
}
