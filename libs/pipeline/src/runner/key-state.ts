/** Where a topic's messages of a key are stopped. */
export interface Stop {
  readonly id: string;
  readonly offset: number;
}

/**
 * What the runner and the stage know about a key. Each part is folded from one topic alone (`seen`, `waiting` from the input
 * they name; `out`, `parked`, `dropped`, `blocked`, `waived` from own outputs), so a rebuild finds the same.
 */
export interface KeyState<S> {
  /** The stage's own state. */
  stage: S;
  /** Last sequence folded, by input topic and source. */
  readonly seen: Record<string, Record<string, number>>;
  /** Last sequence said, by output topic. */
  readonly out: Record<string, number>;
  /** The parked message of an input topic; later ones of that topic are held behind it. */
  readonly parked: Record<string, Stop>;
  /** The first message of an input topic that waits for a missing one before it. */
  readonly waiting: Record<string, Stop>;
  /** Parked messages that were discarded or superseded, and gaps that were given up. */
  readonly dropped: string[];
  /** The decision that is parked, and the time of that: by it those that wait for the same go on in their order. */
  blocked: { readonly id: string; readonly code: string; readonly since: string } | undefined;
  /** Codes of parked decisions that a person discarded. */
  readonly waived: string[];
}

export function newKeyState<S>(stage: S): KeyState<S> {
  return { stage, seen: {}, out: {}, parked: {}, waiting: {}, dropped: [], blocked: undefined, waived: [] };
}

/** States as kept; what is empty is left out. */
export function stateText(state: KeyState<unknown>): string {
  const { stage, seen, out, parked, waiting, dropped, blocked, waived } = state;
  return JSON.stringify({
    stage,
    seen,
    out,
    ...(!isEmpty(parked) && { parked }),
    ...(!isEmpty(waiting) && { waiting }),
    ...(dropped.length > 0 && { dropped }),
    ...(blocked && { blocked }),
    ...(waived.length > 0 && { waived }),
  });
}

export function parseState<S>(text: string): KeyState<S> {
  const kept = JSON.parse(text) as Partial<KeyState<S>> & { stage: S };
  return Object.assign(newKeyState(kept.stage), kept);
}

export function isEmpty(record: object): boolean {
  for (const _ in record) return false;
  return true;
}
