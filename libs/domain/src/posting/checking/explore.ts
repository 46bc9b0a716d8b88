import { canonical, type ModelOptions, moves, start, violationOf, type World } from './model.js';

/** What a search through all interleavings within bounds found. */
export interface Exploration {
  readonly states: number;
  /** Worlds in which the voucher got confirmed; none means that the bounds are too narrow to say anything. */
  readonly confirmed: number;
  /** The first violation met, with a shortest way to it. */
  readonly violation?: { readonly what: string; readonly trace: readonly string[] };
}

interface Arrival {
  readonly from: string;
  readonly move: string;
}

/**
 * Breadth-first through every world that the bounds allow; stops at the first violation.
 * @throws {Error} when the bounds are too wide for `mostStates`.
 */
export function explore(options: ModelOptions, mostStates = 1_000_000): Exploration {
  const first = start(options);
  const seen = new Map<string, Arrival | undefined>([[canonical(first), undefined]]);
  let frontier: [string, World][] = [[canonical(first), first]];
  let confirmed = 0;
  while (frontier.length > 0) {
    const next: [string, World][] = [];
    for (const [from, world] of frontier) {
      for (const { name, world: reached } of moves(world, options)) {
        const key = canonical(reached);
        if (seen.has(key)) continue;
        seen.set(key, { from, move: name });
        const what = violationOf(reached);
        if (what !== undefined) return { states: seen.size, confirmed, violation: { what, trace: traceTo(key, seen) } };
        if (reached.record.situation.name === 'confirmed') confirmed += 1;
        next.push([key, reached]);
      }
      if (seen.size > mostStates) throw new Error(`more than ${mostStates} states: narrow the bounds`);
    }
    frontier = next;
  }
  return { states: seen.size, confirmed };
}

function traceTo(key: string, seen: ReadonlyMap<string, Arrival | undefined>): readonly string[] {
  const trace: string[] = [];
  for (let step = seen.get(key); step !== undefined; step = seen.get(step.from)) trace.unshift(step.move);
  return trace;
}
