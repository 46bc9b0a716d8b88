import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { LEVELS_KIT, readLevels } from './levels.js';

function fileOf(content: unknown): URL {
  const path = join(mkdtempSync(join(tmpdir(), 'levels-')), 'levels.json');
  writeFileSync(path, JSON.stringify(content));
  return pathToFileURL(path);
}

it('hands on what this kit saw, and nothing that another one did', () => {
  const levels = { push: 'L1', save: 'L2' };
  expect(readLevels(fileOf({ kit: LEVELS_KIT, levels }))).toEqual(levels);
  expect(readLevels(fileOf({ kit: LEVELS_KIT - 1, levels }))).toEqual({});
});

it.each([{ levels: {} }, { kit: LEVELS_KIT }, { kit: LEVELS_KIT, levels: { push: 'L4' } }])(
  'refuses a file that is none: %j',
  (content) => {
    expect(() => readLevels(fileOf(content))).toThrow(/levels\.json: expected/);
  },
);
