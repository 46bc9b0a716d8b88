import { setTimeout as pause } from 'node:timers/promises';
import type { Child } from './child.js';
import { lastWords } from './log-tail.js';

/**
 * Waits until `answers` says yes.
 * @throws when the process ends first or `limitMs` passes, with the essence of its log since `logFrom`.
 */
export async function waitUntil(
  child: Child,
  answers: () => Promise<boolean>,
  { limitMs, logFrom }: { limitMs: number; logFrom: number },
): Promise<void> {
  const limit = Date.now() + limitMs;
  while (child.ended === undefined) {
    if (await answers()) return;
    if (Date.now() > limit) {
      throw new Error(`${child.name} did not get ready in ${Math.round(limitMs / 1000)} s.${reasons(child, logFrom)}`);
    }
    await pause(100);
  }
  throw new Error(`${child.name} ended with ${child.ended}.${reasons(child, logFrom)}`);
}

/** What a log says about why a process failed, each line indented on a line of its own. */
export function reasons(child: Child, logFrom: number): string {
  const words = [...lastWords(child.logFile, logFrom), `(whole log: ${child.logFile})`];
  return words.map((line) => `\n  ${line}`).join('');
}
