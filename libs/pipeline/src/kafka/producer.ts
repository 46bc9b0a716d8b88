import type { Topic } from '@voucherline/contracts';
import type { Clock, Logger } from '@voucherline/platform';
import { type Kafka, type Producer as KafkaProducer, type Message, Partitioners, type TopicMessages } from 'kafkajs';
import type { OutgoingRecord, Producer } from '../broker.js';

/** Kafka takes about a megabyte a partition and request (stack.md §5.4). */
const PARTITION_BYTES = 900_000;
const REQUEST_BYTES = 8_000_000;
/** kafkajs keeps a dead socket for a quarter of an hour; a new producer has new ones (stack.md §5.3). */
const FAILURES_BEFORE_REBUILD = 2;
const ALL_REPLICAS = -1;

/** Bytes that a record takes in a request, roughly and rather too many. */
export function recordBytes({ record }: OutgoingRecord): number {
  let bytes = record.value.length + record.key.length * 3 + 32;
  for (const name in record.headers) bytes += name.length + (record.headers[name] as string).length + 8;
  return bytes;
}

/** The producer of a process: safe for concurrent sends, which have no order among each other. */
export class RebuildingProducer implements Producer {
  readonly #kafka: Kafka;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #nameOf: (topic: Topic) => string;
  #current: Promise<KafkaProducer> | undefined;
  #failures = 0;

  constructor(kafka: Kafka, clock: Clock, logger: Logger, nameOf: (topic: Topic) => string) {
    this.#kafka = kafka;
    this.#clock = clock;
    this.#logger = logger;
    this.#nameOf = nameOf;
  }

  async send(records: readonly OutgoingRecord[]): Promise<void> {
    for (const topicMessages of this.#requests(records)) await this.#request(topicMessages);
  }

  async close(): Promise<void> {
    const producer = this.#current;
    this.#current = undefined;
    await (await producer?.catch(() => undefined))?.disconnect();
  }

  async #request(topicMessages: TopicMessages[]): Promise<void> {
    this.#current ??= this.#connect();
    const producer = this.#current;
    try {
      await (await producer).sendBatch({ topicMessages, acks: ALL_REPLICAS, timeout: 10_000 });
      this.#failures = 0;
    } catch (error) {
      this.#failures++;
      if (this.#current === producer && this.#failures >= FAILURES_BEFORE_REBUILD) this.#rebuild(producer, error);
      throw error;
    }
  }

  #rebuild(broken: Promise<KafkaProducer>, error: unknown): void {
    this.#logger.warn('producer failed repeatedly, building a new one', { count: this.#failures, error });
    this.#current = undefined;
    broken.then((producer) => producer.disconnect()).catch(() => {});
  }

  async #connect(): Promise<KafkaProducer> {
    const producer = this.#kafka.producer({
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    try {
      await producer.connect();
    } catch (error) {
      this.#current = undefined;
      throw error;
    }
    return producer;
  }

  /** Cuts the records into requests that brokers take, in order. */
  *#requests(records: readonly OutgoingRecord[]): Generator<TopicMessages[]> {
    const timestamp = String(this.#clock.now());
    let topics = new Map<Topic, Message[]>();
    let inPartition = new Map<string, number>();
    let inRequest = 0;
    for (const outgoing of records) {
      const { topic, partition, record } = outgoing;
      const bytes = recordBytes(outgoing);
      const place = `${topic}/${partition}`;
      const before = inPartition.get(place) ?? 0;
      if (before > 0 && (before + bytes > PARTITION_BYTES || inRequest + bytes > REQUEST_BYTES)) {
        yield this.#named(topics);
        topics = new Map();
        inPartition = new Map();
        inRequest = 0;
      }
      inPartition.set(place, (inPartition.get(place) ?? 0) + bytes);
      inRequest += bytes;
      const message: Message = { partition, key: record.key, value: record.value, headers: record.headers, timestamp };
      const messages = topics.get(topic);
      if (messages) messages.push(message);
      else topics.set(topic, [message]);
    }
    if (topics.size > 0) yield this.#named(topics);
  }

  #named(topics: ReadonlyMap<Topic, Message[]>): TopicMessages[] {
    return [...topics].map(([topic, messages]) => ({ topic: this.#nameOf(topic), messages }));
  }
}
