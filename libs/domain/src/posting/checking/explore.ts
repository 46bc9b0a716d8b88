import type { SituationName } from '../record.js';
import { canonical, moves, violationOf } from './model.js';
import { type ModelOptions, start, type World } from './world.js';

/** What a search through all interleavings within bounds found. */
export interface Exploration {
  readonly states: number;
  /** Worlds by where the posting stands in them. None in an end that is asked for: the bounds are too narrow to say anything. */
  readonly reached: ReadonlyMap<SituationName, number>;
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
  const reached = new Map<SituationName, number>();
  let frontier: [string, World][] = [[canonical(first), first]];
  while (frontier.length > 0) {
    const next: [string, World][] = [];
    for (const [from, world] of frontier) {
      for (const { name, world: arrived } of moves(world, options)) {
        const key = canonical(arrived);
        if (seen.has(key)) continue;
        seen.set(key, { from, move: name });
        const what = violationOf(arrived);
        if (what !== undefined) return { states: seen.size, reached, violation: { what, trace: traceTo(key, seen) } };
        const { name: situation } = arrived.record.situation;
        reached.set(situation, (reached.get(situation) ?? 0) + 1);
        next.push([key, arrived]);
      }
      if (seen.size > mostStates) throw new Error(`more than ${mostStates} states: narrow the bounds`);
    }
    frontier = next;
  }
  return { states: seen.size, reached };
}

function traceTo(key: string, seen: ReadonlyMap<string, Arrival | undefined>): readonly string[] {
  const trace: string[] = [];
  for (let step = seen.get(key); step !== undefined; step = seen.get(step.from)) trace.unshift(step.move);
  return trace;
}
