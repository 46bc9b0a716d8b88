import { join } from 'node:path';

/** Where a stack keeps what it has, below one folder: `.data` of the checkout, or a test's own. */
export function stackPlaces(folder: string) {
  const run = join(folder, 'run');
  return {
    folder,
    run,
    /** Where a member keeps its data. */
    dataOf: (name: string) => join(folder, name),
    /** Where a member logs. */
    logOf: (name: string) => join(folder, 'logs', `${name}.log`),
    /** Which process a member is. */
    pidFileOf: (name: string) => join(run, `${name}.json`),
    /** The supervisor's pid file is also the lock: one stack a folder. */
    lock: join(run, 'supervisor.json'),
    /** The variables of the running stack, for the command line; absent while nothing runs. */
    environment: join(run, 'environment.json'),
    /** One file a secret of the sandboxes, named as the secret. */
    secrets: join(folder, 'secrets'),
  };
}

export type StackPlaces = ReturnType<typeof stackPlaces>;
