import { afterAll, afterEach, beforeAll, inject } from 'vitest';
import { Line } from './line.js';
import { startStackControl } from './stack-control.js';

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
  return () => there(line);
}

/** The same on a stack of its own, for tests that change by what rules all history would be planned anew. */
export function useOwnLine(): () => Line {
  let control: Awaited<ReturnType<typeof startStackControl>> | undefined;
  let line: Line | undefined;
  let isSound = true;
  beforeAll(async () => {
    control = await startStackControl();
    line = await Line.open(control.url);
  });
  afterEach(({ task }) => {
    isSound &&= task.result?.state !== 'fail';
  });
  afterAll(async () => {
    try {
      await line?.expectNothingElse();
    } catch (error) {
      isSound = false;
      throw error;
    } finally {
      await line?.close();
      await control?.close({ keep: !isSound });
    }
  });
  return () => there(line);
}

function there(line: Line | undefined): Line {
  if (line === undefined) throw new Error('the line is there once tests run');
  return line;
}
