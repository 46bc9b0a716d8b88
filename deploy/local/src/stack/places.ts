import { join } from 'node:path';
import { dataFolder } from '../checkout.js';

/** Where a member of the stack logs. */
export const logFileOf = (name: string) => join(dataFolder, 'logs', `${name}.log`);

/** Which process a member of the stack is. */
export const pidFileOf = (name: string) => join(runFolder, `${name}.json`);

export const runFolder = join(dataFolder, 'run');

/** The supervisor's pid file is also the lock: one stack a checkout. */
export const supervisor = 'supervisor';

/** The variables of the running stack, for the command line; absent while nothing runs. */
export const environmentFile = join(runFolder, 'environment.json');

/** One file a secret of the local sandboxes, named as the secret. */
export const secretsFolder = join(dataFolder, 'secrets');
