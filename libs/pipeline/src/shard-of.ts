const SEED = 0x9747b28c;
const M = 0x5bd1e995;

/**
 * The shard a key belongs to: the partition that Kafka's Java client and kafkajs' DefaultPartitioner would choose, so that
 * messages written by others with the usual tools end up where ours do.
 */
export function shardOf(key: string, shards: number): number {
  return (murmur2(Buffer.from(key)) & 0x7fffffff) % shards;
}

/** murmur2 as in Kafka's `org.apache.kafka.common.utils.Utils`. */
function murmur2(data: Buffer): number {
  const { length } = data;
  let hash = SEED ^ length;
  const whole = length & ~3;
  for (let i = 0; i < whole; i += 4) {
    let part = Math.imul(data.readInt32LE(i), M);
    part = Math.imul(part ^ (part >>> 24), M);
    hash = Math.imul(hash, M) ^ part;
  }
  if (length > whole) {
    for (let i = length - 1; i >= whole; i--) hash ^= (data[i] as number) << (8 * (i - whole));
    hash = Math.imul(hash, M);
  }
  hash = Math.imul(hash ^ (hash >>> 13), M);
  return hash ^ (hash >>> 15);
}
