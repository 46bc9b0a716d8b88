import { createRequire } from 'node:module';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRecord, recordDecoder } from './record-decoder.js';

const require = createRequire(import.meta.url);
const Decoder = require('kafkajs/src/protocol/decoder');
const encodeRecord = require('kafkajs/src/protocol/recordBatch/record/v0/index.js');

const batch = { firstOffset: '9007199254740', firstTimestamp: '1764000000123', magicByte: 2, isControlBatch: false };

const value = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 80 }), fc.constant(''));
const records = fc.record({
  offsetDelta: fc.integer({ min: 0, max: 100_000 }),
  timestampDelta: fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
  key: fc.oneof(fc.constant(null), fc.string({ unit: 'grapheme' })),
  value: fc.oneof(
    fc.constant(null),
    fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
  ),
  headers: fc.array(
    fc.tuple(
      fc.oneof(
        fc.constantFrom('ce_id', 'ce_type', 'ce_source', '部门'),
        fc.string({ unit: 'grapheme', maxLength: 300 }),
      ),
      fc.oneof(value, fc.array(value, { minLength: 2, maxLength: 4 })),
    ),
    { maxLength: 15 },
  ),
});

describe('decodeRecord', () => {
  it('gives what kafkajs gives, with headers as text', () => {
    fc.assert(
      fc.property(records, ({ headers, ...record }) => {
        const bytes = recordBytes({ ...record, headers: Object.fromEntries(headers) });
        expect(decodeRecord(new Decoder(bytes), batch)).toEqual(asText(recordDecoder.own(new Decoder(bytes), batch)));
      }),
      { numRuns: 2_000 },
    );
  });

  it('gives a header without value as kafkajs does', () => {
    // kafkajs writes none: attributes, two deltas, no key, no value, one header "a" of length -1
    const bytes = Buffer.from([0, 0, 0, 1, 1, 2, 2, 0x61, 1]);
    expect(decodeRecord(new Decoder(bytes), batch).headers).toEqual({ a: null });
    expect(recordDecoder.own(new Decoder(bytes), batch)).toMatchObject({ headers: { a: null } });
  });

  it('does not take a byte for the character of its number', () => {
    // The header "é" in UTF-8, whose character has the number 0xe9; then the same place holds that byte, which is no UTF-8.
    const accented = Buffer.from([0, 0, 0, 1, 1, 2, 4, 0xc3, 0xa9, 1]);
    const broken = Buffer.from([0, 0, 0, 1, 1, 2, 2, 0xe9, 1]);
    expect(decodeRecord(new Decoder(accented), batch).headers).toEqual({ é: null });
    expect(decodeRecord(new Decoder(broken), batch).headers).toEqual({ '\ufffd': null });
  });

  it('leaves out a header that would be the prototype of all', () => {
    const headers = { ['__proto__']: ['x', 'y'], a: 'b' };
    const bytes = recordBytes({ key: 'k', value: null, headers });
    expect(decodeRecord(new Decoder(bytes), batch).headers).toEqual({ a: 'b' });
  });

  it('takes the time of the log where the topic says so', () => {
    const appended = { ...batch, timestampType: 1, maxTimestamp: '1764000009999' };
    const bytes = recordBytes({ offsetDelta: 0, timestampDelta: 5, key: 'k', value: null, headers: {} });
    expect(decodeRecord(new Decoder(bytes), appended).timestamp).toBe('1764000009999');
    expect(recordDecoder.own(new Decoder(bytes), appended)).toMatchObject({ timestamp: '1764000009999' });
  });

  it('is what kafkajs reads its batches with', () => {
    expect(Object.keys(require.cache).some((path) => path.endsWith('recordBatch/v0/decoder.js'))).toBe(false);
    recordDecoder.replaceBy(decodeRecord);
    expect(require('kafkajs/src/protocol/recordBatch/record/v0/decoder.js')).toBe(decodeRecord);
  });
});

/** Without the record's length, as the decoder gets it. */
function recordBytes(record: object): Buffer {
  const decoder = new Decoder(encodeRecord(record).buffer);
  return decoder.readVarIntBytes();
}

function asText({ headers, ...rest }: object & { headers?: object }): object {
  const text = (value: unknown) => (Buffer.isBuffer(value) ? value.toString() : value);
  const named = Object.entries(headers ?? {}).filter(([name]) => name !== '__proto__');
  const texts = named.map(([name, value]) => [name, Array.isArray(value) ? value.map(text) : text(value)]);
  return { ...rest, headers: Object.fromEntries(texts) };
}
