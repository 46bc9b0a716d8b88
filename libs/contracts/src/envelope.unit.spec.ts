import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decode, encode, type LogRecord, UnreadableRecord } from './envelope.js';
import { MESSAGES } from './messages/index.js';

const GOLDEN = new URL('../golden/', import.meta.url);

interface Golden {
  readonly topic: string;
  readonly key: string;
  readonly headers: Record<string, string>;
  readonly value: unknown;
}

function golden(file: string): Golden {
  return JSON.parse(readFileSync(new URL(file, GOLDEN), 'utf8')) as Golden;
}

function record(from: Golden): LogRecord {
  const { topic, key, headers, value } = from;
  return { topic, key, headers, value: Buffer.from(JSON.stringify(value)), partition: 0, offset: 0n, timestamp: 0 };
}

const files = readdirSync(GOLDEN);
const sample = golden('PostVoucher.v1.json');

describe('golden messages', () => {
  it('exist for every version of every type', () => {
    const expected = Object.entries(MESSAGES).flatMap(([type, { version }]) =>
      Array.from({ length: version }, (_, n) => `${type}.v${n + 1}.json`),
    );
    expect([...files].sort()).toEqual(expected.sort());
  });

  it.each(files)('%s is read, and written again byte for byte', (file) => {
    const from = golden(file);
    const written = encode(decode(record(from)));
    expect(written.key).toBe(from.key);
    expect(written.headers).toEqual(from.headers);
    expect(JSON.parse(written.value.toString())).toEqual(from.value);
  });
});

describe('a record that no writer of ours sends', () => {
  const faulty: [string, Partial<LogRecord>, RegExp][] = [
    ['no type', { headers: { ...sample.headers, ce_type: '' } }, /ce_type is missing/],
    [
      'a type of the prototype',
      { headers: { ...sample.headers, ce_type: 'constructor' } },
      /"constructor" is not known/,
    ],
    ['another topic', { topic: 'approvals.events.v1' }, /does not belong on approvals/],
    ['a later version', { headers: { ...sample.headers, ce_dataversion: '9' } }, /version 9 is not known/],
    ['no key', { key: null }, /no key/],
    ['a broken sequence', { headers: { ...sample.headers, ce_sequence: '1e3' } }, /ce_sequence "1e3"/],
    ['no value', { value: null }, /no value/],
    ['broken JSON', { value: Buffer.from('{"a":') }, /no JSON/],
    ['a list', { value: Buffer.from('[]') }, /no JSON object/],
  ];
  it.each(faulty)('%s is unreadable, with the part at fault', (_name, change, words) => {
    const read = () => decode({ ...record(sample), ...change });
    expect(read).toThrow(UnreadableRecord);
    expect(read).toThrow(words);
  });
});
