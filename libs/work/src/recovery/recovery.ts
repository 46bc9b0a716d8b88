import type { Divergence, Topic } from '@voucherline/contracts';
import type { Broker, LiveConfiguration } from '@voucherline/pipeline';
import type { KnownEnd, RecoveryStore } from '@voucherline/store';
import type { Worker } from '../worker.js';
import { misfitOf } from './misfit.js';
import { ownTopics, unknownWords } from './own-words.js';

export interface RecoveryPorts {
  readonly worker: Worker<unknown, unknown>;
  readonly store: RecoveryStore;
  readonly broker: Broker;
  readonly configuration: LiveConfiguration;
}

/**
 * How the database of a worker and the log differ: positions that the log does not have (a broker that lost its disk, F15),
 * or own words on the log that the database does not know (a restored backup, F32). Empty when all is well.
 */
export async function examine({ worker, store, broker }: RecoveryPorts): Promise<readonly Divergence[]> {
  const found: Divergence[] = [];
  for (const { shard, positions, lastIds } of await store.shards()) {
    for (const [topic, position] of positions) {
      const at = { topic: topic as Topic, partition: shard, position, lastId: lastIds.get(topic) ?? '' };
      const detail = await misfitOf(broker, at);
      if (detail !== undefined) found.push({ code: 'log-older', worker: worker.name, detail });
    }
  }
  const highs = new Map(
    (await currentEnds(worker.name, broker)).map(({ topic, partition, end }) => [`${topic}/${partition}`, end]),
  );
  for (const { topic, partition, end } of await store.ends()) {
    const high = highs.get(`${topic}/${partition}`) ?? 0n;
    if (end <= high) continue;
    const detail = `${topic}/${partition} was written up to ${end}, but the log ends at ${high}`;
    found.push({ code: 'log-older', worker: worker.name, detail });
  }
  return found.length > 0 ? found : databaseOlder({ worker, store, broker });
}

async function databaseOlder({ worker, store, broker }: Omit<RecoveryPorts, 'configuration'>) {
  const counts = new Map<string, number>();
  for await (const { topic, partition, messages } of unknownWords(worker.name, broker, store)) {
    const where = `${topic}/${partition}`;
    counts.set(where, (counts.get(where) ?? 0) + messages.length);
  }
  return [...counts].map(([where, count]): Divergence => {
    const detail = `${where} holds ${count} messages of this worker that its database does not know`;
    return { code: 'database-older', worker: worker.name, detail };
  });
}

/**
 * Takes over from the log what the worker said there: numbers go on behind it, and each word is put into the lane it is about
 * (`Worker.heard`), before any command is read again. @returns how many
 */
export async function hearOwnWords({ worker, store, broker, configuration }: RecoveryPorts): Promise<number> {
  const ends = await currentEnds(worker.name, broker);
  let heard = 0;
  for await (const { messages, numbers } of unknownWords(worker.name, broker, store)) {
    const deliveries = messages.flatMap((message) => {
      const routes = worker.heard?.(message, configuration) ?? [];
      return routes.map((route) => ({ ...route, message: JSON.stringify(message) }));
    });
    await store.adopt(numbers, deliveries);
    heard += messages.length;
  }
  await store.noteEnds(ends);
  return heard;
}

/**
 * The ends of the topics that a worker writes. All of its words before them were committed before they were said, so the
 * database knows them: the next start has to look behind these ends only.
 */
export async function currentEnds(worker: string, broker: Broker): Promise<readonly KnownEnd[]> {
  const ends = ownTopics(worker).map(async (topic) =>
    (await broker.offsets(topic)).map(({ partition, high }) => ({ topic, partition, end: high })),
  );
  return (await Promise.all(ends)).flat();
}
