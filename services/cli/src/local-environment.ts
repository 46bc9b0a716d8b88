import { readFileSync } from 'node:fs';

/** Written by `npm run up` / `npm run demo` in the checkout: how to reach the local stack. */
const ENVIRONMENT_FILE = new URL('../../../.data/run/environment.json', import.meta.url);

/** Environment variables of the local stack of this checkout, or nothing when none was started. */
export function localEnvironment(): Readonly<Record<string, string>> {
  try {
    return JSON.parse(readFileSync(ENVIRONMENT_FILE, 'utf8')) as Record<string, string>;
  } catch {
    return {};
  }
}
