import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '@voucherline/local';
import { describe, expect, it } from 'vitest';
import { SABOTAGES } from './sabotages.js';

// The campaign takes ten minutes and is run now and then; a guard that was rewritten since shows here at once.
describe('every sabotage', () => {
  it.each(SABOTAGES.map((one) => [one.name, one] as const))('%s has its place and its spec', (_, one) => {
    expect(readFileSync(join(checkout, one.file), 'utf8').split(one.find)).toHaveLength(2);
    expect(existsSync(join(checkout, one.spec))).toBe(true);
  });
});
