import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Message, Producer } from 'kafkajs';
import { connectedProducer, createTopics, kafkaAt, PARTITIONS } from './kafka.js';
import { serve } from './serve.js';

const TOPIC = 'floor.inbound';
const MOST_A_SEND = 500;

/** Bare node:http: every body into Kafka with acks=all, batched, and the answer after the ack. */
serve({
  async start({ brokers }: { brokers: string }): Promise<number> {
    const kafka = kafkaAt(brokers);
    await createTopics(kafka, [TOPIC]);
    const append = batching(await connectedProducer(kafka));
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        append(Buffer.concat(chunks)).then(
          () => response.writeHead(200, { 'content-type': 'application/json', 'content-length': 2 }).end('{}'),
          () => response.writeHead(503, { 'content-length': 0 }).end(),
        );
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  },
});

/** One send in flight; what arrives meanwhile goes with the next. */
function batching(producer: Producer): (value: Buffer) => Promise<void> {
  const waiting: { message: Message; done: () => void; failed: (error: unknown) => void }[] = [];
  let sending = false;
  let counter = 0;
  const send = async () => {
    sending = true;
    // Requests of one turn of the event loop go together.
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.length > 0) {
      const batch = waiting.splice(0, MOST_A_SEND);
      try {
        await producer.send({ topic: TOPIC, acks: -1, messages: batch.map(({ message }) => message) });
        for (const { done } of batch) done();
      } catch (error) {
        for (const { failed } of batch) failed(error);
      }
    }
    sending = false;
  };
  return (value) =>
    new Promise((done, failed) => {
      waiting.push({ message: { value, partition: counter++ % PARTITIONS }, done, failed });
      if (!sending) void send();
    });
}
