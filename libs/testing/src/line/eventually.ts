import { setTimeout as pause } from 'node:timers/promises';
import { inspect } from 'node:util';

/** How long most things may take on a busy machine with two cores; a restart of a service included. */
const USUAL_MS = 60_000;

/**
 * Repeats a check until it throws no more, and gives its result. For what other processes do in their own time; a check
 * made once is a plain `expect`.
 * @throws the check's last error with what was waited for and how long, once `withinMs` is over.
 */
export async function eventually<T>(
  what: string,
  check: () => T | Promise<T>,
  { withinMs = USUAL_MS, everyMs = 200 } = {},
): Promise<T> {
  const limit = Date.now() + withinMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > limit) {
        const last = error instanceof Error ? error.message : inspect(error);
        throw new Error(`${what}: not after ${withinMs / 1000} s. Last: ${last}`, { cause: error });
      }
    }
    await pause(everyMs);
  }
}
