import { expect, it } from 'vitest';
import { carriedKey, readCarriedKey } from './carried-key.js';

it.each([
  [1, 'abc'],
  [2, 'abc#2'],
  [13, 'abc#13'],
])('a document carries generation %i, and shows it', (generation, text) => {
  expect(carriedKey('abc', generation)).toBe(text);
  expect(readCarriedKey(text)).toEqual({ voucherKey: 'abc', generation });
});

it.each(['abc#1', 'abc#0', 'abc#02', 'abc#', '#2', 'abc#2 ', 'abc#x', ''])('%s was not written by us', (text) => {
  expect(readCarriedKey(text)).toEqual({ voucherKey: text, generation: 1 });
});
