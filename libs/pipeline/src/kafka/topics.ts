import { partitionsOf, TOPICS, type Topic } from '@voucherline/contracts';
import type { Timers } from '@voucherline/platform';
import type { Admin } from 'kafkajs';

/** Topics whose creation went wrong, or that are there with another number of partitions. */
export class TopicMismatch extends Error {
  override readonly name = 'TopicMismatch';
}

const DAY_MS = 86_400_000;

/** How often a new topic is asked for before its absence is taken for a fault. */
const ATTEMPTS = 60;
const BETWEEN_ATTEMPTS_MS = 500;

/** Creates what the topic table names and is absent, and waits until its leaders answer. @throws {TopicMismatch} */
export async function createTopics(
  admin: Admin,
  shards: number,
  nameOf: (topic: Topic) => string,
  timers: Timers,
): Promise<readonly Topic[]> {
  const all = Object.keys(TOPICS) as Topic[];
  const existing = new Set(await admin.listTopics());
  const { brokers } = await admin.describeCluster();
  const replicationFactor = Math.min(3, brokers.length);
  const absent = all.filter((topic) => !existing.has(nameOf(topic)));
  if (absent.length > 0) {
    await admin.createTopics({
      // kafkajs gives up when a broker has not heard of a topic yet; `served` does not.
      waitForLeaders: false,
      topics: absent.map((topic) => ({
        topic: nameOf(topic),
        numPartitions: partitionsOf(topic, shards),
        replicationFactor,
        configEntries: settings(topic, replicationFactor),
      })),
    });
  }
  await served(admin, absent.map(nameOf), timers);
  await checkPartitions(admin, all, shards, nameOf);
  return absent;
}

/** A broker knows a topic a little after the controller has made it; until then producers would repeat their sends. */
async function served(admin: Admin, names: readonly string[], timers: Timers): Promise<void> {
  for (const name of names) {
    for (let attempt = 1; ; attempt++) {
      try {
        await admin.fetchTopicOffsets(name);
        break;
      } catch (error) {
        if (attempt === ATTEMPTS) throw error;
        await timers.sleep(BETWEEN_ATTEMPTS_MS);
      }
    }
  }
}

function settings(topic: Topic, replicationFactor: number): { name: string; value: string }[] {
  const { retention } = TOPICS[topic];
  return [
    { name: 'cleanup.policy', value: 'delete' },
    { name: 'retention.ms', value: retention === 'forever' ? '-1' : String(retention.days * DAY_MS) },
    { name: 'min.insync.replicas', value: replicationFactor >= 3 ? '2' : '1' },
    // kafkajs reads gzip only: what another producer compresses otherwise would stop every reader (stack.md §5.3).
    { name: 'compression.type', value: 'uncompressed' },
  ];
}

async function checkPartitions(
  admin: Admin,
  topics: readonly Topic[],
  shards: number,
  nameOf: (topic: Topic) => string,
): Promise<void> {
  const found = await admin.fetchTopicMetadata({ topics: topics.map(nameOf) });
  const counts = new Map(found.topics.map(({ name, partitions }) => [name, partitions.length]));
  for (const topic of topics) {
    const count = counts.get(nameOf(topic));
    const wanted = partitionsOf(topic, shards);
    if (count === wanted) continue;
    throw new TopicMismatch(
      `topic ${nameOf(topic)} has ${count} partitions, not ${wanted}: the number of shards is fixed at installation`,
    );
  }
}
