import { fakeClock } from '@voucherline/platform';
import { describe, expect, it } from 'vitest';
import { BatchingProducer, Overloaded } from './batching-producer.js';
import type { OutgoingRecord } from './broker.js';

describe('BatchingProducer', () => {
  it('sends together what comes within the linger time, in order', async () => {
    const { clock, sends, batching } = setUp();
    const done = Promise.all([1, 2, 3].map((n) => batching.append(record(n))));
    expect(sends).toEqual([]);
    await clock.advance(3);
    await done;
    expect(sends).toEqual([[1, 2, 3]]);
  });

  it('cuts sends by number and by bytes', async () => {
    const { clock, sends, batching } = setUp({ batchSize: 3, batchBytes: 100 });
    const all = [record(1), record(2), record(3), record(4), record(5, 90), record(6, 500), record(7)];
    const done = Promise.all(all.map((one) => batching.append(one)));
    await clock.advance(3);
    await done;
    expect(sends).toEqual([[1, 2, 3], [4, 5], [6], [7]]);
  });

  it('keeps one send in flight', async () => {
    const gate = Promise.withResolvers<void>();
    const { clock, sends, batching } = setUp({}, () => gate.promise);
    const first = batching.append(record(1));
    await clock.advance(3);
    const second = batching.append(record(2));
    await clock.advance(100);
    expect(sends).toEqual([[1]]);
    gate.resolve();
    await Promise.all([first, second]);
    expect(sends).toEqual([[1], [2]]);
  });

  it('refuses what is over the bound, and takes more once the log has', async () => {
    const { clock, batching } = setUp({ queueSize: 2 });
    const first = [batching.append(record(1)), batching.append(record(2))];
    await expect(batching.append(record(3))).rejects.toThrow(Overloaded);
    await clock.advance(3);
    await Promise.all(first);
    const later = batching.append(record(4));
    await clock.advance(3);
    await later;
  });

  it('refuses what is over the bound of bytes, and takes more once the log has', async () => {
    const { clock, batching } = setUp({ queueBytes: 100 });
    const first = [batching.append(record(1, 60)), batching.append(record(2, 60))];
    await expect(batching.append(record(3))).rejects.toThrow(Overloaded);
    await clock.advance(3);
    await Promise.all(first);
    const later = batching.append(record(4));
    await clock.advance(3);
    await later;
  });

  it('tells all of a failed send, and goes on with the next', async () => {
    let broken = true;
    const { clock, sends, batching } = setUp({}, async () => {
      if (broken) throw new Error('the broker is away');
    });
    const lost = [batching.append(record(1)), batching.append(record(2))].map((one) =>
      expect(one).rejects.toThrow('away'),
    );
    await clock.advance(3);
    await Promise.all(lost);
    broken = false;
    const done = batching.append(record(3));
    await clock.advance(3);
    await done;
    await batching.drained();
    expect(sends).toEqual([[1, 2], [3]]);
  });
});

function setUp(options: object = {}, whileSending: () => Promise<void> = async () => {}) {
  const clock = fakeClock();
  const sends: number[][] = [];
  const send = async (records: readonly OutgoingRecord[]) => {
    sends.push(records.map((one) => one.record.value.readInt32LE()));
    await whileSending();
  };
  return { clock, sends, batching: new BatchingProducer({ producer: { send }, timers: clock, ...options }) };
}

function record(n: number, bytes = 4): OutgoingRecord {
  const value = Buffer.alloc(bytes);
  value.writeInt32LE(n);
  return { topic: 'inbound.received.v1', partition: 0, record: { key: 'k', value, headers: {} } };
}
