import { join, resolve } from 'node:path';

/** The root of this checkout; `src` and `dist` lie equally deep. */
export const checkout = resolve(import.meta.dirname, '../../..');

/** Where everything that runs keeps its data, logs and pid files; git ignores it, `npm run reset` deletes it. */
export const dataFolder = join(checkout, '.data');
