import {
  type AnyMessage,
  factId,
  type LogRecord,
  type ReplayReported,
  type ReplayRequested,
  type Topic,
} from '@voucherline/contracts';
import { type Broker, decodeIfReadable, type LiveConfiguration } from '@voucherline/pipeline';
import type { Delivery, IntakeStore, KnownLane } from '@voucherline/store';
import type { KeyedDraft, Route, Worker } from '../worker.js';

export interface ReplayPorts {
  readonly worker: Worker<unknown, unknown>;
  readonly store: Pick<IntakeStore, 'lanes'>;
  readonly broker: Broker;
  readonly configuration: LiveConfiguration;
}

/** A part of a replay, to be committed as one: mail for lanes, and the report once a partition is done. */
export interface ReplayPart {
  readonly deliveries: readonly Delivery[];
  readonly said: readonly KeyedDraft[];
}

/** What a lane says of a message that comes again. */
export type Knowledge = 'known' | 'missing' | 'conflict';

/**
 * Reads a range of an input again and asks the lanes whose messages these are. What they don't know is put into their mailboxes,
 * as if it came for the first time (in a dry run: only told); what they know otherwise is left to a person. Nothing is
 * appended to the topic. Done twice it does no harm: the second time the lanes know.
 */
export async function* replay(
  request: ReplayRequested,
  action: { readonly time: string },
  ports: ReplayPorts,
): AsyncGenerator<ReplayPart> {
  const topic = request.topic as Topic;
  const wanted = wantedBy(request);
  for (const { partition, low, high } of await ports.broker.offsets(topic)) {
    const count = new Count(request, ports.worker.name, partition);
    const from = BigInt(request.fromOffset ?? 0) > low ? BigInt(request.fromOffset ?? 0) : low;
    if (from < high) {
      for await (const records of ports.broker.read(topic, partition, from, high)) {
        const messages = records.filter(wanted).flatMap((record) => decodeIfReadable(record) ?? []);
        const deliveries = await compare(messages, count, ports);
        if (!request.dryRun && deliveries.length > 0) yield { deliveries, said: [] };
      }
    }
    yield { deliveries: [], said: [count.report(action.time)] };
  }
}

function wantedBy({ since, keys }: ReplayRequested): (record: LogRecord) => boolean {
  const from = since === undefined ? Number.NEGATIVE_INFINITY : Date.parse(since);
  const asked = keys && new Set(keys);
  return ({ timestamp, key }) => timestamp >= from && (asked === undefined || (key !== null && asked.has(key)));
}

async function compare(
  messages: readonly AnyMessage[],
  count: Count,
  ports: ReplayPorts,
): Promise<readonly Delivery[]> {
  const { worker, configuration, store } = ports;
  const routed = messages.map((message) => ({ message, routes: worker.route(message, configuration) }));
  const places = new Map(routed.flatMap(({ routes }) => routes.map((route) => [laneId(route), route])));
  const lanes = new Map((await store.lanes([...places.values()])).map((lane) => [laneId(lane), lane]));
  return routed.flatMap(({ message, routes }) => {
    const deliveries: Delivery[] = [];
    for (const route of routes) {
      const knowledge = knows(worker, lanes.get(laneId(route)), message);
      count.add(message, knowledge);
      if (knowledge === 'missing') deliveries.push({ ...route, message: JSON.stringify(message) });
    }
    return deliveries;
  });
}

function knows(worker: Worker<unknown, unknown>, lane: KnownLane | undefined, message: AnyMessage): Knowledge {
  if (lane === undefined) return 'missing';
  if (lane.mail.some((text) => (JSON.parse(text) as AnyMessage).id === message.id)) return 'known';
  const state = lane.state === null ? worker.initial() : JSON.parse(lane.state);
  return worker.knows?.(state, message) ?? 'missing';
}

const laneId = ({ connection, key }: Route): string => JSON.stringify([connection, key]);

/** What a replay found in one partition. */
class Count {
  readonly #keys = new Set<string>();
  readonly #missing = new Set<string>();
  readonly #conflicts = new Map<string, ReplayReported['conflicts'][number]>();
  #unchanged = 0;

  constructor(
    readonly request: ReplayRequested,
    readonly worker: string,
    readonly partition: number,
  ) {}

  add({ id, type, key }: AnyMessage, knowledge: Knowledge): void {
    this.#keys.add(key);
    if (knowledge === 'known') this.#unchanged += 1;
    else if (knowledge === 'missing') this.#missing.add(id);
    else this.#conflicts.set(id, { id, type, subject: key });
  }

  report(time: string): KeyedDraft {
    const { replay: name, dryRun } = this.request;
    const data: ReplayReported = {
      ...{ replay: name, stage: this.worker, shard: this.partition, status: 'completed' },
      ...{ keys: this.#keys.size, unchanged: this.#unchanged },
      missing: [...this.#missing],
      conflicts: [...this.#conflicts.values()],
      published: dryRun ? 0 : this.#missing.size,
    };
    const id = factId('ReplayReported', name, this.worker, this.partition, 'completed');
    return { type: 'ReplayReported', id, key: `${this.request.topic}/${this.partition}`, time, data };
  }
}
