import type { Consumer, EachBatchPayload, Kafka, KafkaMessage, Message, Producer } from 'kafkajs';
import { connectedProducer, createTopics, kafkaAt } from './kafka.js';
import { serve } from './serve.js';

const DOCUMENTS = 'documents.collected.v1';
const EVENTS = { product: 'approvals.events.v1', floor: 'floor.events' };
const COMMANDS = { product: 'vouchers.commands.v1', floor: 'floor.commands' };

/** A record without its key, ready to be sent under any. */
type Premade = Pick<Message, 'value' | 'headers'>;

/** What the product says about one approval: the events of the first hop, the command of the second. */
interface Sample {
  readonly events: readonly Premade[];
  readonly command: Premade;
}

let samples: readonly Sample[] = [];
let hops: readonly Consumer[] = [];
let commandsWritten = 0;
let startedAt: number | undefined;
let whenWritten: { count: number; done: () => void } | undefined;

/** The same two hops with messages that the product made before: no state, no database, no decision. */
serve({
  /** Joins its groups and rests. `records`: how many the product has written to its topics. */
  async start({ brokers, records }: { brokers: string; records: number }): Promise<void> {
    const kafka = kafkaAt(brokers);
    await createTopics(kafka, [EVENTS.floor, COMMANDS.floor]);
    samples = await samplesOf(kafka, records);
    const producer = await connectedProducer(kafka);
    await beginAtEnd(kafka, DOCUMENTS);
    hops = [await hop(kafka, producer, DOCUMENTS, firstHop), await hop(kafka, producer, EVENTS.floor, secondHop)];
    hops[0]?.pause([{ topic: DOCUMENTS }]);
  },
  /** Takes that many documents, which are in the log already, through both hops; gives documents/s. */
  async run(documents: number): Promise<number> {
    startedAt = undefined;
    const written = new Promise<void>((done) => {
      whenWritten = { count: commandsWritten + documents, done };
    });
    hops[0]?.resume([{ topic: DOCUMENTS }]);
    await written;
    const endedAt = performance.now();
    hops[0]?.pause([{ topic: DOCUMENTS }]);
    return documents / ((endedAt - (startedAt ?? Number.NaN)) / 1000);
  },
});

let taken = 0;

function firstHop(messages: readonly KafkaMessage[]): { topic: string; messages: Message[] } {
  startedAt ??= performance.now();
  const out = messages.flatMap(({ key }) => {
    const sample = samples[taken++ % samples.length] as Sample;
    return sample.events.map((event) => ({ ...event, key }));
  });
  return { topic: EVENTS.floor, messages: out };
}

let approved = 0;

function secondHop(messages: readonly KafkaMessage[]): { topic: string; messages: Message[] } {
  const out = messages
    .filter(({ headers }) => headers?.ce_type?.toString() === 'ApprovalApproved')
    .map(({ key }) => ({ ...(samples[approved++ % samples.length] as Sample).command, key }));
  return { topic: COMMANDS.floor, messages: out };
}

/** Consumes a topic in batches; each is answered by one send, then committed. */
async function hop(
  kafka: Kafka,
  producer: Producer,
  topic: string,
  answer: (messages: readonly KafkaMessage[]) => { topic: string; messages: Message[] },
): Promise<Consumer> {
  const consumer = kafka.consumer({ groupId: groupOf(topic), maxWaitTimeInMs: 100, allowAutoTopicCreation: false });
  const joined = new Promise<void>((resolve) => {
    consumer.on('consumer.group_join', () => resolve());
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    partitionsConsumedConcurrently: 3,
    eachBatch: async (payload) => {
      const { batch, resolveOffset } = payload;
      const out = answer(batch.messages);
      if (out.messages.length > 0) await producer.send({ ...out, acks: -1 });
      resolveOffset(batch.lastOffset());
      await commit(payload);
      if (out.topic === COMMANDS.floor) count(out.messages.length);
    },
  });
  await joined;
  return consumer;
}

async function commit({ batch, commitOffsetsIfNecessary }: EachBatchPayload): Promise<void> {
  const offset = String(BigInt(batch.lastOffset()) + 1n);
  await commitOffsetsIfNecessary({
    topics: [{ topic: batch.topic, partitions: [{ partition: batch.partition, offset }] }],
  });
}

function count(commands: number): void {
  commandsWritten += commands;
  if (whenWritten !== undefined && commandsWritten >= whenWritten.count) whenWritten.done();
}

/** What is in the log by now was the product's warming up. */
async function beginAtEnd(kafka: Kafka, topic: string): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets(topic);
  const partitions = ends.map(({ partition, high }) => ({ partition, offset: high }));
  await admin.setOffsets({ groupId: groupOf(topic), topic, partitions });
  await admin.disconnect();
}

/** Reads what the product said about the approvals in the log. */
async function samplesOf(kafka: Kafka, records: number): Promise<readonly Sample[]> {
  const events = new Map<string, Premade[]>();
  const commands = new Map<string, Premade>();
  const consumer = kafka.consumer({ groupId: 'floor-samples', maxWaitTimeInMs: 100, allowAutoTopicCreation: false });
  await consumer.connect();
  await consumer.subscribe({ topics: [EVENTS.product, COMMANDS.product], fromBeginning: true });
  let read = 0;
  await new Promise<void>((done, failed) => {
    consumer.on('consumer.crash', ({ payload }) => failed(payload.error));
    const run = consumer.run({
      eachMessage: async ({ topic, message }) => {
        const key = String(message.key);
        const premade = { value: message.value, headers: message.headers ?? {} };
        if (topic === COMMANDS.product) commands.set(key, premade);
        else events.set(key, [...(events.get(key) ?? []), premade]);
        if (++read === records) done();
      },
    });
    run.catch(failed);
  });
  await consumer.disconnect();
  return [...commands].map(([key, command]) => ({ command, events: events.get(key) ?? [] }));
}

const groupOf = (topic: string): string => `floor-${topic}`;
