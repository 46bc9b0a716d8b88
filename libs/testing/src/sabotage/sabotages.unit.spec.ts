import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '@voucherline/local';
import { describe, expect, it } from 'vitest';
import { SABOTAGES } from './sabotages.js';

// The campaign takes ten minutes and is run now and then; a guard that was rewritten since shows here at once.
describe('every sabotage', () => {
  it.each(SABOTAGES.map((one) => [one.name, one] as const))('%s has its place and its spec', (_, one) => {
    const read = (file: string) => readFileSync(join(checkout, file), 'utf8');
    expect(read(one.file).split(one.find)).toHaveLength(2);
    expect(one.replace).not.toBe(one.find);
    expect(read(one.spec)).not.toBe('');
  });
});
