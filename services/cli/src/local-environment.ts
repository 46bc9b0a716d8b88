import { readFileSync } from 'node:fs';
import { type Environment, KAFKA_VARIABLES } from '@voucherline/platform';

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

/**
 * What a command goes by: the terminal's variables before those of the local stack. How the brokers are reached is taken as a
 * whole from where KAFKA_BROKERS comes from, so that no login of one cluster goes to another.
 */
export function environmentOf(own: Environment, local: Environment): Environment {
  const kafka = own.KAFKA_BROKERS ? own : local;
  return { ...local, ...own, ...Object.fromEntries(KAFKA_VARIABLES.map((name) => [name, kafka[name]])) };
}
