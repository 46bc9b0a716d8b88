import { existsSync, readdirSync, rmSync } from 'node:fs';
import { basename } from 'node:path';
import { endRecorded } from '../processes/pid-file.js';
import type { StackPlaces } from './places.js';

/** Servers that others depend on, so they end last. */
const last = ['kafka', 'postgres'];

/**
 * Ends the processes that a supervisor left behind when it was killed itself; resolves with their names.
 * Only to be called by who holds the lock, or after its holder has ended.
 */
export async function endLeftovers(places: StackPlaces): Promise<string[]> {
  rmSync(places.environment, { force: true });
  const files = existsSync(places.run) ? readdirSync(places.run).filter((file) => file.endsWith('.json')) : [];
  const names = files.map((file) => basename(file, '.json')).filter((name) => places.pidFileOf(name) !== places.lock);
  const groups = [names.filter((name) => !last.includes(name)), names.filter((name) => last.includes(name))];
  const ended: string[] = [];
  for (const group of groups) {
    const found = await Promise.all(group.map((name) => endRecorded(places.pidFileOf(name), 25_000)));
    ended.push(...group.filter((_, at) => found[at]));
  }
  return ended;
}
