import { encode, type LogRecord, type Topic } from '@voucherline/contracts';
import { systemTimers } from '@voucherline/platform';
import { afterEach, describe, expect, it } from 'vitest';
import { type Broker, OffsetOutOfRange, type OutgoingRecord, type RecordBatch, type ShardListener } from './broker.js';

const TOPIC = 'approvals.events.v1';
const OTHER = 'vouchers.events.v1';
const FOLLOWED = 'configuration.published.v1';

/**
 * What every broker promises.
 * @param install creates an empty installation of four shards and gives a way to open brokers (processes) on it
 */
export function brokerContract(name: string, install: () => Promise<() => Broker>): void {
  describe(name, () => {
    const opened: Broker[] = [];
    const opening = async () => {
      const open = await install();
      return () => {
        const broker = open();
        opened.push(broker);
        return broker;
      };
    };
    const start = async () => (await opening())();

    afterEach(async () => {
      for (const broker of opened.splice(0)) await broker.close();
    });

    it('gives back records as they were written, in order, with their offsets', async () => {
      const broker = await start();
      const producer = await broker.producer();
      const sent = [message('k1', 1), message('k2', 2), message('k1', 3)];
      await producer.send(sent.slice(0, 2));
      await producer.send(sent.slice(2));
      const records = await readAll(broker, TOPIC, 1, 0n);
      expect(records.map(({ offset }) => offset)).toEqual([0n, 1n, 2n]);
      expect(records).toMatchObject(sent.map(({ record }) => ({ topic: TOPIC, partition: 1, ...record })));
      expect(await readAll(broker, TOPIC, 1, 1n, 2n)).toEqual([records[1]]);
      expect(await readAll(broker, TOPIC, 1, 3n)).toEqual([]);
    });

    it('cuts a send that is larger than a request may be', async () => {
      const broker = await start();
      const producer = await broker.producer();
      await producer.send(Array.from({ length: 8 }, (_, n) => message('k', n, 'x'.repeat(400_000))));
      const records = await readAll(broker, TOPIC, 1, 0n);
      expect(records.map(numberOf)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    });

    it('tells where each partition begins and ends, and refuses to read elsewhere', async () => {
      const broker = await start();
      await (await broker.producer()).send([message('k', 1)]);
      const offsets = await broker.offsets(TOPIC);
      expect(offsets.map(({ partition, low, high }) => [partition, low, high])).toEqual([
        [0, 0n, 0n],
        [1, 0n, 1n],
        [2, 0n, 0n],
        [3, 0n, 0n],
      ]);
      await expect(readAll(broker, TOPIC, 1, 2n)).rejects.toThrow(OffsetOutOfRange);
    });

    it('follows a topic from its start: what is there at once, then what comes, each record once', async () => {
      const broker = await start();
      const producer = await broker.producer();
      const flow = (n: number): OutgoingRecord => ({ ...message('flow', n), topic: FOLLOWED, partition: 0 });
      await producer.send([flow(1), flow(2)]);
      const seen: number[] = [];
      const { end, stop } = await broker.follow(FOLLOWED, (records) => seen.push(...records.map(numberOf)));
      expect(seen).toEqual([1, 2]);
      await producer.send([flow(3)]);
      await until(() => end() === 3n);
      expect(seen).toEqual([1, 2, 3]);
      await stop();
      await producer.send([flow(4)]);
      expect(seen).toEqual([1, 2, 3]);
    });

    it('follows all partitions of a topic, each in order', async () => {
      const broker = await start();
      const producer = await broker.producer();
      await producer.send([...everywhere(1), ...everywhere(2)]);
      const seen: string[] = [];
      const { end, stop } = await broker.follow(TOPIC, (records) => {
        seen.push(...records.map((record) => `${record.partition}: ${numberOf(record)}`));
      });
      const sorted = () => [...seen].sort();
      expect(sorted()).toEqual(['0: 1', '0: 2', '1: 1', '1: 2', '2: 1', '2: 2', '3: 1', '3: 2']);
      await producer.send([message('k', 3), { ...message('k', 3), partition: 3 }]);
      await until(() => end(1) === 3n && end(3) === 3n);
      expect(seen.filter((one) => one.startsWith('1'))).toEqual(['1: 1', '1: 2', '1: 3']);
      expect(seen.filter((one) => one.startsWith('3'))).toEqual(['3: 1', '3: 2', '3: 3']);
      expect(seen).toHaveLength(10);
      await stop();
    });

    it('hands a shard of all topics to one member, and each record of it once', async () => {
      const open = await opening();
      const broker = open();
      const member = recorder();
      await broker.join('g', [TOPIC, OTHER], member.listener);
      await (await broker.producer()).send(everywhere(1));
      await until(() => member.seen.length === 8);
      expect(member.shards).toEqual([0, 1, 2, 3]);
      expect(new Set(member.seen).size).toBe(8);
    });

    it('shares shards between members, never a shard of two topics between two', async () => {
      const open = await opening();
      const [a, b] = [recorder(), recorder()];
      const first = open();
      const second = open();
      await first.join('g', [TOPIC, OTHER], a.listener);
      await until(() => a.shards.length === 4);
      const consumer = await second.join('g', [TOPIC, OTHER], b.listener);
      await until(() => a.shards.length === 2 && b.shards.length === 2);
      await (await first.producer()).send(everywhere(1));
      // A group may be balanced anew at any time, and then hands out again what was not committed: sets, not lists.
      // A send may also be made twice: only what stands first in its partition is looked at.
      const firsts = ({ seen }: { seen: readonly string[] }) => new Set(seen.filter((place) => place.endsWith('@0')));
      await until(() => firsts(a).size + firsts(b).size >= 8);
      for (const member of [a, b]) {
        const expected = member.shards.flatMap((shard) => [`${TOPIC}/${shard}@0`, `${OTHER}/${shard}@0`]);
        expect([...firsts(member)].sort()).toEqual(expected.sort());
      }
      await consumer.stop();
      await until(() => a.shards.length === 4);
    });

    it('awaits the assignment before it hands out a batch', async () => {
      const open = await opening();
      const broker = open();
      await (await broker.producer()).send([message('k', 1)]);
      const order: string[] = [];
      await broker.join('g', [TOPIC], {
        assigned: async () => {
          await systemTimers.sleep(50);
          order.push('assigned');
        },
        batch: async ({ nextOffset }) => {
          order.push('batch');
          return nextOffset;
        },
      });
      await until(() => order.includes('batch'));
      expect(order[0]).toBe('assigned');
    });

    it('goes on reading where the listener says, back or ahead', async () => {
      const open = await opening();
      const broker = open();
      const producer = await broker.producer();
      await producer.send([1, 2, 3].map((n) => message('k', n)));
      const answers = [0n, 2n];
      const firsts: bigint[] = [];
      await broker.join('g', [TOPIC], {
        assigned: async () => {},
        batch: async ({ records, nextOffset }) => {
          firsts.push(records[0]?.offset ?? -1n);
          return answers.shift() ?? nextOffset;
        },
      });
      await until(() => firsts.length === 3);
      await producer.send([message('k', 4)]);
      await until(() => firsts.length === 4);
      expect(firsts).toEqual([0n, 0n, 2n, 3n]);
    });

    it('begins to read where the listener says at the assignment', async () => {
      const open = await opening();
      const broker = open();
      await (await broker.producer()).send([1, 2, 3].map((n) => message('k', n)));
      const seen: bigint[] = [];
      await broker.join('g', [TOPIC], {
        assigned: async () => [{ topic: TOPIC, partition: 1, offset: 2n }],
        // A batch that was fetched before the assignment was known is not wanted.
        batch: async ({ records, nextOffset }) => {
          if (records[0]?.offset !== 2n) return 2n;
          seen.push(...records.map(({ offset }) => offset));
          return nextOffset;
        },
      });
      await until(() => seen.length > 0);
      expect(seen).toEqual([2n]);
    });

    it('fails for good when the listener does', async () => {
      const open = await opening();
      const broker = open();
      await (await broker.producer()).send([message('k', 1)]);
      const consumer = await broker.join('g', [TOPIC], {
        assigned: async () => {},
        batch: async () => {
          throw new Error('nobody thought of this');
        },
      });
      await expect(consumer.failed).rejects.toThrow('nobody thought of this');
    });
  });
}

function recorder() {
  const member = {
    shards: [] as readonly number[],
    seen: [] as string[],
    listener: {
      assigned: async (shards) => {
        member.shards = shards;
      },
      batch: async ({ records, nextOffset }: RecordBatch) => {
        member.seen.push(...records.map(({ topic, partition, offset }) => `${topic}/${partition}@${offset}`));
        return nextOffset;
      },
    } satisfies ShardListener as ShardListener,
  };
  return member;
}

function everywhere(n: number): OutgoingRecord[] {
  return [0, 1, 2, 3].flatMap((partition) => [
    { ...message(`k${partition}`, n), partition },
    { ...message(`k${partition}`, n), topic: OTHER, partition } as const,
  ]);
}

/** A message that says a number; records of partition 1 unless told otherwise. */
function message(key: string, n: number, padding = ''): OutgoingRecord {
  const data = { rejectedAt: `${n}${padding}` };
  const record = encode({
    id: `id-${n}`,
    source: 's',
    type: 'ApprovalRejected',
    key,
    time: '2026-01-01T00:00:00Z',
    data,
  });
  return { topic: TOPIC, partition: 1, record };
}

function numberOf({ value }: LogRecord): number {
  return Number.parseInt(JSON.parse(String(value)).rejectedAt, 10);
}

async function readAll(
  broker: Broker,
  topic: Topic,
  partition: number,
  from: bigint,
  to?: bigint,
): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  for await (const some of broker.read(topic, partition, from, to)) records.push(...some);
  return records;
}

async function until(holds: () => boolean): Promise<void> {
  for (let waited = 0; !holds(); waited += 20) {
    if (waited > 30_000) throw new Error(`still not so after 30 s: ${holds}`);
    await systemTimers.sleep(20);
  }
}
