import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson, parseJsonText, UnsafeJson, WEBHOOK_LIMITS } from './strict-json.js';

const parse = (text: string) => parseJsonText(text, WEBHOOK_LIMITS);

describe('strict JSON', () => {
  it('reads what JSON.parse reads, numbers as their text', () => {
    const value = fc.jsonValue({ maxDepth: 6, stringUnit: 'grapheme' });
    const numbersAsText = (json: unknown) =>
      JSON.parse(JSON.stringify(json, (_, v) => (typeof v === 'number' ? JSON.stringify(v) : v)));
    fc.assert(
      fc.property(value, fc.constantFrom(undefined, 2), (json, indent) => {
        fc.pre(!JSON.stringify(json).includes('__proto__'));
        expect(parse(JSON.stringify(json, null, indent))).toEqual(numbersAsText(json));
      }),
    );
  });

  it('keeps every digit', () => {
    expect(parse('{"id":9007199254740993,"amount":100.10}')).toEqual({ id: '9007199254740993', amount: '100.10' });
  });

  it.each([
    ['a name twice', '{"amount":1,"x":{"amount":1},"amount":2}', /comes twice/],
    ['a name twice, once escaped', '{"amount":1,"am\\u006funt":2}', /comes twice/],
    ['a name twice, blanks between', '{"a" : 1, "a"\n:2}', /comes twice/],
    ['the prototype', '{"__proto__":1}', /__proto__/],
    ['the prototype, escaped', '{"__pr\\u006fto__":1}', /__proto__/],
    ['a depth of 33', '['.repeat(33) + ']'.repeat(33), /deeper than 32/],
    ['a depth of 200 000', '{"a":'.repeat(200_000), /deeper than 32/],
    ['half a character', '{"a":"\\ud800"}', /half a character/],
    ['an open text', '{"a":"b\\"}', /no JSON/],
    ['a comma too many', '[1,]', /no JSON/],
    ['nothing', '', /no JSON/],
  ])('refuses %s', (_what, text, words) => {
    expect(() => parse(text)).toThrow(UnsafeJson);
    expect(() => parse(text)).toThrow(words);
  });

  it('takes a depth of 32, 5000 names, and texts that look like structure', () => {
    expect(() => parse('['.repeat(32) + ']'.repeat(32))).not.toThrow();
    const names = (count: number) => `{${Array.from({ length: count }, (_, n) => `"n${n}":0`).join()}}`;
    expect(() => parse(names(5000))).not.toThrow();
    expect(() => parse(names(5001))).toThrow(/more than 5000 names/);
    expect(parse('["{\\"a\\":[", "a", "a", "\\\\"]')).toEqual(['{"a":[', 'a', 'a', '\\']);
  });

  it('refuses bytes that are no UTF-8', () => {
    expect(() => parseJson(Buffer.from([0x22, 0xff, 0x22]), WEBHOOK_LIMITS)).toThrow(/no UTF-8/);
  });
});
