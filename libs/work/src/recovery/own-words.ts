import { type AnyMessage, decode, type LogRecord, TOPICS, type Topic } from '@voucherline/contracts';
import type { Broker } from '@voucherline/pipeline';
import type { ChainPosition, RecoveryStore } from '@voucherline/store';
import { chainId, placeOf } from '../intake/reading.js';

/** Numbered topics that a worker's service writes. */
export function ownTopics(worker: string): readonly Topic[] {
  const [service] = worker.split('/');
  return (Object.keys(TOPICS) as Topic[]).filter((topic) => {
    const { writers, sequenced } = TOPICS[topic];
    return sequenced && (writers as readonly string[]).includes(service ?? '');
  });
}

/** Words of the worker in one partition that its database does not know. */
export interface UnknownWords {
  readonly topic: Topic;
  readonly partition: number;
  readonly messages: readonly AnyMessage[];
  /** The newest number of each of their chains. */
  readonly numbers: readonly ChainPosition[];
}

/**
 * What the log holds beyond the known ends in the worker's name, and its database knows no number of. Everything that is
 * said was committed before, so there is none unless the database is older than the log, or another one.
 */
export async function* unknownWords(
  worker: string,
  broker: Broker,
  store: RecoveryStore,
): AsyncGenerator<UnknownWords> {
  const ends = new Map((await store.ends()).map(({ topic, partition, end }) => [`${topic}/${partition}`, end]));
  for (const topic of ownTopics(worker)) {
    for (const { partition, low, high } of await broker.offsets(topic)) {
      const known = ends.get(`${topic}/${partition}`);
      const from = known === undefined || known < low ? low : known;
      if (from >= high) continue;
      for await (const records of broker.read(topic, partition, from, high)) {
        const own = records.filter(({ headers }) => headers.ce_source?.startsWith(`${worker}/`));
        const unknown = own.length === 0 ? [] : await beyond(own, store);
        if (unknown.length > 0) yield { topic, partition, ...unknown.reduce(together, NONE) };
      }
    }
  }
}

const NONE: Pick<UnknownWords, 'messages' | 'numbers'> = { messages: [], numbers: [] };

interface Word {
  readonly record: LogRecord;
  readonly place: ChainPosition;
}

async function beyond(records: readonly LogRecord[], store: RecoveryStore): Promise<readonly Word[]> {
  const words = records.flatMap((record): Word[] => {
    const place = placeOf(record);
    return place === undefined ? [] : [{ record, place }];
  });
  const chains = [...new Map(words.map(({ place }) => [chainId(place), place])).values()];
  const numbers = new Map((await store.numbers(chains)).map((chain) => [chainId(chain), chain.seq]));
  return words.filter(({ place }) => place.seq > (numbers.get(chainId(place)) ?? 0));
}

/** Own words are ours to read: one that can't be decoded is a fault of this program, and thrown. */
function together({ messages, numbers }: typeof NONE, { record, place }: Word): typeof NONE {
  const others = numbers.filter((other) => chainId(other) !== chainId(place));
  return { messages: [...messages, decode(record)], numbers: [...others, place] };
}
