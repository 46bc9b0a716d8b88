import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from './canonical-json.js';
import { documentKey, factId, parseDocumentKey, voucherKey } from './ids.js';
import { inMinorUnits, parseDecimal, sameAmount, sum } from './money.js';
import { rawBytes, rawContent } from './raw-content.js';
import { DEFAULT_SHARDS, partitionsOf, TOPICS } from './topics.js';

describe('ids', () => {
  it('keep the borders between parts', () => {
    expect(factId('ab', 'c')).not.toBe(factId('a', 'bc'));
    expect(factId('ab', 'c')).toMatch(/^[0-9a-f]{32}$/);
  });

  it('of vouchers never change: they stand in ERP documents', () => {
    expect(voucherKey('dingtalk/dingcorp0001/approval/inst-0001', 'payment-bill', 0)).toBe(
      'd61c5d0740090d481054e522f8434b2d',
    );
  });

  it('of documents split back into their parts, whatever is in them', () => {
    const part = fc.string({ minLength: 1, unit: 'grapheme' });
    fc.assert(
      fc.property(fc.record({ product: part, account: part, kind: part, id: part }), (ref) => {
        expect(parseDocumentKey(documentKey(ref))).toEqual(ref);
      }),
    );
  });

  it('of documents with a part too few are refused', () => {
    expect(() => parseDocumentKey('dingtalk/corp/approval')).toThrow(/expected <product>/);
  });
});

describe('money', () => {
  it.each([
    ['1,000.50', '1000.5'],
    [' 12 ', '12'],
    ['-0.10', '-0.1'],
    ['9007199254740993', '9007199254740993'],
  ])('reads %s as %s', (text, plain) => expect(parseDecimal(text)).toBe(plain));

  it.each(['', '1e3', '1,00', '0x10', '１２', '12元', '1,000,5', 'NaN'])('does not read %j', (text) => {
    expect(parseDecimal(text)).toBeUndefined();
  });

  it('adds without losing a cent', () => {
    expect(sum(['0.1', '0.2', '9007199254740993.01'])).toBe('9007199254740993.31');
    expect(sameAmount('1', '1.00')).toBe(true);
  });

  it('in minor units refuses a digit it would have to drop', () => {
    expect(inMinorUnits({ amount: '1.5', currency: 'CNY' })).toEqual({ amount: '1.50', currency: 'CNY' });
    expect(() => inMinorUnits({ amount: '1.505', currency: 'CNY' })).toThrow(/more than 2 decimal places/);
    expect(() => inMinorUnits({ amount: '1.5', currency: 'JPY' })).toThrow(/more than 0/);
  });
});

describe('raw content', () => {
  it('gives back every byte', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => rawBytes(rawContent(bytes)).equals(Buffer.from(bytes))));
    const marked = Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0x7d]);
    expect(rawBytes(rawContent(marked))).toEqual(marked);
  });

  it('stays readable where it is text', () => {
    expect(rawContent(Buffer.from('{"标题":1}'))).toMatchObject({ encoding: 'utf8', data: '{"标题":1}' });
  });
});

describe('canonical JSON', () => {
  it('does not depend on the order of members', () => {
    expect(canonicalJson({ b: [{ d: 1, c: 2 }], a: null })).toBe('{"a":null,"b":[{"c":2,"d":1}]}');
    expect(canonicalJson({ 10: 1, 9: 2, __proto__: 1 })).toBe(canonicalJson({ 9: 2, 10: 1 }));
  });
});

describe('topics', () => {
  it('with a key all have the same partitions', () => {
    for (const topic of Object.keys(TOPICS) as (keyof typeof TOPICS)[]) {
      expect(partitionsOf(topic, DEFAULT_SHARDS)).toBe(TOPICS[topic].key === 'none' ? 1 : DEFAULT_SHARDS);
    }
  });
});
