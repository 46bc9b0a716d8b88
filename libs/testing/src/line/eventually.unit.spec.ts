import { expect, test } from 'vitest';
import { eventually } from './eventually.js';

test('repeats a check until it holds, and gives its result', async () => {
  let tries = 0;
  const check = () => {
    tries += 1;
    if (tries < 3) throw new Error('not yet');
    return tries;
  };
  expect(await eventually('three tries', check, { everyMs: 1 })).toBe(3);
});

test('gives up with what was waited for and what was seen last', async () => {
  let seen = 0;
  const check = () => {
    seen += 1;
    throw new Error(`saw ${seen}`);
  };
  const waited = eventually('a bill in the book', check, { withinMs: 20, everyMs: 1 });
  await expect(waited).rejects.toThrow(/^a bill in the book: not after 0\.02 s\. Last: saw \d+$/);
});
