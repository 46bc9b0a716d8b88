import { readFileSync } from 'node:fs';
import type { Level } from '@voucherline/domain';
import type { ShownLevels } from './ports/target.js';

/** Of the suite that shows levels (`conformance/target/levels.ts`); goes up when it asks for more than before. */
export const LEVELS_KIT = 1;

/** A connector's `levels.json`: what the suite of that kit saw of each operation. */
export interface LevelsFile {
  readonly kit: number;
  readonly levels: Readonly<Record<string, Level>>;
}

/**
 * Reads a connector's `levels.json`. What an older kit saw is not shown any more: the operation posts nothing unattended
 * until the suite of this one has run.
 * @throws {TypeError} when the file is none of this kind
 */
export function readLevels(file: URL): ShownLevels {
  const { kit, levels } = JSON.parse(readFileSync(file, 'utf8')) as Partial<LevelsFile>;
  const good = levels !== undefined && Object.values(levels).every((level) => /^L[0-3]$/.test(level));
  if (typeof kit !== 'number' || !good) throw new TypeError(`${file.pathname}: expected {"kit": 1, "levels": {…}}`);
  return kit === LEVELS_KIT ? levels : {};
}
