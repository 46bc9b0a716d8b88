import { Partitioners } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { shardOf } from './shard-of.js';

describe('shardOf', () => {
  const theirs = Partitioners.DefaultPartitioner();
  const partitionMetadata = Array.from({ length: 12 }, (_, partitionId) => ({
    partitionId,
    leader: 1,
    partitionErrorCode: 0,
    replicas: [],
    isr: [],
  }));

  it('is the partition that Kafka clients choose for a key, whatever its length and characters', () => {
    const keys = ['a', 'ab', 'abc', 'abcd', 'abcde', '费用报销', 'dingtalk/corp1/approval/é-1', 'x'.repeat(99)];
    const many = Array.from({ length: 500 }, (_, n) => `dingtalk/ding${n}/approval/${n * 7919}`);
    for (const key of [...keys, ...many]) {
      expect(shardOf(key, 12)).toBe(theirs({ topic: 't', partitionMetadata, message: { key, value: '' } }));
    }
  });
});
