import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { produceRequest, requestModule } from './produce-request.js';

const require = createRequire(import.meta.url);

const headers = { ce_type: 'ApprovalApproved', ce_source: 'transformer/normalise', leer: '', 部门: '某某公司 🧾' };
const message = {
  key: 'dingtalk/corp/approval/一',
  value: Buffer.from('{"a":1}'),
  headers,
  timestamp: '1764000000123',
};

describe('produceRequest', () => {
  it.each([
    ['a message of ours', [message]],
    ['without headers', [{ ...message, headers: {} }]],
    ['an empty value', [{ ...message, value: Buffer.alloc(0) }]],
    ['many', Array.from({ length: 200 }, (_, n) => ({ ...message, key: `k${n}`, value: Buffer.alloc(n * 7, n) }))],
    ['large', [{ ...message, key: 'ä'.repeat(1_000), value: Buffer.alloc(300_000, 7) }]],
    [
      'with many headers',
      [{ ...message, headers: Object.fromEntries([...Array(200).keys()].map((n) => [`h${n}`, 'v'.repeat(n)])) }],
    ],
    ['at different times', [message, { ...message, timestamp: '1764000000128' }]],
    ['without key and value', [{ ...message, key: null, value: null }]],
    ['with bytes for texts', [{ ...message, key: Buffer.from([1, 2]), headers: { a: Buffer.from([3]) } }]],
    ['with a header twice', [{ ...message, headers: { a: ['1', '2'] } }]],
  ])('gives the bytes that kafkajs gives: %s', async (_, messages) => {
    const options = requestOf(messages);
    const bytes = (await produceRequest(options).encode()).buffer;
    expect(bytes.equals((await requestModule.own(options).encode()).buffer)).toBe(true);
  });

  it.each([
    ['compressed', { compression: 1 }],
    ['of a transaction', { transactionalId: 't' }],
    ['of an idempotent producer', { producerId: 7n }],
  ])('leaves to kafkajs what is %s', async (_, other) => {
    const options = { ...requestOf([message]), ...other };
    const bytes = (await produceRequest(options).encode()).buffer;
    expect(bytes.equals((await requestModule.own(options).encode()).buffer)).toBe(true);
  });

  it('is what kafkajs makes its newest request with', async () => {
    requestModule.replaceBy(produceRequest);
    const newest = require('kafkajs/src/protocol/requests/produce/v7/request');
    const request = newest(requestOf([message]));
    expect(request).toMatchObject({ apiName: 'Produce', apiVersion: 7 });
    expect(request.expectResponse()).toBe(true);
    expect(require('kafkajs/src/protocol/requests/produce/v3/request')).toBe(produceRequest);
    const bytes = (await request.encode()).buffer;
    expect(bytes.equals((await requestModule.own(requestOf([message])).encode()).buffer)).toBe(true);
  });
});

function requestOf(messages: readonly object[]) {
  const partitions = [
    { partition: 3, messages },
    { partition: 11, messages: [message, message] },
  ];
  const topicData = [
    { topic: 'voucherline.inbound.received.v1', partitions },
    { topic: '另一个', partitions: partitions.slice(1) },
  ];
  return { acks: -1, timeout: 10_000, producerId: -1, topicData };
}
