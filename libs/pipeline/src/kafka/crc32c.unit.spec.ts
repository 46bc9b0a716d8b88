import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { crc32c } from './crc32c.js';

const byKafkajs = createRequire(import.meta.url)('kafkajs/src/protocol/recordBatch/crc32C/index.js');

describe('crc32c', () => {
  it.each([
    ['123456789', 0xe3069283],
    ['', 0],
    ['\0'.repeat(32), 0x8a9136aa],
  ])('gives the published value of %j', (text, expected) => {
    expect(crc32c(Buffer.from(text))).toBe(expected);
  });

  it('gives what kafkajs gives, at every length and place', () => {
    const bytes = Buffer.from(Array.from({ length: 120 }, (_, at) => (at * 167 + 13) % 256));
    for (let from = 0; from < bytes.length; from++) {
      expect(crc32c(bytes.subarray(from))).toBe(byKafkajs(bytes.subarray(from)));
      expect(crc32c(bytes.subarray(0, from))).toBe(byKafkajs(bytes.subarray(0, from)));
    }
  });
});
