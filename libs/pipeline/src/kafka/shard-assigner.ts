import { AssignerProtocol, type PartitionAssigner } from 'kafkajs';

/**
 * Gives partition p of every topic to the same member (sorted member p mod n), so that a shard has one owner. kafkajs' own
 * assigner walks one flat list over all topics and does not (stack.md §5.4).
 */
export const shardAssigner: PartitionAssigner = ({ cluster }) => ({
  name: 'voucherline-shards',
  version: 1,
  async assign({ members, topics }) {
    const ids = members.map(({ memberId }) => memberId).sort();
    return ids.map((memberId, index) => ({
      memberId,
      memberAssignment: AssignerProtocol.MemberAssignment.encode({
        version: 1,
        assignment: Object.fromEntries(topics.map((topic) => [topic, partitionsOf(topic, index, ids.length)])),
        userData: Buffer.alloc(0),
      }),
    }));

    function partitionsOf(topic: string, index: number, count: number): number[] {
      return cluster
        .findTopicPartitionMetadata(topic)
        .map(({ partitionId }) => partitionId)
        .filter((partition) => partition % count === index);
    }
  },
  protocol({ topics }) {
    return {
      name: this.name,
      metadata: AssignerProtocol.MemberMetadata.encode({ version: 1, topics, userData: Buffer.alloc(0) }),
    };
  },
});
