/** How long a topic keeps its messages. `forever` topics are the history that every state can be folded from. */
export type Retention = 'forever' | { readonly days: number };

/** One row of the topic table. */
export interface TopicDeclaration {
  /** What the Kafka key is. All keyed topics have the same number of partitions, so one key is always in the same shard. */
  readonly key: 'subject' | 'document' | 'none';
  /** Whether messages carry `ce_sequence`, counted per source and key. */
  readonly sequenced: boolean;
  readonly retention: Retention;
  /** Services that write it. */
  readonly writers: readonly string[];
  /** Services that read it. */
  readonly readers: readonly string[];
}

/** The one place that says which topics exist. `topics.unit.spec.ts` in libs/testing holds the services to it. */
export const TOPICS = {
  'inbound.received.v1': {
    key: 'document',
    sequenced: false,
    retention: { days: 400 },
    writers: ['webhook-ingestion'],
    readers: ['collector', 'cli'],
  },
  'documents.collected.v1': {
    key: 'subject',
    sequenced: true,
    retention: 'forever',
    writers: ['collector'],
    readers: ['transformer', 'cli'],
  },
  'approvals.events.v1': {
    key: 'subject',
    sequenced: true,
    retention: 'forever',
    writers: ['transformer'],
    readers: ['transformer', 'cli'],
  },
  'masterdata.entries.v1': {
    key: 'subject',
    sequenced: true,
    retention: 'forever',
    writers: ['transformer'],
    readers: ['transformer', 'cli'],
  },
  'vouchers.commands.v1': {
    key: 'subject',
    sequenced: true,
    retention: 'forever',
    writers: ['transformer'],
    readers: ['erp-writer', 'cli'],
  },
  'vouchers.events.v1': {
    key: 'subject',
    sequenced: true,
    retention: 'forever',
    writers: ['erp-writer'],
    readers: ['transformer', 'cli'],
  },
  'configuration.published.v1': {
    key: 'none',
    sequenced: false,
    retention: 'forever',
    writers: ['cli'],
    readers: ['webhook-ingestion', 'collector', 'transformer', 'erp-writer', 'cli'],
  },
  'operations.actions.v1': {
    key: 'none',
    sequenced: false,
    retention: 'forever',
    writers: ['cli'],
    readers: ['collector', 'transformer', 'erp-writer'],
  },
  'operations.events.v1': {
    key: 'subject',
    sequenced: true,
    retention: 'forever',
    writers: ['collector', 'transformer', 'erp-writer'],
    readers: ['transformer', 'cli'],
  },
} as const satisfies Record<string, TopicDeclaration>;

/** Name of a topic, as in Kafka. */
export type Topic = keyof typeof TOPICS;

/** Partitions of a topic: topics without a key have one, all others the number chosen at installation. */
export function partitionsOf(topic: Topic, shards: number): number {
  return TOPICS[topic].key === 'none' ? 1 : shards;
}

/** Partitions of every keyed topic unless the installation chose another number. It can't change later. */
export const DEFAULT_SHARDS = 12;
