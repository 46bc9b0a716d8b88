import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { encodeByKafkajs, encodeRecord, replaceRecordEncoder } from './record-encoder.js';

const require = createRequire(import.meta.url);

const headers = { ce_type: 'ApprovalApproved', ce_source: 'transformer/normalise', leer: '', 部门: '某某公司 🧾' };
const record = {
  offsetDelta: 0,
  timestampDelta: 0,
  key: 'dingtalk/corp/approval/一',
  value: Buffer.from('{"a":1}'),
  headers,
};

describe('encodeRecord', () => {
  it.each([
    ['a message of ours', record],
    ['without headers', { ...record, headers: {} }],
    ['an empty value', { ...record, value: Buffer.alloc(0) }],
    ['far behind in its batch', { ...record, offsetDelta: 123_456 }],
    ['large', { ...record, key: 'ä'.repeat(1_000), value: Buffer.alloc(300_000, 7) }],
    [
      'with many headers',
      { ...record, headers: Object.fromEntries([...Array(200).keys()].map((n) => [`h${n}`, 'v'.repeat(n)])) },
    ],
    ['with a time of its own', { ...record, timestampDelta: 5 }],
    ['without key and value', { ...record, key: null, value: null }],
    ['with bytes for texts', { ...record, key: Buffer.from([1, 2]), headers: { a: Buffer.from([3]) } }],
    ['with a header twice', { ...record, headers: { a: ['1', '2'] } }],
  ])('gives the bytes that kafkajs gives: %s', (_, one) => {
    expect(encodeRecord(one).buffer.equals(encodeByKafkajs(one).buffer)).toBe(true);
  });

  it('is what kafkajs makes its batches with', async () => {
    replaceRecordEncoder();
    const bytes = await produceRequest([{ key: 'k', value: Buffer.from('v'), headers: { name: 'header' } }]);
    const expected = encodeRecord({ ...record, key: 'k', value: Buffer.from('v'), headers: { name: 'header' } }).buffer;
    expect(bytes.includes(expected)).toBe(true);
    expect(require('kafkajs/src/protocol/recordBatch/record/v0')).toBe(encodeRecord);
  });
});

async function produceRequest(messages: readonly object[]): Promise<Buffer> {
  const request = require('kafkajs/src/protocol/requests/produce/v3/request');
  const topicData = [{ topic: 't', partitions: [{ partition: 0, messages }] }];
  return (await request({ acks: -1, timeout: 1, topicData }).encode()).buffer;
}
