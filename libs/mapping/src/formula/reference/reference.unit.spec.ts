import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { GROUPS } from '../functions/registry.js';
import { exampleResult } from './example.js';
import { reference } from './reference.js';

const functions = GROUPS.flatMap((group) => group.functions);

describe('the functions', () => {
  it.each(functions.map(({ name, example }) => [name, ...example] as const))(
    '%s does as its example says',
    (_, formula, result) => expect(exampleResult(formula)).toBe(result),
  );

  it.each(functions.map(({ name, example }) => [name, example[0]] as const))(
    '%s is called in its own example',
    (name, formula) => expect(formula).toContain(`${name}(`),
  );

  it('have names of their own', () => {
    expect(new Set(functions.map(({ name }) => name)).size).toBe(functions.length);
  });

  it('are all in FUNCTIONS.md as the registry has them', () => {
    const file = readFileSync(new URL('../../../FUNCTIONS.md', import.meta.url), 'utf8');
    const mend =
      'FUNCTIONS.md differs: npx tsc -b libs/mapping && node libs/mapping/dist/formula/reference/write-reference.js';
    expect(file, mend).toBe(reference());
  });
});
