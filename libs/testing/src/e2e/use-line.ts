import { afterAll, beforeAll, inject } from 'vitest';
import { Line } from './line.js';

/** The line for the tests of a file; it starts with the first file that needs it. After each file the whole books are checked. */
export function useLine(): () => Line {
  let line: Line | undefined;
  beforeAll(async () => {
    line = await Line.open(inject('stackControl'));
  });
  afterAll(async () => {
    await line?.expectNothingElse();
    await line?.close();
  });
  return () => {
    if (line === undefined) throw new Error('the line is there once tests run');
    return line;
  };
}
