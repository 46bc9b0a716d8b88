const SECOND = 1000;

/** Gap before the next read of a failed or undecided look, in ms: 1 s, doubling, at most 30 s. */
export function doubtGap(tries: number): number {
  return Math.min(SECOND * 2 ** Math.min(tries, 10), 30 * SECOND);
}

/** Gap before a missing prerequisite is asked for again, in ms: 2 s, doubling, at most 10 min. */
export function patienceGap(tries: number): number {
  return Math.min(2 * SECOND * 2 ** Math.min(tries, 10), 600 * SECOND);
}

/** Gap after a request that never left, in ms. The connection's breaker sees to longer rests. */
export const NOT_SENT_GAP = 2 * SECOND;

/** A vendor's own "later", in ms, kept within reason: absurd values must neither hammer nor stop us for years (F21). */
export function throttleGap(afterMs: number): number {
  return Number.isFinite(afterMs) ? Math.min(Math.max(afterMs, SECOND), 3600 * SECOND) : 60 * SECOND;
}

/** How long a look-up that found nothing allows a create, in ms. A clerk may have made the document since (F28). */
export const LOOK_UP_VALID = 60 * SECOND;

/** How far the target's clock may be behind ours, in ms, before a document of ours looks older than its attempt. */
export const CLOCK_TOLERANCE = 900 * SECOND;

/** Doubts about one step in a row after which a person is asked. */
export const MOST_DOUBTS = 5;
